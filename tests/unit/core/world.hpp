// One stack at 10.0.0.4/24 on a device that only remembers, and a peer at 10.0.0.5 whose frames the test makes by hand.
#pragma once

#include <algorithm>
#include <deque>
#include <gtest/gtest.h>
#include <optional>
#include <string_view>
#include <vector>

#include "drivers/frame_copy.hpp"
#include "stack/core/stack.hpp"
#include "stack/wire/arp.hpp"
#include "stack/wire/checksum.hpp"
#include "stack/wire/ethernet.hpp"
#include "stack/wire/icmp.hpp"
#include "stack/wire/icmp_quotation.hpp"
#include "stack/wire/ipv4.hpp"
#include "stack/wire/tcp.hpp"
#include "stack/wire/udp.hpp"

namespace fourtuple::test {

using Bytes = std::vector<std::uint8_t>;

inline constexpr Ipv4Address kOurs{0x0a000004};
inline constexpr Ipv4Address kPeer{0x0a000005};
inline constexpr Ipv4Address kGateway{0x0a000001};
inline constexpr Ipv4Address kFar{0x08080808};
inline constexpr MacAddress kOurMac{{2, 0, 0, 0, 0, 4}};
inline constexpr MacAddress kPeerMac{{2, 0, 0, 0, 0, 5}};
inline constexpr MacAddress kGatewayMac{{2, 0, 0, 0, 0, 1}};

// Takes everything, keeps it, and gives what it was given.
class FakeDriver : public Driver {
 public:
  [[nodiscard]] DriverCapabilities capabilities() const override { return offers; }
  std::size_t receive(std::vector<PacketBuffer>& frames, std::size_t limit, Instant) override {
    std::size_t count = 0;
    for (; count < limit && !arriving.empty(); ++count) {
      frames.push_back(std::move(arriving.front()));
      arriving.pop_front();
    }
    return count;
  }
  std::size_t send(std::span<const TransmitFrame> frames, Instant) override {
    ++send_calls;
    for (std::size_t i = 0; i < frames.size() && i < takes; ++i) {
      Bytes bytes;
      copy_frame(frames[i], bytes);
      sent.push_back(std::move(bytes));
      offloads.push_back(frames[i].offload);
    }
    return std::min(frames.size(), takes);
  }
  [[nodiscard]] std::string name() const override { return "fake"; }

  DriverCapabilities offers;
  std::size_t takes = static_cast<std::size_t>(-1);
  std::deque<PacketBuffer> arriving;
  std::vector<Bytes> sent;
  std::vector<OffloadInfo> offloads;
  std::size_t send_calls = 0;
};

struct Headers {
  MacAddress to = kOurMac;
  Ipv4Address source = kPeer;
  Ipv4Address destination = kOurs;
  std::uint8_t protocol = wire::ip_protocol::kUdp;
  std::uint16_t id = 1;
  std::uint16_t offset = 0;
  bool more = false;
  std::uint8_t ttl = 64;
  Bytes options = {};
};

inline Bytes ip_packet(const Headers& headers, ByteView payload) {
  wire::Ipv4Header ip;
  ip.header_size = static_cast<std::uint8_t>(20 + headers.options.size());
  ip.total_length = static_cast<std::uint16_t>(ip.header_size + payload.size());
  ip.identification = headers.id;
  ip.fragment_offset = headers.offset;
  ip.more_fragments = headers.more;
  ip.ttl = headers.ttl;
  ip.protocol = headers.protocol;
  ip.source = headers.source;
  ip.destination = headers.destination;
  Bytes packet(ip.total_length);
  std::copy(headers.options.begin(), headers.options.end(), packet.begin() + 20);
  std::copy(payload.begin(), payload.end(), packet.begin() + ip.header_size);
  ip.emit(packet);
  return packet;
}

inline Bytes frame(const MacAddress& to, std::uint16_t type, ByteView payload, const MacAddress& from = kPeerMac) {
  Bytes bytes(14);
  wire::EthernetHeader{to, from, type}.emit(bytes);
  bytes.insert(bytes.end(), payload.begin(), payload.end());
  return bytes;
}

inline Bytes ip_frame(const Headers& headers, ByteView payload) {
  return frame(headers.to, wire::ether_type::kIpv4, ip_packet(headers, payload));
}

inline Bytes octets(std::size_t count) {
  Bytes result(count);
  for (std::size_t i = 0; i < count; ++i) result[i] = static_cast<std::uint8_t>(i * 7 + (i >> 8));
  return result;
}

inline Bytes udp_datagram(Port from, Port to, ByteView payload, Ipv4Address source = kPeer,
                          Ipv4Address destination = kOurs) {
  Bytes bytes(8);
  wire::UdpHeader{from, to, 0, 0}.emit(bytes, source, destination, payload);
  bytes.insert(bytes.end(), payload.begin(), payload.end());
  return bytes;
}

inline Bytes icmp_message(std::uint8_t type, std::uint8_t code, std::uint32_t rest, ByteView body) {
  Bytes bytes(8);
  wire::IcmpHeader{type, code, rest}.emit(bytes, body);
  bytes.insert(bytes.end(), body.begin(), body.end());
  return bytes;
}

inline Bytes tcp_segment(const Segment& segment, ByteView payload = {}, Ipv4Address source = kPeer,
                         Ipv4Address destination = kOurs) {
  Bytes bytes(20 + segment.options.encoded_size());
  wire::emit_tcp_header(segment, bytes);
  bytes.insert(bytes.end(), payload.begin(), payload.end());
  const std::uint16_t sum =
      wire::pseudo_header_sum(source, destination, wire::ip_protocol::kTcp, static_cast<std::uint32_t>(bytes.size()))
          .add(bytes)
          .checksum();
  bytes[16] = static_cast<std::uint8_t>(sum >> 8);
  bytes[17] = static_cast<std::uint8_t>(sum);
  return bytes;
}

// A frame that we sent, taken apart; checks what every frame of ours must fulfil.
struct Sent {
  wire::EthernetHeader ethernet;
  std::optional<wire::ArpPacket> arp;
  wire::Ipv4Header ip;
  Bytes packet;   // IP header first
  Bytes payload;  // of IP

