// Datagram sockets of a Stack.
#include <algorithm>
#include <set>

#include "tests/unit/core/world.hpp"

namespace fourtuple::test {
namespace {

struct Udp : World {
  Udp() { know_peer(); }
  std::string receive(UdpId id) {
    auto datagram = stack.udp_receive(id);
    return datagram ? text(datagram->payload) : "error";
  }
  void hear_port_unreachable(const Bytes& offender) {
    hear(ip_frame({.protocol = wire::ip_protocol::kIcmp},
                  icmp_message(wire::icmp_type::kUnreachable, wire::icmp_unreachable::kPort, 0, offender)));
  }
};

TEST_F(Udp, DatagramReachesItsSocketWithItsSender) {  // [RFC768 ports]
  const UdpId id = udp_socket(5000);
  hear_udp(4000, 5000, "hello");
  const auto notices = stack.take_notices();
  ASSERT_EQ(notices.size(), 1U);
  EXPECT_EQ(notices[0].changed.bits, Readiness::kReadable);
  ASSERT_NE(stack.udp_peek(id), nullptr);
  const auto datagram = stack.udp_receive(id);
  ASSERT_TRUE(datagram);
  EXPECT_EQ(text(datagram->payload), "hello");
  EXPECT_EQ(datagram->source, (Endpoint{kPeer, 4000}));
  EXPECT_EQ(datagram->destination, IpAddress(kOurs));
  EXPECT_EQ(stack.udp_receive(id).error(), std::errc::operation_would_block);
}

TEST_F(Udp, SentDatagramIsWellFormed) {  // [RFC768 ports] [RFC1122 4.1.3.4(a), 4.1.3.6(a)]
  const UdpId id = udp_socket(5000);
  EXPECT_EQ(send(id, "hello", Endpoint{kPeer, 4000}), 5U);
  const Sent sent = take_one();
  EXPECT_EQ(sent.ip.source, kOurs);
  const auto header = wire::UdpHeader::parse(sent.payload);
  ASSERT_TRUE(header);
  EXPECT_NE(header->checksum, 0);
  EXPECT_TRUE(header->checksum_is_good(kOurs, kPeer, sent.payload));
  EXPECT_EQ(header->source_port, 5000);
}

TEST_F(Udp, EmptyDatagramIsADatagram) {
  const UdpId id = udp_socket(5000);
  EXPECT_EQ(send(id, "", Endpoint{kPeer, 4000}), 0U);
  EXPECT_EQ(take_one().payload.size(), 8U);
  hear_udp(4000, 5000, "");
  EXPECT_EQ(receive(id), "");
}

TEST_F(Udp, ClosedPortIsReported) {  // [RFC1122 4.1.3.1] [RFC792 unreachable]
  hear_udp(4000, 5000, "hello");
  const Sent error = take_one();
  EXPECT_EQ(error.icmp().type, wire::icmp_type::kUnreachable);
  EXPECT_EQ(error.icmp().code, wire::icmp_unreachable::kPort);
  const auto quoted = wire::IcmpQuotation::parse(ByteView(error.payload).subspan(8));
  ASSERT_TRUE(quoted);
  EXPECT_EQ(quoted->destination_port, 5000);
  EXPECT_EQ(drops(DropReason::kUdpClosedPort), 1U);
}

TEST_F(Udp, BadDatagramsAreDropped) {  // [RFC1122 4.1.3.4]
  (void)udp_socket(5000);
  Bytes bytes = udp_datagram(4000, 5000, octets(10));
  bytes[6] ^= 1;
  hear(ip_frame({}, bytes));
  EXPECT_EQ(drops(DropReason::kUdpBadChecksum), 1U);
  hear(ip_frame({}, Bytes(7)));
  EXPECT_EQ(drops(DropReason::kUdpTruncated), 1U);
  bytes = udp_datagram(4000, 5000, octets(10));
  bytes[4] = 1;
  hear(ip_frame({}, bytes));
  EXPECT_EQ(drops(DropReason::kUdpBadLength), 1U);
  EXPECT_TRUE(take_sent().empty());
}

TEST_F(Udp, SenderWithoutChecksumIsBelieved) {  // [RFC1122 4.1.3.4(b)]
  const UdpId id = udp_socket(5000);
  Bytes bytes = udp_datagram(4000, 5000, view("hi"));
  bytes[6] = bytes[7] = 0;
  hear(ip_frame({}, bytes));
  EXPECT_EQ(receive(id), "hi");
}

TEST_F(Udp, FullQueueDropsTheNewest) {
  const UdpId id = udp_socket(5000, {.receive_buffer_bytes = 2000});
  for (int i = 0; i < 20; ++i) hear_udp(4000, 5000, std::to_string(i));
  EXPECT_GT(drops(DropReason::kSocketQueueFull), 0U);
  EXPECT_EQ(receive(id), "0");
  hear_udp(4000, 5000, "room");
  std::string last;
  while (stack.udp_peek(id) != nullptr) last = receive(id);
  EXPECT_EQ(last, "room");
}

TEST_F(Udp, LargeDatagramsAreFragmentedUpToTheLimit) {  // [RFC1122 3.3.3] [RFC791 3.2(a)]
  const UdpId id = udp_socket(5000);
  EXPECT_EQ(send(id, octets(65507), Endpoint{kPeer, 9}), 65507U);
  std::size_t size = 0;
  for (const Sent& each : take_sent()) size += each.payload.size();
  EXPECT_EQ(size, 65515U);
  EXPECT_EQ(send(id, octets(65508), Endpoint{kPeer, 9}).error(), std::errc::message_size);
}

TEST_F(Udp, DontFragmentTurnsLargeIntoAnError) {  // [RFC791 3.2(c)] [RFC1122 3.4]
  const UdpId id = udp_socket(5000, {.path_mtu_discovery = PathMtuDiscovery::kDo});
  EXPECT_TRUE(send(id, octets(1472), Endpoint{kPeer, 9}));
  EXPECT_TRUE(take_one().ip.dont_fragment);
  EXPECT_EQ(send(id, octets(1473), Endpoint{kPeer, 9}).error(), std::errc::message_size);
}

TEST_F(Udp, UnconnectedSendNeedsADestination) {
  const UdpId id = udp_socket(5000);
  EXPECT_EQ(send(id, "hello").error(), std::errc::destination_address_required);
  EXPECT_EQ(send(id, "hello", Endpoint{kFar, 9}).error(), std::errc::network_unreachable);
}

TEST_F(Udp, ConnectedSocketHearsItsPeerOnly) {
  const UdpId id = udp_socket(5000);
  ASSERT_TRUE(stack.udp_connect(id, {kPeer, 4000}));
  EXPECT_EQ(stack.udp_local(id), (Endpoint{kOurs, 5000}));
  hear_udp(4001, 5000, "stranger");
  EXPECT_EQ(drops(DropReason::kUdpClosedPort), 1U);
  hear_udp(4000, 5000, "peer");
  EXPECT_EQ(receive(id), "peer");
  stack.udp_disconnect(id);
  hear_udp(4001, 5000, "stranger");
  EXPECT_EQ(receive(id), "stranger");
  EXPECT_FALSE(stack.udp_remote(id));
}

TEST_F(Udp, PortUnreachableIsToldOnceToAConnectedSocket) {  // [RFC1122 4.1.3.3, 3.2.2(b), 3.2.2.1(a)]
  const UdpId id = udp_socket(5000);
  ASSERT_TRUE(stack.udp_connect(id, {kPeer, 4000}));
  ASSERT_TRUE(send(id, "hello"));
  const Bytes offender = take_one().packet;
  (void)stack.take_notices();
  hear_port_unreachable(offender);
  ASSERT_EQ(stack.take_notices().size(), 1U);
  EXPECT_EQ(stack.udp_error(id), std::errc::connection_refused);
  EXPECT_EQ(send(id, "again").error(), std::errc::connection_refused);
  EXPECT_TRUE(send(id, "again"));
  hear_port_unreachable(offender);
  EXPECT_EQ(stack.udp_receive(id).error(), std::errc::connection_refused);
  hear_port_unreachable(offender);
  EXPECT_EQ(stack.udp_take_error(id), std::errc::connection_refused);
  EXPECT_EQ(stack.udp_take_error(id), std::errc{});
}

TEST_F(Udp, UnconnectedSocketIsNotToldOfErrors) {
  const UdpId id = udp_socket(5000);
  ASSERT_TRUE(send(id, "hello", Endpoint{kPeer, 4000}));
  hear_port_unreachable(take_one().packet);
  EXPECT_EQ(stack.udp_error(id), std::errc{});
}

TEST_F(Udp, QuotationOfWhatNobodySentIsNotBelieved) {
  Headers ours;
  ours.source = kOurs;
  ours.destination = kPeer;
  hear_port_unreachable(ip_packet(ours, udp_datagram(5000, 4000, octets(8))));
  EXPECT_EQ(drops(DropReason::kIcmpBadQuotation), 1U) << "no socket";
  hear_port_unreachable(ip_packet({}, octets(8)));
  EXPECT_EQ(drops(DropReason::kIcmpBadQuotation), 2U) << "not our address";
  hear_port_unreachable(ip_packet(ours, octets(7)));
  EXPECT_EQ(drops(DropReason::kIcmpBadQuotation), 3U) << "too short";
  ours.offset = 8;
  hear_port_unreachable(ip_packet(ours, octets(16)));
  EXPECT_EQ(drops(DropReason::kIcmpBadQuotation), 4U) << "not the first fragment";
}

TEST_F(Udp, FragmentationNeededLowersThePathOfWhoeverAsked) {  // [RFC1191 6.2, 4]
  const UdpId id = udp_socket(5000, {.path_mtu_discovery = PathMtuDiscovery::kDo});
  ASSERT_TRUE(stack.udp_connect(id, {kPeer, 4000}));
  ASSERT_TRUE(send(id, octets(1400)));
  hear(ip_frame({.protocol = wire::ip_protocol::kIcmp},
                icmp_message(wire::icmp_type::kUnreachable, 4, 1300, take_one().packet)));
  EXPECT_EQ(stack.way_to(kPeer)->path_mtu, 1300U);
  EXPECT_EQ(stack.way_to(kPeer)->path.send_mss, 1260U);
  EXPECT_EQ(send(id, octets(1400)).error(), std::errc::message_size) << "the pending error";
  EXPECT_EQ(send(id, octets(1400)).error(), std::errc::message_size) << "it no longer fits";
  EXPECT_TRUE(send(id, octets(1272)));
}

TEST_F(Udp, ForgedFragmentationNeededChangesNothing) {
  Headers ours;
  ours.source = kOurs;
  ours.destination = kPeer;
  const Bytes forged = ip_packet(ours, udp_datagram(5000, 4000, octets(1400)));
  hear(ip_frame({.protocol = wire::ip_protocol::kIcmp}, icmp_message(wire::icmp_type::kUnreachable, 4, 600, forged)));
  EXPECT_EQ(stack.way_to(kPeer)->path_mtu, 1500U);
  EXPECT_EQ(drops(DropReason::kIcmpBadQuotation), 1U);
}

struct Redirect : World {
  static StackConfig config_with(bool redirects) {
    StackConfig config;
    config.ip.accept_redirects = redirects;
    return config;
  }
  explicit Redirect(bool accepts = false) : World(config_with(accepts)) { know_gateway(); }
  void hear_redirect(Ipv4Address from, Ipv4Address to) {
    const UdpId id = udp_socket(0);
    ASSERT_TRUE(send(id, "x", Endpoint{kFar, 9}));
    const auto sent = take_sent();
    ASSERT_FALSE(sent.empty());
    Headers headers{.protocol = wire::ip_protocol::kIcmp};
    headers.source = from;
    hear(ip_frame(headers, icmp_message(wire::icmp_type::kRedirect, 1, to.value, sent.back().packet)));
  }
};
struct WantedRedirect : Redirect {
  WantedRedirect() : Redirect(true) {}
};

TEST_F(Redirect, IsIgnoredByDefault) {  // [RFC1122 3.2.2.2(b)]
  hear_redirect(kGateway, kPeer);
  EXPECT_EQ(stack.routes().size(), 2U);
}

TEST_F(WantedRedirect, IsBelievedFromTheGatewayInUseAboutANeighbour) {  // [RFC1122 3.2.2.2(b)] [RFC792 redirect]
  hear_redirect(kPeer, kPeer);
  hear_redirect(kGateway, kFar);
  hear_redirect(kGateway, kOurs);
  EXPECT_EQ(stack.routes().size(), 2U);
  hear_redirect(kGateway, kPeer);
  ASSERT_EQ(stack.routes().size(), 3U);
  EXPECT_EQ(stack.routes()[0], (Route{{kFar, 32}, kPeer, 0, 0}));
}

TEST_F(Udp, BroadcastNeedsPermission) {
  const UdpId id = udp_socket(5000);
  const Endpoint everybody{Ipv4Address{0x0a0000ff}, 9};
  EXPECT_EQ(send(id, "all", everybody).error(), std::errc::permission_denied);
  EXPECT_EQ(stack.udp_connect(id, everybody).error(), std::errc::permission_denied);
  ASSERT_TRUE(stack.udp_set_options(id, {.broadcast = true}));
  ASSERT_TRUE(send(id, "all", everybody));
  EXPECT_EQ(take_one().ethernet.destination, MacAddress::broadcast());
}

TEST_F(Udp, BroadcastReachesEverySocketOnThePort) {  // [RFC1122 3.3.6(a)]
  const UdpId a = udp_socket(5000, {.reuse_address = true});
  const UdpId b = udp_socket(5000, {.reuse_address = true});
  const Ipv4Address everybody{0x0a0000ff};
  Headers headers;
  headers.to = MacAddress::broadcast();
  headers.destination = everybody;
  hear(ip_frame(headers, udp_datagram(4000, 5000, view("all"), kPeer, everybody)));
  EXPECT_EQ(receive(a), "all");
  EXPECT_EQ(receive(b), "all");
  hear(ip_frame(headers, udp_datagram(4000, 5001, view("all"), kPeer, everybody)));
  EXPECT_TRUE(take_sent().empty()) << "no error about a broadcast";
}

TEST_F(Udp, MulticastReachesMembersOnly) {  // [RFC1122 3.3.7]
  const Ipv4Address group{0xe0010203};
  const UdpId member = udp_socket(5000, {.reuse_address = true});
  const UdpId other = udp_socket(5000, {.reuse_address = true, .multicast_all = false});
  ASSERT_TRUE(stack.udp_join(member, group, 0));
  EXPECT_EQ(stack.udp_join(member, group, 0).error(), std::errc::address_in_use);
  EXPECT_LE(stack.next_deadline(), now);
  stack.advance(now);
  const Sent report = take_one();
  EXPECT_EQ(report.ip.protocol, wire::ip_protocol::kIgmp);
  EXPECT_EQ(report.ip.header_size, 24) << "with the router alert option";
  EXPECT_EQ(to_string(report.ethernet.destination), "01:00:5e:01:02:03");
  Headers headers;
  headers.to = report.ethernet.destination;
  headers.destination = group;
  const Bytes datagram = ip_frame(headers, udp_datagram(4000, 5000, view("group"), kPeer, group));
  hear(datagram);
  EXPECT_EQ(receive(member), "group");
  EXPECT_EQ(stack.udp_peek(other), nullptr);
  stack.udp_close(member);
  stack.advance(now);
  EXPECT_EQ(take_one().ip.destination, (Ipv4Address{0xe0000002})) << "the routers are told";
  hear(datagram);
  EXPECT_EQ(drops(DropReason::kIpNotForUs), 1U);
}

TEST_F(Udp, SenderHearsItsOwnMulticastUnlessItDoesNotWantTo) {
  const Ipv4Address group{0xe0010203};
  const UdpId id = udp_socket(5000);
  ASSERT_TRUE(stack.udp_join(id, group, 0));
  stack.advance(now);
  (void)take_sent();
  ASSERT_TRUE(send(id, "loop", Endpoint{group, 5000}));
  EXPECT_EQ(take_one().ip.ttl, 1);
  EXPECT_EQ(receive(id), "loop");
  ASSERT_TRUE(stack.udp_set_options(id, {.multicast_loop = false}));
  ASSERT_TRUE(send(id, "quiet", Endpoint{group, 5000}));
  EXPECT_EQ(stack.udp_peek(id), nullptr);
  ASSERT_TRUE(stack.udp_set_options(id, {.multicast_ttl = 0}));
  (void)take_sent();
  ASSERT_TRUE(send(id, "here", Endpoint{group, 5000}));
  EXPECT_TRUE(take_sent().empty()) << "a TTL of 0 stays on this host";
  EXPECT_EQ(receive(id), "here");
}

TEST_F(Udp, NamesAreHeldByTheRules) {
  (void)udp_socket(5000);
  const UdpId second = *stack.udp_open({}, 1);
  EXPECT_EQ(stack.udp_bind(second, {Ipv4Address{}, 5000}).error(), std::errc::address_in_use);
  EXPECT_EQ(stack.udp_bind(second, {kOurs, 5000}).error(), std::errc::address_in_use);
  EXPECT_EQ(stack.udp_bind(second, {kPeer, 5001}).error(), std::errc::address_not_available);
  EXPECT_TRUE(stack.udp_bind(second, {kOurs, 5001}));
  EXPECT_EQ(stack.udp_bind(second, {kOurs, 5002}).error(), std::errc::invalid_argument);
  EXPECT_EQ(stack.udp_bind(UdpId{12345}, {kOurs, 5002}).error(), std::errc::bad_file_descriptor);
}

TEST_F(Udp, DifferentSpecificAddressesShareAPort) {
  const UdpId a = *stack.udp_open({}, 1);
  const UdpId b = *stack.udp_open({}, 1);
  EXPECT_TRUE(stack.udp_bind(a, {Ipv4Address{0x7f000001}, 5000}));
  EXPECT_TRUE(stack.udp_bind(b, {Ipv4Address{0x7f000002}, 5000}));
}

TEST_F(Udp, EphemeralPortsAreDistinctAndInTheirRange) {
  std::set<Port> ports;
  for (int i = 0; i < 200; ++i) ports.insert(stack.udp_local(udp_socket(0)).port);
  EXPECT_EQ(ports.size(), 200U);
  EXPECT_GE(*ports.begin(), stack.config().udp.first_ephemeral_port);
  EXPECT_LE(*ports.rbegin(), stack.config().udp.last_ephemeral_port);
  EXPECT_GT(*ports.rbegin() - *ports.begin(), 1000) << "they are not handed out one after the other";
}

TEST_F(Udp, ConnectionThenAddressDecidesWhoGetsIt) {
  const DatagramOptions shared{.reuse_address = true};
  const UdpId wildcard = udp_socket(5000, shared);
  const UdpId specific = *stack.udp_open(shared, 1);
  ASSERT_TRUE(stack.udp_bind(specific, {kOurs, 5000}));
  const UdpId connected = *stack.udp_open(shared, 1);
  ASSERT_TRUE(stack.udp_bind(connected, {Ipv4Address{}, 5000}));
  ASSERT_TRUE(stack.udp_connect(connected, {kPeer, 4000}));
  hear_udp(4000, 5000, "connected");
  hear_udp(4001, 5000, "specific");
  EXPECT_EQ(receive(connected), "connected");
  EXPECT_EQ(receive(specific), "specific");
  stack.udp_close(specific);
  hear_udp(4001, 5000, "wildcard");
  EXPECT_EQ(receive(wildcard), "wildcard");
}

TEST_F(Udp, ReusePortSpreadsSendersOverSockets) {
  std::vector<UdpId> ids;
  for (int i = 0; i < 4; ++i) ids.push_back(udp_socket(5000, {.reuse_port = true}));
  for (Port from = 4000; from < 4064; ++from) hear_udp(from, 5000, "x");
  for (const UdpId id : ids) EXPECT_NE(stack.udp_peek(id), nullptr);
}

TEST_F(Udp, StaleHandleNamesNobody) {
  const UdpId old = udp_socket(5000);
  stack.udp_close(old);
  const UdpId fresh = udp_socket(5000);
  EXPECT_NE(old, fresh);
  EXPECT_EQ(send(old, "x", Endpoint{kPeer, 9}).error(), std::errc::bad_file_descriptor);
  EXPECT_EQ(stack.udp_receive(old).error(), std::errc::bad_file_descriptor);
}

TEST_F(Udp, DatagramToOurselvesNeedsNoWire) {
  const UdpId server = udp_socket(5000);
  for (const Ipv4Address address : {kOurs, Ipv4Address{0x7f000001}, Ipv4Address{0x7f010203}, Ipv4Address{}}) {
    const UdpId client = udp_socket(0);
    ASSERT_TRUE(send(client, octets(3000), Endpoint{address, 5000}));
    const auto datagram = stack.udp_receive(server);
    ASSERT_TRUE(datagram);
    EXPECT_EQ(datagram->payload.size(), 3000U);
    ASSERT_TRUE(send(server, "back", datagram->source));
    EXPECT_EQ(receive(client), "back");
    stack.udp_close(client);
  }
  EXPECT_TRUE(driver.sent.empty());
}

TEST_F(Udp, ClosedPortOfOurselvesRefusesAtOnce) {
  const UdpId id = udp_socket(0);
  ASSERT_TRUE(stack.udp_connect(id, {kOurs, 5001}));
  ASSERT_TRUE(send(id, "x"));
  EXPECT_EQ(send(id, "x").error(), std::errc::connection_refused);
}

TEST_F(Udp, RowsNameTheSockets) {
  (void)udp_socket(5000);
  std::vector<DatagramRow> rows;
  stack.for_each_datagram_socket([&](const DatagramRow& row) { rows.push_back(row); });
  ASSERT_EQ(rows.size(), 1U);
  EXPECT_EQ(rows[0].name.local.port, 5000);
  EXPECT_FALSE(rows[0].raw);
}

}  // namespace
}  // namespace fourtuple::test
