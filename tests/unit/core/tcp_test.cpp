// How TCP's segments leave and what reaches TCP: framing, offload, path MTU, loopback, errors.
#include <algorithm>

#include "tests/unit/core/tcp_world.hpp"

namespace fourtuple::test {
namespace {

struct Tcp : TcpWorld {
  explicit Tcp(DriverCapabilities offers = {}) : TcpWorld({}, offers) { know_peer(); }
};

TEST_F(Tcp, HandshakeCompletesAndSegmentsAreWellFormed) {  // [RFC9293 MUST-2, MUST-45]
  connect();
  EXPECT_EQ(status().state, TcpState::kEstablished);
  EXPECT_EQ(write(octets(100)), 100U);
  const Sent sent = take_one();
  EXPECT_EQ(sent.ip.source, kOurs);
  EXPECT_TRUE(sent.ip.dont_fragment);
  EXPECT_EQ(sent.tcp().payload.size(), 100U);
}

TEST_F(Tcp, SynCarriesTheMssOfTheInterface) {  // [RFC9293 MUST-67, SHLD-6] [RFC1191 6.5] [RFC1122 3.3.2(c)]
  (void)stack.with_tcp(now, [&](tcp::Layer& layer, tcp::Context& context) {
    return layer.connect({kOurs, 4000}, {kPeer, 80}, stack.way_to(kPeer)->path, {}, 1, context);
  });
  EXPECT_EQ(take_one().tcp().options.mss, 1460);
}

TEST_F(Tcp, BulkIsCutInSoftwareAndSentWithOneCall) {
  connect();
  const std::size_t calls = driver.send_calls;
  const Bytes data = octets(14600);
  EXPECT_EQ(write(data), data.size());
  EXPECT_EQ(driver.send_calls, calls + 1);
  Bytes received;
  for (const Sent& each : take_sent()) {
    EXPECT_LE(each.packet.size(), 1500U);
    const Segment segment = each.tcp();
    EXPECT_EQ(segment.seq, sent_until + static_cast<std::uint32_t>(received.size()));
    received.insert(received.end(), segment.payload.begin(), segment.payload.end());
  }
  EXPECT_EQ(received, data);
}

struct TcpOffload : Tcp {
  TcpOffload() : Tcp({.transmit_checksum = true, .receive_checksum = true, .tso4 = true}) {}
};

TEST_F(TcpOffload, BulkLeavesAsOneSuperSegment) {
  connect();
  const Bytes data = octets(14600);
  EXPECT_EQ(write(data), data.size());
  ASSERT_EQ(driver.sent.size(), 1U);
  const OffloadInfo offload = driver.offloads[0];
  EXPECT_EQ(offload.gso_size, 1460);
  EXPECT_EQ(offload.checksum, ChecksumState::kPartial);
  EXPECT_EQ(offload.checksum_start, 34);
  EXPECT_EQ(offload.checksum_offset, 16);
  EXPECT_EQ(offload.header_length, 54);
  const Sent sent = take_one();
  EXPECT_EQ(sent.payload.size(), 14620U);
  const std::uint16_t pseudo = wire::pseudo_header_sum(kOurs, kPeer, 6, 14620).folded();
  EXPECT_EQ(sent.payload[16] << 8 | sent.payload[17], pseudo);
}

TEST_F(Tcp, RefusedFramesAreCounted) {
  connect();
  driver.takes = 0;
  EXPECT_EQ(write(octets(100)), 100U);
  EXPECT_EQ(drops(DropReason::kDriverRefused), 1U);
}

// Knows nobody.
struct SecondWorld : World {
  using World::World;
  void TestBody() override {}
};

TEST_F(Tcp, SegmentsWaitForAnUnknownNextHop) {
  SecondWorld other;
  ASSERT_TRUE(other.stack.with_tcp(other.now, [&](tcp::Layer& layer, tcp::Context& context) {
    return layer.connect({kOurs, 4000}, {kPeer, 80}, other.stack.way_to(kPeer)->path, {}, 1, context);
  }));
  EXPECT_TRUE(other.take_one().arp);
  other.hear_arp(wire::ArpPacket::Operation::kReply);
  const Sent syn = other.take_one();
  EXPECT_EQ(syn.ethernet.destination, kPeerMac);
  EXPECT_TRUE(syn.tcp().flags.syn());
}

TEST_F(TcpOffload, ParkedFramesKeepTheirOffload) {
  SecondWorld strangers({}, driver.offers);
  (void)strangers.stack.with_tcp(now, [&](tcp::Layer& layer, tcp::Context& context) {
    return layer.connect({kOurs, 4000}, {kPeer, 80}, strangers.stack.way_to(kPeer)->path, {}, 1, context);
  });
  strangers.driver.offloads.clear();
  strangers.driver.sent.clear();
  strangers.hear_arp(wire::ArpPacket::Operation::kReply);
  ASSERT_EQ(strangers.driver.offloads.size(), 1U);
  EXPECT_EQ(strangers.driver.offloads[0].checksum, ChecksumState::kPartial);
}

TEST_F(Tcp, PortUnreachableEndsAnOpeningConnection) {  // [RFC9293 MUST-54, SHLD-26]
  id = *stack.with_tcp(now, [&](tcp::Layer& layer, tcp::Context& context) {
    return layer.connect({kOurs, 4000}, {kPeer, 80}, stack.way_to(kPeer)->path, {}, 1, context);
  });
  hear_error(wire::icmp_type::kUnreachable, wire::icmp_unreachable::kPort, 0, take_one().packet);
  EXPECT_EQ(status().error, std::errc::connection_refused);
  EXPECT_EQ(status().state, TcpState::kClosed);
}

TEST_F(Tcp, HardErrorDoesNotEndASynchronizedConnection) {  // [RFC5927 5.2]
  connect();
  (void)write(octets(100));
  hear_error(wire::icmp_type::kUnreachable, wire::icmp_unreachable::kPort, 0, take_one().packet);
  EXPECT_EQ(status().state, TcpState::kEstablished);
}

TEST_F(Tcp, FragmentationNeededCutsWhatIsInFlight) {  // [RFC1191 6.2, 6.4] [RFC1122 3.3.3(a)]
  connect();
  (void)write(octets(1460));
  hear_error(wire::icmp_type::kUnreachable, 4, 1000, take_one().packet);
  EXPECT_EQ(stack.way_to(kPeer)->path_mtu, 1000U);
  run(5s);
  const auto resent = take_sent();
  ASSERT_FALSE(resent.empty());
  for (const Sent& each : resent) EXPECT_LE(each.packet.size(), 1000U);
}

TEST_F(Tcp, SillyPathMtusAreRaisedToTheFloor) {
  connect();
  (void)write(octets(1460));
  const Bytes offender = take_one().packet;
  hear_error(wire::icmp_type::kUnreachable, 4, 68, offender);
  EXPECT_EQ(stack.way_to(kPeer)->path_mtu, stack.config().ip.min_path_mtu);
}

TEST_F(Tcp, FragmentationNeededAboutNothingInFlightIsNotBelieved) {  // [RFC5927 4.1]
  connect();
  (void)write(octets(1460));
  const Bytes offender = take_one().packet;
  sent_until = sent_until + 1460;
  hear(ip_frame(tcp_headers(), tcp_segment(from_peer({TcpFlags::kAck}))));
  hear_error(wire::icmp_type::kUnreachable, 4, 1000, offender);
  EXPECT_EQ(stack.way_to(kPeer)->path_mtu, 1500U) << "it was acknowledged already";
  Bytes stranger = offender;
  stranger[22] ^= 1;  // another port: no connection
  hear_error(wire::icmp_type::kUnreachable, 4, 1000, stranger);
  EXPECT_EQ(stack.way_to(kPeer)->path_mtu, 1500U);
}

TEST_F(Tcp, OtherConnectionsLearnTheSmallerPathWhenTheySend) {  // [RFC1191 6.1]
  connect();
  const UdpId udp = udp_socket(5000);
  ASSERT_TRUE(send(udp, octets(1400), Endpoint{kPeer, 9}));
  hear_error(wire::icmp_type::kUnreachable, 4, 1000, take_one().packet);
  ASSERT_EQ(stack.way_to(kPeer)->path_mtu, 1000U);
  (void)write(octets(1460));
  run(5s);
  const auto sent = take_sent();
  ASSERT_FALSE(sent.empty());
  for (const Sent& each : sent) EXPECT_LE(each.packet.size(), 1000U);
}

TEST_F(Tcp, ConnectionToOurselvesNeedsNoWire) {
  for (const Ipv4Address address : {kOurs, Ipv4Address{0x7f000001}}) {
    const auto listener = stack.with_tcp(now, [&](tcp::Layer& layer, tcp::Context& context) {
      const auto binding = layer.bind({address, 80}, true, false, context);
      return layer.listen(*binding, 8, {}, 1);
    });
    ASSERT_TRUE(listener);
    const auto client = stack.with_tcp(now, [&](tcp::Layer& layer, tcp::Context& context) {
      const auto way = stack.way_to(address);
      return layer.connect({way->source, 0}, {address, 80}, way->path, {}, 1, context);
    });
    ASSERT_TRUE(client);
    EXPECT_EQ(stack.tcp().status(*client)->state, TcpState::kEstablished) << to_string(address);
    const Bytes data = octets(100000);
    const ByteView piece = data;
    (void)stack.with_tcp(now, [&](tcp::Layer& layer, tcp::Context& context) {
      return layer.send(*client, {&piece, 1}, {}, context);
    });
    const auto server =
        stack.with_tcp(now, [&](tcp::Layer& layer, tcp::Context& context) { return layer.accept(*listener, context); });
    ASSERT_TRUE(server);
    run(1s);
    EXPECT_EQ(stack.tcp().status(*server)->readable_bytes, data.size());
    stack.with_tcp(now, [&](tcp::Layer& layer, tcp::Context& context) { layer.close(*listener, context); });
  }
  EXPECT_TRUE(driver.sent.empty());
}

TEST_F(Tcp, ConnectionToItselfOpensSimultaneously) {
  const auto self = stack.with_tcp(now, [&](tcp::Layer& layer, tcp::Context& context) {
    return layer.connect({kOurs, 4000}, {kOurs, 4000}, stack.way_to(kOurs)->path, {}, 1, context);
  });
  ASSERT_TRUE(self);
  EXPECT_EQ(stack.tcp().status(*self)->state, TcpState::kEstablished);
}

TEST_F(Tcp, ClosedPortOfOurselvesRefusesAtOnce) {
  const auto client = stack.with_tcp(now, [&](tcp::Layer& layer, tcp::Context& context) {
    return layer.connect({kOurs, 0}, {kOurs, 81}, stack.way_to(kOurs)->path, {}, 1, context);
  });
  ASSERT_TRUE(client);
  EXPECT_EQ(stack.tcp().status(*client)->error, std::errc::connection_refused);
}

TEST_F(Tcp, NoRouteIsAnAnswer) {
  EXPECT_EQ(stack.way_to(kFar).error(), std::errc::network_unreachable);
  EXPECT_EQ(stack.way_to(IpAddress::from_words(0x20010db8, 1)).error(), std::errc::network_unreachable);
}

struct Routes : World {};

TEST_F(Routes, GatewayMustBeANeighbour) {
  EXPECT_EQ(stack.add_route({.destination = {}, .gateway = kFar, .interface_index = 0, .metric = 0}).error(),
            std::errc::network_unreachable);
  EXPECT_EQ(stack.add_route({.destination = {}, .gateway = kGateway, .interface_index = 3, .metric = 0}).error(),
            std::errc::no_such_device);
  const Route route{.destination = {}, .gateway = kGateway, .interface_index = 0, .metric = 0};
  EXPECT_TRUE(stack.add_route(route));
  EXPECT_EQ(stack.add_route(route).error(), std::errc::file_exists);
  EXPECT_EQ(stack.routes().size(), 2U);
  EXPECT_EQ(stack.way_to(kFar)->source, IpAddress(kOurs));
  EXPECT_TRUE(stack.remove_route(route));
  EXPECT_FALSE(stack.way_to(kFar));
}

struct Recorder : trace::Sink {
  void on_event(const trace::Event& event) override { kinds.push_back(event.body.index()); }
  [[nodiscard]] std::size_t count(std::size_t kind) const {
    return static_cast<std::size_t>(std::count(kinds.begin(), kinds.end(), kind));
  }
  std::vector<std::size_t> kinds;
};

TEST_F(Routes, SinkSeesFramesBothWaysAndDrops) {
  Recorder recorder;
  stack.set_trace_sink(&recorder);
  hear_arp(wire::ArpPacket::Operation::kRequest);
  EXPECT_EQ(recorder.count(trace::Body(trace::FrameReceived{}).index()), 1U);
  EXPECT_EQ(recorder.count(trace::Body(trace::FrameSent{}).index()), 1U);
  EXPECT_EQ(recorder.count(trace::Body(trace::NeighbourChanged{}).index()), 2U);
  hear(Bytes(3));
  EXPECT_EQ(recorder.count(trace::Body(trace::FrameDropped{}).index()), 1U);
  stack.set_trace_sink(nullptr);
  hear(Bytes(3));
  EXPECT_EQ(recorder.count(trace::Body(trace::FrameDropped{}).index()), 1U);
}

TEST_F(Routes, BatchIsTakenInBounds) {
  for (int i = 0; i < 100; ++i) driver.arriving.push_back(std::move(*stack.buffers().copy(Bytes(3))));
  EXPECT_EQ(stack.receive_from_driver(0, now), stack.config().receive_batch);
  EXPECT_EQ(stack.receive_from_driver(0, now), 100 - stack.config().receive_batch);
}

}  // namespace
}  // namespace fourtuple::test