  explicit Sent(const Bytes& bytes) {
    ethernet = *wire::EthernetHeader::parse(bytes);
    const ByteView rest = ByteView(bytes).subspan(14);
    if (ethernet.type == wire::ether_type::kArp) {
      arp = wire::ArpPacket::parse(rest);
      EXPECT_TRUE(arp) << "a malformed ARP packet left";
      return;
    }
    const auto header = wire::Ipv4Header::parse(rest);
    EXPECT_TRUE(header) << "a malformed IP packet left";
    if (!header) return;
    EXPECT_EQ(header->total_length, rest.size());
    EXPECT_NE(header->ttl, 0);
    ip = *header;
    packet.assign(rest.begin(), rest.end());
    payload.assign(rest.begin() + header->header_size, rest.end());
  }
  [[nodiscard]] wire::IcmpHeader icmp() const {
    const auto header = wire::IcmpHeader::parse(payload);
    EXPECT_TRUE(header) << "a malformed ICMP message left";
    return header.value_or(wire::IcmpHeader{});
  }
  [[nodiscard]] Segment tcp(bool checks_sum = true) const {
    const auto view = wire::TcpView::parse(payload);
    EXPECT_TRUE(view);
    if (!view) return {};
    EXPECT_TRUE(!checks_sum || view->checksum_is_good(ip.source, ip.destination)) << "TCP checksum";
    return view->to_segment();
  }
};

struct World : testing::Test {
  explicit World(const StackConfig& config = {}, DriverCapabilities offers = {})
      : stack(config, RandomSource::from_seed(7)) {
    driver.offers = offers;
    stack.attach(driver, {.name = "ft0", .mac = kOurMac, .address = {kOurs, 24}, .mtu = offers.mtu});
  }
  ~World() override {
    EXPECT_EQ(stack.broken_invariant(), nullptr) << stack.broken_invariant();
    EXPECT_LE(stack.buffers().bytes_in_use(), std::size_t{64} << 20);
  }

  void know_peer() { stack.add_static_neighbour(0, kPeer, kPeerMac); }
  void know_gateway() {
    stack.add_static_neighbour(0, kGateway, kGatewayMac);
    ASSERT_TRUE(stack.add_route({.destination = {}, .gateway = kGateway, .interface_index = 0, .metric = 0}));
  }
  void hear(const Bytes& bytes, OffloadInfo offload = {}) {
    auto buffer = stack.buffers().copy(bytes);
    ASSERT_TRUE(buffer);
    buffer->offload = offload;
    driver.arriving.push_back(std::move(*buffer));
    (void)stack.receive_from_driver(0, now);
  }
  void hear_udp(Port from, Port to, std::string_view text) { hear(ip_frame({}, udp_datagram(from, to, view(text)))); }
  void hear_arp(wire::ArpPacket::Operation operation, Ipv4Address target = kOurs) {
    Bytes bytes(28);
    wire::ArpPacket{operation, kPeerMac, kPeer, {}, target}.emit(bytes);
    hear(frame(kOurMac, wire::ether_type::kArp, bytes));
  }
  void pass(Duration time) {
    now += time;
    stack.advance(now);
  }
  // Goes through every deadline on the way.
  void run(Duration time) {
    const Instant end = now + time;
    while (stack.next_deadline() <= end) {
      now = std::max(now, stack.next_deadline());
      stack.advance(now);
    }
    now = end;
  }
  static ByteView view(std::string_view text) {
    return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
  }
  static std::string text(const PacketBuffer& buffer) { return {buffer.bytes().begin(), buffer.bytes().end()}; }
  [[nodiscard]] std::uint64_t drops(DropReason reason) const {
    return stack.counters().drops[static_cast<std::size_t>(reason)];
  }
  std::vector<Sent> take_sent() {
    std::vector<Sent> result;
    for (const Bytes& bytes : driver.sent) result.emplace_back(bytes);
    driver.sent.clear();
    driver.offloads.clear();
    return result;
  }
  // The only frame that left since the last look.
  Sent take_one() {
    auto all = take_sent();
    EXPECT_EQ(all.size(), 1U);
    return all.empty() ? Sent(frame({}, wire::ether_type::kIpv4, ip_packet({}, {}))) : all.front();
  }

  UdpId udp_socket(Port port, DatagramOptions options = {}) {
    const UdpId id = *stack.udp_open(options, 1);
    EXPECT_TRUE(stack.udp_bind(id, {Ipv4Address{}, port}));
    return id;
  }
  Result<std::size_t> send(UdpId id, std::string_view what, std::optional<Endpoint> to = {}) {
    const ByteView piece = view(what);
    return stack.udp_send(id, {&piece, 1}, to, now);
  }
  Result<std::size_t> send(UdpId id, const Bytes& what, std::optional<Endpoint> to = {}) {
    const ByteView piece = what;
    return stack.udp_send(id, {&piece, 1}, to, now);
  }

  FakeDriver driver;
  Stack stack;
  Instant now{1h};
};

}  // namespace fourtuple::test
