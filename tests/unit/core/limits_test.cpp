// What happens at the bounds: no memory, no route any more, crowds of strangers.
#include "tests/unit/core/world.hpp"

namespace fourtuple::test {
namespace {

StackConfig with_pool(std::size_t bytes) {
  StackConfig config;
  config.buffer_pool_bytes = bytes;
  return config;
}

struct NoMemory : World {
  NoMemory() : World(with_pool(64 * 1024)) { know_peer(); }
  // A frame from memory that is not the stack's.
  void hear_foreign(const Bytes& bytes) {
    auto buffer = foreign.copy(bytes);
    stack.receive(0, {&*buffer, 1}, now);
  }
  BufferPool foreign;
};

TEST_F(NoMemory, IsCountedAndOthersLiveOn) {
  std::vector<PacketBuffer> hoard;
  while (auto buffer = stack.buffers().take(64, 0)) hoard.push_back(std::move(*buffer));
  const UdpId id = udp_socket(5000);
  EXPECT_EQ(send(id, octets(1000), Endpoint{kPeer, 9}).error(), std::errc::no_buffer_space);
  hear_foreign(ip_frame({.protocol = wire::ip_protocol::kIcmp},
                        icmp_message(wire::icmp_type::kEchoRequest, 0, 1, octets(1000))));
  hear_foreign(ip_frame({}, udp_datagram(4000, 5001, octets(600))));
  EXPECT_EQ(drops(DropReason::kNoBuffer), 2U);
  hear_foreign(ip_frame({}, udp_datagram(4000, 5000, view("no copy needed"))));
  EXPECT_NE(stack.udp_peek(id), nullptr);
}

struct Crowd : World {};

TEST_F(Crowd, StrangersOnTheLinkCostABoundedTable) {
  for (std::uint32_t i = 0; i < 300; ++i) {
    Bytes bytes(28);
    const MacAddress mac{{2, 0, 0, 1, static_cast<std::uint8_t>(i >> 8), static_cast<std::uint8_t>(i)}};
    wire::ArpPacket{wire::ArpPacket::Operation::kRequest, mac, {0x0a000000 + i % 256}, {}, kOurs}.emit(bytes);
    hear(frame(kOurMac, wire::ether_type::kArp, bytes, mac));
  }
  EXPECT_LE(stack.neighbours().size(), 254U);
}

TEST_F(Crowd, SynsOfUnresolvableStrangersKeepABoundedQueue) {
  StackConfig config;
  Segment syn;
  syn.source_port = 4000;
  syn.destination_port = 81;
  syn.flags = {TcpFlags::kSyn};
  for (std::uint32_t i = 0; i < 5000; ++i) {
    Headers headers{.protocol = wire::ip_protocol::kTcp};
    headers.source = {0x0a000005 + i % 200};
    syn.source_port = static_cast<Port>(1024 + i);
    hear(ip_frame(headers, tcp_segment(syn, {}, headers.source)));
  }
  EXPECT_LE(stack.buffers().bytes_in_use(), config.neighbour.max_queued_bytes + (1U << 20));
  EXPECT_EQ(stack.broken_invariant(), nullptr);
}

TEST_F(Crowd, RouteThatGoesAwayIsReportedNotFatal) {
  know_gateway();
  const auto id = stack.with_tcp(now, [&](tcp::Layer& layer, tcp::Context& context) {
    return layer.connect({kOurs, 4000}, {kFar, 80}, stack.way_to(kFar)->path, {}, 1, context);
  });
  ASSERT_TRUE(id);
  (void)take_sent();
  ASSERT_TRUE(stack.remove_route({.destination = {}, .gateway = kGateway, .interface_index = 0, .metric = 0}));
  run(2s);
  EXPECT_TRUE(take_sent().empty());
  EXPECT_GE(drops(DropReason::kIpNoRoute), 1U);
  EXPECT_EQ(stack.tcp().status(*id)->state, TcpState::kSynSent) << "a soft error: the route may come back";
}

TEST_F(Crowd, NoConnectionIsMadeToAGroup) {  // [RFC9293 MUST-46]
  for (const Ipv4Address group : {Ipv4Address{0x0a0000ff}, Ipv4Address{0xffffffff}, Ipv4Address{0xe0000001}}) {
    EXPECT_EQ(stack.way_to(group).error(), std::errc::network_unreachable);
  }
}

TEST_F(Crowd, MutatedFramesNeverHarm) {
  know_peer();
  (void)udp_socket(5000);
  RandomSource random = RandomSource::from_seed(11);
  Segment syn;
  syn.source_port = 4000;
  syn.destination_port = 81;
  syn.flags = {TcpFlags::kSyn};
  Bytes arp(28);
  wire::ArpPacket{wire::ArpPacket::Operation::kRequest, kPeerMac, kPeer, {}, kOurs}.emit(arp);
  const std::vector<Bytes> seeds{
      ip_frame({}, udp_datagram(4000, 5000, octets(40))), ip_frame({.more = true}, octets(64)),
      ip_frame({.protocol = wire::ip_protocol::kTcp}, tcp_segment(syn)),
      ip_frame({.protocol = wire::ip_protocol::kIcmp}, icmp_message(3, 3, 0, ip_packet({}, octets(8)))),
      frame(kOurMac, wire::ether_type::kArp, arp)};
  for (int i = 0; i < 20000; ++i) {
    Bytes bytes = seeds[random.below(seeds.size())];
    for (std::uint64_t n = random.below(6); n > 0; --n) {
      bytes[random.below(bytes.size())] = static_cast<std::uint8_t>(random.next());
    }
    bytes.resize(random.below(4) == 0 ? random.below(bytes.size() + 1) : bytes.size());
    hear(bytes, {.checksum = random.below(2) == 0 ? ChecksumState::kVerified : ChecksumState::kUnknown});
    now += 1ms;
    if (i % 16 == 0) stack.advance(now);
    (void)stack.take_notices();
    (void)take_sent();
  }
  EXPECT_EQ(stack.broken_invariant(), nullptr);
}

}  // namespace
}  // namespace fourtuple::test
