// F4: ICMP messages of every kind, with quotations true, forged and cut, against a stack with a live TCP connection
// and a connected UDP socket.
#include "stack/wire/icmp.hpp"

#include <algorithm>

#include "drivers/frame_copy.hpp"
#include "stack/core/stack.hpp"
#include "stack/wire/checksum.hpp"
#include "stack/wire/ethernet.hpp"
#include "stack/wire/ipv4.hpp"
#include "tests/fuzz/support.hpp"

namespace fourtuple::fuzz {
namespace {

using Bytes = std::vector<std::uint8_t>;

constexpr MacAddress kOurMac{{2, 0, 0, 0, 0, 4}};
constexpr MacAddress kPeerMac{{2, 0, 0, 0, 0, 5}};
constexpr Ipv4Address kOurs{0x0a000004};
constexpr Ipv4Address kPeer{0x0a000005};

class Recorder : public Driver {
 public:
  [[nodiscard]] DriverCapabilities capabilities() const override { return {}; }
  std::size_t receive(std::vector<PacketBuffer>&, std::size_t, Instant) override { return 0; }
  std::size_t send(std::span<const TransmitFrame> frames, Instant) override {
    for (const TransmitFrame& frame : frames) copy_frame(frame, last);
    count += frames.size();
    return frames.size();
  }
  [[nodiscard]] std::string name() const override { return "recorder"; }

  Bytes last;
  std::size_t count = 0;
};

StackConfig config() {
  StackConfig config;
  config.tcp.check_invariants = true;
  return config;
}

class Host {
 public:
  Host() : stack_(config(), RandomSource::from_seed(1)) {
    stack_.attach(driver_, {.name = "ft0", .mac = kOurMac, .address = {kOurs, 24}, .mtu = 1500});
    stack_.add_static_neighbour(0, kPeer, kPeerMac);
    establish();
    udp_ = *stack_.udp_open({}, 2);
    require(stack_.udp_connect(udp_, {kPeer, 9}).has_value(), "UDP connects");
    send_udp();
    const Bytes data(1000, 'x');
    const ByteView piece = data;
    (void)stack_.with_tcp(now_, [&](tcp::Layer& layer, tcp::Context& context) {
      return layer.send(tcp_, {&piece, 1}, {}, context);
    });
    segment_.assign(driver_.last.begin() + 14, driver_.last.end());
  }

  void step(Input& input) {
    const std::uint8_t what = input.octet();
    const std::uint8_t type = input.octet() % 20;
    const std::uint8_t code = input.octet() % 18;
    const std::uint32_t rest = (what & 0x80) != 0 ? input.double_word() : input.word();
    Bytes body = body_of(what & 0x03, input);
    const std::uint8_t changes = input.octet() % 4;
    for (std::uint8_t i = 0; i < changes && !body.empty(); ++i) {
      const std::size_t at = input.octet() % body.size();
      body[at] = input.octet();
    }
    if ((what & 0x04) != 0) body.resize(std::min<std::size_t>(body.size(), input.octet()));
    hear(type, code, rest, body);
    if ((what & 0x08) != 0) pass(std::chrono::milliseconds(input.octet()));
  }

 private:
  Bytes body_of(std::uint8_t kind, Input& input) {
    if (kind == 0) return segment_;
    if (kind == 1) return datagram_;
    if (kind == 2) return Bytes(input.octet());
    Bytes body = segment_;
    body.resize(28);
    return body;
  }

  void establish() {
    tcp_ = *stack_.with_tcp(now_, [&](tcp::Layer& layer, tcp::Context& context) {
      return layer.connect({kOurs, 4000}, {kPeer, 80}, stack_.way_to(kPeer)->path, {}, 1, context);
    });
    Segment answer;
    answer.source_port = 80;
    answer.destination_port = 4000;
    answer.seq = {0xfffffff0};
    answer.ack = wire::TcpView::parse(ByteView(driver_.last).subspan(34))->to_segment().seq + 1;
    answer.flags = {TcpFlags::kSyn | TcpFlags::kAck};
    answer.window = 65535;
    answer.options.mss = 1460;
    Bytes segment(20 + answer.options.encoded_size());
    wire::emit_tcp_header(answer, segment);
    const std::uint16_t sum =
        wire::pseudo_header_sum(kPeer, kOurs, 6, static_cast<std::uint32_t>(segment.size())).add(segment).checksum();
    segment[16] = static_cast<std::uint8_t>(sum >> 8);
    segment[17] = static_cast<std::uint8_t>(sum);
    deliver(wire::ip_protocol::kTcp, segment);
    require(stack_.tcp().status(tcp_)->state == TcpState::kEstablished, "the handshake works");
  }

  void send_udp() {
    const Bytes data(100, 'y');
    const ByteView piece = data;
    (void)stack_.udp_send(udp_, {&piece, 1}, std::nullopt, now_);
    datagram_.assign(driver_.last.begin() + 14, driver_.last.end());
  }

  void deliver(std::uint8_t protocol, const Bytes& payload) {
    wire::Ipv4Header ip;
    ip.total_length = static_cast<std::uint16_t>(20 + payload.size());
    ip.protocol = protocol;
    ip.source = kPeer;
    ip.destination = kOurs;
    Bytes frame(34);
    wire::EthernetHeader{kOurMac, kPeerMac, wire::ether_type::kIpv4}.emit(frame);
    ip.emit(ByteSpan(frame).subspan(14));
    frame.insert(frame.end(), payload.begin(), payload.end());
    auto buffer = stack_.buffers().copy(frame);
    stack_.receive(0, {&*buffer, 1}, now_);
    check();
  }

  void hear(std::uint8_t type, std::uint8_t code, std::uint32_t rest, const Bytes& body) {
    const std::size_t mtu = stack_.way_to(kPeer)->path_mtu;
    const std::size_t sent = driver_.count;
    Bytes message(8);
    const wire::IcmpHeader header{type, code, rest};
    header.emit(message, body);
    message.insert(message.end(), body.begin(), body.end());
    deliver(wire::ip_protocol::kIcmp, message);
    const bool may_change = type == wire::icmp_type::kUnreachable && code == 4;
    require(may_change || stack_.way_to(kPeer)->path_mtu == mtu, "only one kind of message changes the path MTU");
    require(stack_.way_to(kPeer)->path_mtu <= mtu, "a report never raises the path MTU");
    if (header.is_error() && !may_change) require(driver_.count <= sent + 3, "errors are not answered");
  }

  void pass(Duration time) {
    now_ += time;
    stack_.advance(now_);
    check();
  }

  void check() {
    const char* const broken = stack_.broken_invariant();
    require(broken == nullptr, broken == nullptr ? "" : broken);
    require(stack_.way_to(kPeer)->path_mtu >= stack_.config().ip.min_path_mtu, "the path MTU stays above the floor");
    const auto status = stack_.tcp().status(tcp_);
    require(status && (status->state == TcpState::kEstablished || status->state == TcpState::kSynSent),
            "no ICMP message ends an established connection");
    (void)stack_.take_notices();
  }

  Recorder driver_;
  Stack stack_;
  Instant now_{1h};
  tcp::ConnectionId tcp_;
  UdpId udp_;
  Bytes segment_;
  Bytes datagram_;
};

}  // namespace
}  // namespace fourtuple::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fourtuple::fuzz::Host host;
  fourtuple::fuzz::Input input(data, std::min<std::size_t>(size, 512));
  while (!input.empty()) host.step(input);
  return 0;
}
