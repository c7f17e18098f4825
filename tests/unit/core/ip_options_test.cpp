// IP options on the wire: those that applications set, and source routes that arrive.
#include <algorithm>

#include "tests/unit/core/tcp_world.hpp"

namespace fourtuple::test {
namespace {

constexpr Ipv4Address kRouterOne{0x0a000031};
constexpr Ipv4Address kRouterTwo{0x0a000032};

Bytes loose_route(std::initializer_list<Ipv4Address> hops, std::uint8_t pointer) {
  Bytes option{131, static_cast<std::uint8_t>(3 + 4 * hops.size()), pointer};
  for (const Ipv4Address hop : hops) {
    for (int shift = 24; shift >= 0; shift -= 8) option.push_back(static_cast<std::uint8_t>(hop.value >> shift));
  }
  while (option.size() % 4 != 0) option.push_back(0);
  return option;
}
// As it has arrived: behind its last hop.
Bytes completed_route(std::initializer_list<Ipv4Address> hops) {
  return loose_route(hops, static_cast<std::uint8_t>(4 + 4 * hops.size()));
}
Bytes options_of(const Sent& sent) { return {sent.packet.begin() + 20, sent.packet.begin() + sent.ip.header_size}; }
// The pseudo header has the true destination, wherever the packet goes first. [RFC1122 3.2.1.8(c)]
bool sum_is_good(const Sent& sent, Ipv4Address destination) {
  const auto view = wire::TcpView::parse(sent.payload);
  return view && view->checksum_is_good(sent.ip.source, destination);
}
SegmentRules chosen_rules(const wire::IpOptions& options) {
  SegmentRules rules;
  rules.options = options;
  rules.is_chosen = true;
  return rules;
}
StackConfig source_routes_are_accepted() {
  StackConfig config;
  config.ip.accept_source_routes = true;
  return config;
}

struct IpOptionsOut : TcpWorld {
  IpOptionsOut() {
    know_peer();
    stack.add_static_neighbour(0, kRouterOne, kPeerMac);
    stack.add_static_neighbour(0, kRouterTwo, kPeerMac);
  }
  static wire::IpOptions options(const Bytes& bytes) { return *wire::IpOptions::from_application(bytes); }
};

TEST_F(IpOptionsOut, GoIntoEverySegmentAndMakeItsTextShorter) {  // [RFC9293 MUST-51, MUST-16] [RFC1122 3.2.1.8(a)]
  connect();
  const FourTuple name = status().name;
  stack.set_segment_rules(name, chosen_rules(options({7, 7, 4, 0, 0, 0, 0})));
  EXPECT_EQ(stack.way_to(kPeer, options({7, 7, 4, 0, 0, 0, 0}))->path.send_mss, 1452);
  EXPECT_EQ(write(octets(100)), 100U);
  const Sent sent = take_one();
  EXPECT_EQ(sent.ip.header_size, 28);
  EXPECT_EQ(options_of(sent), (Bytes{7, 7, 4, 0, 0, 0, 0, 0}));
  EXPECT_TRUE(sum_is_good(sent, kPeer));
  EXPECT_EQ(sent.tcp().payload.size(), 100U);
}

TEST_F(IpOptionsOut, BulkStaysWithinTheMtu) {
  connect();
  stack.set_segment_rules(status().name, chosen_rules(options({7, 7, 4, 0, 0, 0, 0})));
  (void)write(octets(5000));
  std::size_t text = 0;
  for (const Sent& each : take_sent()) {
    EXPECT_LE(each.packet.size(), 1500U);
    EXPECT_TRUE(sum_is_good(each, kPeer));
    text += each.tcp().payload.size();
  }
  EXPECT_GE(text, 5000U);
}

TEST_F(IpOptionsOut, SourceRouteGoesToItsFirstRouter) {  // [RFC9293 MUST-51]
  connect();
  stack.set_segment_rules(status().name, chosen_rules(options(loose_route({kRouterOne, kRouterTwo}, 4))));
  EXPECT_EQ(write(octets(10)), 10U);
  const Sent sent = take_one();
  EXPECT_EQ(sent.ip.destination, kRouterOne);
  EXPECT_EQ(options_of(sent), loose_route({kRouterTwo, kPeer}, 4));
  EXPECT_TRUE(sum_is_good(sent, kPeer));
}

TEST_F(IpOptionsOut, ThoseOfADatagramThatArrivesAreToldToTheApplication) {  // [RFC1122 4.1.3.2]
  const UdpId socket = udp_socket(5000);
  const Bytes record_route{7, 7, 8, 10, 0, 0, 1, 0};
  hear(ip_frame({.options = record_route}, udp_datagram(4000, 5000, view("routed"))));
  const auto received = stack.udp_receive(socket);
  ASSERT_TRUE(received);
  const ByteView told = received->ip_options();
  EXPECT_EQ(Bytes(told.begin(), told.end()), record_route);
}

TEST_F(IpOptionsOut, DatagramsCarryThemAndFragmentsThoseThatAreCopied) {  // [RFC1122 4.1.3.2(a)] [RFC791 3.2]
  Bytes both{7, 7, 4, 0, 0, 0, 0, 148, 4, 0, 0, 0};
  const UdpId socket = udp_socket(5000, {.path_mtu_discovery = PathMtuDiscovery::kDont, .ip_options = options(both)});
  ASSERT_TRUE(send(socket, octets(2000), Endpoint{kPeer, 9}));
  const auto fragments = take_sent();
  ASSERT_EQ(fragments.size(), 2U);
  EXPECT_EQ(options_of(fragments[0]), both);
  EXPECT_EQ(options_of(fragments[1]), (Bytes{148, 4, 0, 0}));
  EXPECT_EQ(fragments[1].ip.fragment_offset, fragments[0].payload.size());
  EXPECT_EQ(fragments[0].payload.size() + fragments[1].payload.size(), 2008U);
}

TEST_F(IpOptionsOut, OneDatagramMayHaveOthers) {
  const UdpId socket = udp_socket(5000);
  const Bytes data = octets(4);
  const ByteView piece = data;
  SendDetails details;
  details.ip_options = options({148, 4, 0, 0});
  ASSERT_TRUE(stack.udp_send(socket, {&piece, 1}, Endpoint{kPeer, 9}, now, details));
  EXPECT_EQ(options_of(take_one()), (Bytes{148, 4, 0, 0}));
  ASSERT_TRUE(send(socket, data, Endpoint{kPeer, 9}));
  EXPECT_EQ(take_one().ip.header_size, 20);
}

struct SourceRoutes : TcpWorld {
  explicit SourceRoutes(const StackConfig& config = source_routes_are_accepted()) : TcpWorld(config) {
    know_peer();
    stack.add_static_neighbour(0, kRouterOne, kPeerMac);
    stack.add_static_neighbour(0, kRouterTwo, kPeerMac);
    listen(80);
  }
  void listen(Port port) {
    stack.with_tcp(now, [&](tcp::Layer& layer, tcp::Context& context) {
      const auto binding = layer.bind({Ipv4Address{}, port}, false, false, context);
      (void)layer.listen(*binding, 8, {}, 1);
    });
  }
  void hear_routed(const Segment& segment, const Bytes& route, std::uint8_t ttl = 64) {
    hear(ip_frame({.protocol = wire::ip_protocol::kTcp, .ttl = ttl, .options = route}, tcp_segment(segment)));
  }
  static Segment syn() {
    Segment segment;
    segment.source_port = 4000;
    segment.destination_port = 80;
    segment.seq = {1000};
    segment.flags = {TcpFlags::kSyn};
    segment.window = 1000;
    return segment;
  }
  static Segment ack_of(const Sent& syn_ack) {
    Segment segment = syn();
    segment.seq = {1001};
    segment.ack = syn_ack.tcp(false).seq + 1;
    segment.flags = {TcpFlags::kAck};
    return segment;
  }
};

// S49
TEST_F(SourceRoutes, ConnectionIsAnsweredAlongTheReversedRoute) {  // [RFC9293 MUST-53] [RFC1122 4.2.3.8]
  hear_routed(syn(), completed_route({kRouterOne, kRouterTwo}));
  const Sent syn_ack = take_one();
  EXPECT_EQ(syn_ack.ip.destination, kRouterTwo);
  EXPECT_EQ(options_of(syn_ack), loose_route({kRouterOne, kPeer}, 4));
  EXPECT_TRUE(sum_is_good(syn_ack, kPeer));
  hear_routed(ack_of(syn_ack), completed_route({kRouterOne, kRouterTwo}));
  const FourTuple name{{kOurs, 80}, {kPeer, 4000}};
  ASSERT_NE(stack.segment_rules(name), nullptr);
  EXPECT_EQ(stack.segment_rules(name)->options.first_hop(kPeer), kRouterTwo);
}

TEST_F(SourceRoutes, LaterRouteOverridesAnEarlierOne) {  // [RFC9293 SHLD-24]
  hear_routed(syn(), completed_route({kRouterOne}));
  const Sent syn_ack = take_one();
  EXPECT_EQ(syn_ack.ip.destination, kRouterOne);
  hear_routed(ack_of(syn_ack), completed_route({kRouterTwo}));
  const FourTuple name{{kOurs, 80}, {kPeer, 4000}};
  ASSERT_NE(stack.segment_rules(name), nullptr);
  EXPECT_EQ(stack.segment_rules(name)->options.first_hop(kPeer), kRouterTwo);
}

TEST_F(SourceRoutes, RouteOfTheApplicationOutweighsWhatArrives) {  // [RFC9293 MUST-52]
  hear_routed(syn(), {});
  const Sent syn_ack = take_one();
  const FourTuple name{{kOurs, 80}, {kPeer, 4000}};
  const auto chosen = *wire::IpOptions::from_application(loose_route({kRouterOne}, 4));
  stack.set_segment_rules(name, chosen_rules(chosen));
  hear_routed(ack_of(syn_ack), completed_route({kRouterTwo}));
  EXPECT_EQ(stack.segment_rules(name)->options, chosen);
}

TEST_F(SourceRoutes, EchoComesBackTheSameWay) {  // [RFC1122 3.2.2.6] [RFC1122 3.2.2.6(e)]
  hear(ip_frame({.protocol = wire::ip_protocol::kIcmp, .options = completed_route({kRouterOne})},
                icmp_message(wire::icmp_type::kEchoRequest, 0, 1, octets(8))));
  const Sent reply = take_one();
  EXPECT_EQ(reply.ip.destination, kRouterOne);
  EXPECT_EQ(options_of(reply), loose_route({kPeer}, 4));
  EXPECT_EQ(reply.icmp().type, wire::icmp_type::kEchoReply);
}

TEST_F(SourceRoutes, RouteThatIsNotAtItsEndIsNotForUs) {
  hear_routed(syn(), loose_route({kRouterOne, kRouterTwo}, 8));
  EXPECT_EQ(drops(DropReason::kIpBadOption), 1U);
  EXPECT_TRUE(take_sent().empty());
}

TEST_F(SourceRoutes, NewConnectionDoesNotInheritTheRouteOfAnOldOne) {
  hear_routed(syn(), completed_route({kRouterOne}));
  (void)take_sent();
  Segment reset = syn();
  reset.seq = {1001};
  reset.flags = {TcpFlags::kRst};
  hear_routed(reset, completed_route({kRouterOne}));
  Segment again = syn();
  again.seq = {500000};
  hear_routed(again, {});
  EXPECT_EQ(take_one().ip.header_size, 20);
}

TEST_F(SourceRoutes, SegmentsBelowTheMinimumTtlAreDropped) {  // [RFC5082 3]
  SegmentRules rules;
  rules.minimum_ttl = 255;
  stack.set_segment_rules({{Ipv4Address{}, 80}, {}}, rules);
  hear_routed(syn(), {}, 254);
  EXPECT_EQ(drops(DropReason::kIpTtlExpired), 1U);
  EXPECT_TRUE(take_sent().empty());
  hear_routed(syn(), {}, 255);
  const Sent syn_ack = take_one();
  hear_routed(ack_of(syn_ack), {}, 64);
  EXPECT_EQ(drops(DropReason::kIpTtlExpired), 2U) << "the connection has inherited it";
}

TEST_F(SourceRoutes, SynIsKeptForListenersThatWantIt) {
  SegmentRules listeners;
  listeners.keeps_syn = true;
  stack.set_segment_rules({{Ipv4Address{}, 80}, {}}, listeners);
  hear_routed(syn(), {});
  const SegmentRules* const rules = stack.segment_rules({{kOurs, 80}, {kPeer, 4000}});
  ASSERT_NE(rules, nullptr);
  EXPECT_EQ(rules->syn.size(), 40U);
  EXPECT_EQ(rules->syn[0], 0x45);
}

struct NoSourceRoutes : SourceRoutes {
  NoSourceRoutes() : SourceRoutes({}) {}
};

TEST_F(NoSourceRoutes, ByDefaultTheyAreDroppedAndCounted) {  // [RFC1122 3.2.1.8]
  hear_routed(syn(), completed_route({kRouterOne}));
  EXPECT_EQ(drops(DropReason::kIpBadOption), 1U);
  EXPECT_TRUE(take_sent().empty());
}

}  // namespace
}  // namespace fourtuple::test
