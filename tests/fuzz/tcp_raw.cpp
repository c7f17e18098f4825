// F8: raw TCP segments, header octets and all, with their checksums repaired, against a stack that listens and has a
// live connection. The numbers may be shifted to where the connection is, so that mutations meet it.
#include <algorithm>

#include "stack/wire/byte_order.hpp"
#include "stack/wire/tcp.hpp"
#include "tests/fuzz/lone_host.hpp"

namespace fourtuple::fuzz {
namespace {

using Bytes = LoneHost::Bytes;

constexpr SeqNum kPeersStart{0xfffffff0};

StackConfig config() {
  StackConfig config;
  config.tcp.check_invariants = true;
  config.tcp.receive_buffer_bytes = config.tcp.send_buffer_bytes = 30'000;
  return config;
}

class Server {
 public:
  Server() : host_(config()) {
    host_.stack.with_tcp(host_.now, [&](tcp::Layer& layer, tcp::Context& context) {
      const auto binding = layer.bind({IpAddress{}, 80}, false, false, context);
      listener_ = layer.listen(*binding, 4, {}, 1).value();
      return 0;
    });
    Segment syn;
    syn.flags = {TcpFlags::kSyn};
    syn.seq = kPeersStart;
    syn.options.mss = 1460;
    syn.options.sack_permitted = true;
    say(syn);
    const auto answer = wire::TcpView::parse(host_.last_packet().subspan(wire::kIpv4HeaderSize));
    our_start_ = answer->to_segment().seq;
    Segment ack;
    ack.flags = {TcpFlags::kAck};
    ack.seq = kPeersStart + 1;
    ack.ack = our_start_ + 1;
    say(ack);
    connection_ = host_.stack
                      .with_tcp(host_.now, [&](tcp::Layer& layer,
                                               tcp::Context& context) { return layer.accept(listener_, context); })
                      .value();
  }

  // [what][length] and so many octets of a segment; or a call, or a while of waiting.
  void step(Input& input) {
    const std::uint8_t what = input.octet();
    if (what % 8 == 6) return host_.pass(std::chrono::milliseconds(input.word() % 8192));
    if (what % 8 == 7) return use(input);
    Bytes segment(input.octet());
    for (auto& octet : segment) octet = input.octet();
    if ((what & 8) != 0) segment.resize(segment.size() + 1000);
    if ((what & 16) == 0) aim(segment);
    if ((what & 32) == 0) repair(segment);
    hear(segment);
  }

 private:
  void say(Segment segment) {
    segment.source_port = 5000;
    segment.destination_port = 80;
    segment.window = 65535;
    Bytes bytes(wire::kTcpHeaderSize + segment.options.encoded_size());
    wire::emit_tcp_header(segment, bytes);
    repair(bytes);
    hear(bytes);
  }

  // Ports of the connection, numbers relative to its own.
  void aim(Bytes& segment) const {
    if (segment.size() < wire::kTcpHeaderSize) return;
    wire::store_be16(segment.data(), 5000);
    wire::store_be16(segment.data() + 2, 80);
    wire::store_be32(segment.data() + 4, wire::load_be32(segment.data() + 4) + kPeersStart.value);
    wire::store_be32(segment.data() + 8, wire::load_be32(segment.data() + 8) + our_start_.value);
  }

  static void repair(Bytes& segment) {
    if (segment.size() < wire::kTcpHeaderSize) return;
    wire::store_be16(segment.data() + wire::kTcpChecksumOffset, 0);
    const auto sum = wire::pseudo_header_sum(LoneHost::kPeer, LoneHost::kOurs, wire::ip_protocol::kTcp,
                                             static_cast<std::uint32_t>(segment.size()))
                         .add(segment)
                         .checksum();
    wire::store_be16(segment.data() + wire::kTcpChecksumOffset, sum);
  }

  void hear(const Bytes& segment) {
    wire::Ipv4Header ip;
    ip.protocol = wire::ip_protocol::kTcp;
    ip.source = LoneHost::kPeer;
    ip.destination = LoneHost::kOurs;
    host_.deliver(ip, segment);
  }

  void use(Input& input) {
    const std::uint8_t how = input.octet() % 6;
    Bytes octets(input.octet() * std::size_t{16} + 1);
    const ByteView out(octets);
    const ByteSpan in(octets);
    host_.stack.with_tcp(host_.now, [&](tcp::Layer& layer, tcp::Context& context) {
      if (how < 2) (void)layer.send(connection_, {&out, 1}, {.urgent = how == 1}, context);
      if (how == 2) (void)layer.receive_data(connection_, {&in, 1}, {}, context);
      if (how == 3) (void)layer.receive_urgent(connection_, false, context);
      if (how == 4) (void)layer.shutdown_send(connection_, context);
      if (how == 5) (void)layer.accept(listener_, context);
      return 0;
    });
  }

  LoneHost host_;
  tcp::ListenerId listener_;
  tcp::ConnectionId connection_;
  SeqNum our_start_;
};

}  // namespace
}  // namespace fourtuple::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fourtuple::fuzz::Input input(data, size);
  fourtuple::fuzz::Server server;
  while (!input.empty()) server.step(input);
  return 0;
}
