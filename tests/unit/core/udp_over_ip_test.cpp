// What UDP and ICMP ask of IP and hear from it (RFC 1122 3.4, 4.1.4).
#include "tests/unit/core/world.hpp"

namespace fourtuple::test {
namespace {

struct UdpOverIp : World {
  UdpOverIp() { know_peer(); }
};

TEST_F(UdpOverIp, TypeOfServiceAndTimeToLiveLeaveAsTold) {  // [RFC1122 3.2.1.6, 3.2.1.7(b), 3.4, 4.1.4]
  const UdpId id = udp_socket(5000, {.ttl = 9, .tos = 0x28});
  ASSERT_TRUE(send(id, "x", Endpoint{kPeer, 9}));
  const Sent sent = take_one();
  EXPECT_EQ(sent.ip.ttl, 9);
  EXPECT_EQ(sent.ip.tos, 0x28);
}

TEST_F(UdpOverIp, ReceiverLearnsAddressTypeOfServiceAndTimeToLive) {  // [RFC1122 3.2.1.6(a), 4.1.3.5, 4.1.4]
  const Ipv4Address second{0x0a000044};
  stack.add_address(0, {second, 24});
  const UdpId id = udp_socket(5000);
  Bytes packet = ip_packet({.destination = second, .ttl = 33}, udp_datagram(4000, 5000, view("x"), kPeer, second));
  auto header = *wire::Ipv4Header::parse(packet);
  header.tos = 0x48;
  header.emit(packet);
  hear(frame(kOurMac, wire::ether_type::kIpv4, packet));
  const auto received = stack.udp_receive(id);
  ASSERT_TRUE(received);
  EXPECT_EQ(received->destination, IpAddress(second));
  EXPECT_EQ(received->tos, 0x48);
  EXPECT_EQ(received->ttl, 33);
}

TEST_F(UdpOverIp, BoundAddressIsTheSource) {  // [RFC1122 4.1.3.5(a), 4.1.3.6(a)]
  const Ipv4Address second{0x0a000044};
  stack.add_address(0, {second, 24});
  const UdpId id = *stack.udp_open({}, 1);
  ASSERT_TRUE(stack.udp_bind(id, {second, 5000}));
  ASSERT_TRUE(send(id, "x", Endpoint{kPeer, 9}));
  EXPECT_EQ(take_one().ip.source, second);
}

TEST_F(UdpOverIp, SocketBoundToAGroupSpeaksWithItsHostsAddress) {  // [RFC1122 3.2.1.3(c), 4.1.3.5(b)]
  for (const Ipv4Address group : {Ipv4Address{0xe0010203}, Ipv4Address{0x0a0000ff}}) {
    const UdpId id = *stack.udp_open({}, 1);
    ASSERT_TRUE(stack.udp_bind(id, {group, 5000}));
    ASSERT_TRUE(send(id, "x", Endpoint{kPeer, 9}));
    EXPECT_EQ(take_one().ip.source, kOurs) << to_string(group);
  }
}

TEST_F(UdpOverIp, TimeToLiveOfZeroNeverLeaves) {  // [RFC1122 3.2.1.7]
  const UdpId id = udp_socket(5000, {.multicast_ttl = 0});
  ASSERT_TRUE(send(id, "x", Endpoint{Ipv4Address{0xe0010203}, 9}));
  EXPECT_TRUE(take_sent().empty());
  EXPECT_EQ(drops(DropReason::kIpTtlExpired), 1U);
}

TEST_F(UdpOverIp, OptionsReachTheReceiver) {  // [RFC1122 4.1.3.2]
  const UdpId id = udp_socket(5000);
  Headers headers;
  headers.options = {7, 7, 4, 0, 0, 0, 0, 0};
  hear(ip_frame(headers, udp_datagram(4000, 5000, view("x"))));
  const auto received = stack.udp_receive(id);
  ASSERT_TRUE(received);
  EXPECT_EQ(Bytes(received->ip_options().begin(), received->ip_options().end()), headers.options);
}

TEST_F(UdpOverIp, OptionsLeaveAsTold) {  // [RFC1122 4.1.3.2(a), 4.1.4]
  const Bytes record_route{7, 7, 4, 0, 0, 0, 0};
  DatagramOptions options;
  options.ip_options = *wire::IpOptions::from_application(record_route);
  ASSERT_TRUE(send(udp_socket(5000, options), "x", Endpoint{kPeer, 9}));
  const Sent sent = take_one();
  ASSERT_EQ(sent.ip.header_size, 28);
  EXPECT_EQ(Bytes(sent.packet.begin() + 20, sent.packet.begin() + 27), record_route);
}

TEST_F(UdpOverIp, ErrorsOfEveryKindReachTheConnectedSocket) {  // [RFC1122 3.2.2.4, 3.2.2.5, 4.1.3.3]
  const UdpId id = udp_socket(5000);
  ASSERT_TRUE(stack.udp_connect(id, {kPeer, 9}));
  const auto error_after = [&](std::uint8_t type, std::uint8_t code) {
    EXPECT_TRUE(send(id, "x"));
    hear(ip_frame({.protocol = wire::ip_protocol::kIcmp}, icmp_message(type, code, 0, take_one().packet)));
    return stack.udp_take_error(id);
  };
  EXPECT_EQ(error_after(wire::icmp_type::kTimeExceeded, 0), std::errc::host_unreachable);
  EXPECT_EQ(error_after(wire::icmp_type::kParameterProblem, 0), std::errc::protocol_error);
  EXPECT_EQ(error_after(wire::icmp_type::kUnreachable, 0), std::errc::network_unreachable);
}

TEST_F(UdpOverIp, EchoComesFromTheAddressThatWasAsked) {  // [RFC1122 3.2.2.6(b)]
  const Ipv4Address second{0x0a000044};
  stack.add_address(0, {second, 24});
  const Headers headers{.destination = second, .protocol = wire::ip_protocol::kIcmp};
  hear(ip_frame(headers, icmp_message(wire::icmp_type::kEchoRequest, 0, 1, {})));
  EXPECT_EQ(take_one().ip.source, second);
}

TEST_F(UdpOverIp, ErrorsCarryThePrecedenceOfNetworkControl) {  // [RFC1812 4.3.2.5]
  hear_udp(4000, 5000, "nobody");
  EXPECT_EQ(take_one().ip.tos, 0xc0);
}

TEST_F(UdpOverIp, MembershipReportsStayOnTheLinkAndAlertRouters) {  // [RFC2236 2] [RFC2113 2.1]
  ASSERT_TRUE(stack.udp_join(udp_socket(5000), Ipv4Address{0xe0010203}, 0));
  stack.advance(now);
  const Sent report = take_one();
  EXPECT_EQ(report.ip.ttl, 1);
  ASSERT_EQ(report.ip.header_size, 24);
  EXPECT_EQ(Bytes(report.packet.begin() + 20, report.packet.begin() + 24), (Bytes{148, 4, 0, 0}));
}

// Another default than ours.
struct FewHops : World {
  static StackConfig few_hops() {
    StackConfig config;
    config.ip.ttl = 5;
    return config;
  }
  FewHops() : World(few_hops()) { know_peer(); }
};

TEST_F(FewHops, AreTheDefaultOfWhatTheStackSaysByItself) {  // [RFC1122 3.2.1.7(c)]
  hear(ip_frame({.protocol = wire::ip_protocol::kIcmp}, icmp_message(wire::icmp_type::kEchoRequest, 0, 1, {})));
  EXPECT_EQ(take_one().ip.ttl, 5);
}

}  // namespace
}  // namespace fourtuple::test
