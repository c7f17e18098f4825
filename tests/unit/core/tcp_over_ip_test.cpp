// What TCP asks of IP and hears from it (RFC 9293 3.9.2): header fields, options, ICMP, and doubts about the way.
#include <array>

#include "tests/unit/core/tcp_world.hpp"

namespace fourtuple::test {
namespace {

struct TcpOverIp : TcpWorld {
  TcpOverIp() { know_peer(); }
  // Opens and hears an error about the SYN.
  void open_and_hear(std::uint8_t type, std::uint8_t code) {
    id = *stack.with_tcp(now, [&](tcp::Layer& layer, tcp::Context& context) {
      return layer.connect({kOurs, 4000}, {kPeer, 80}, stack.way_to(kPeer)->path, {}, 1, context);
    });
    hear_error(type, code, 0, take_one().packet);
  }
  void give_up() {
    stack.with_tcp(now, [&](tcp::Layer& layer, tcp::Context& context) { layer.abort(id, context); });
    (void)take_sent();
  }
  void expect_soft(std::uint8_t type, std::uint8_t code, std::errc error) {
    open_and_hear(type, code);
    EXPECT_EQ(status().state, TcpState::kSynSent) << int{type} << " " << int{code};
    EXPECT_EQ(status().soft_error, error) << int{type} << " " << int{code};
    give_up();
  }
};

TEST_F(TcpOverIp, UnreachableNetHostOrRouteIsRememberedAndEndsNothing) {  // [RFC9293 MUST-56(a), SHLD-25, MUST-54]
  expect_soft(wire::icmp_type::kUnreachable, 0, std::errc::network_unreachable);
  expect_soft(wire::icmp_type::kUnreachable, 1, std::errc::host_unreachable);
  expect_soft(wire::icmp_type::kUnreachable, 5, std::errc::operation_not_supported);
}

TEST_F(TcpOverIp, TimeExceededEndsNothing) {  // [RFC9293 MUST-56(b)] [RFC1122 3.2.2.4]
  expect_soft(wire::icmp_type::kTimeExceeded, 0, std::errc::host_unreachable);
  expect_soft(wire::icmp_type::kTimeExceeded, 1, std::errc::host_unreachable);
}

// [RFC9293 MUST-56(c)] [RFC1122 3.2.2.5] [RFC792 parameter problem]
TEST_F(TcpOverIp, ParameterProblemEndsNothing) {
  expect_soft(wire::icmp_type::kParameterProblem, 0, std::errc::protocol_error);
}

TEST_F(TcpOverIp, UnreachableProtocolOrPortEndsAnOpening) {  // [RFC9293 SHLD-26]
  for (const std::uint8_t code : {std::uint8_t{2}, std::uint8_t{3}}) {
    open_and_hear(wire::icmp_type::kUnreachable, code);
    EXPECT_EQ(status().state, TcpState::kClosed);
    stack.with_tcp(now, [&](tcp::Layer& layer, tcp::Context& context) { layer.close(id, context); });
  }
}

TEST_F(TcpOverIp, SourceQuenchIsNeitherToldNorHeeded) {  // [RFC9293 MUST-55] [RFC6633 3] [RFC5927 6]
  connect();
  (void)write(octets(100));
  const auto window = stack.tcp().info(id, now)->congestion_window_bytes;
  hear_error(wire::icmp_type::kSourceQuench, 0, 0, take_one().packet);
  EXPECT_EQ(status().soft_error, std::errc{});
  EXPECT_EQ(stack.tcp().info(id, now)->congestion_window_bytes, window);
  EXPECT_TRUE(take_sent().empty());
}

TEST_F(TcpOverIp, TypeOfServiceAndTimeToLiveLeaveAsTold) {  // [RFC9293 MUST-48, MUST-49, SHLD-21, SHLD-22]
  tcp::ConnectionOptions options;
  options.tos = 0x2e;
  options.ttl = 7;
  connect(options);
  (void)write(octets(1));
  Sent sent = take_one();
  EXPECT_EQ(sent.ip.tos, 0x2e);
  EXPECT_EQ(sent.ip.ttl, 7);
  options.tos = 0x10;
  options.no_delay = true;
  stack.with_tcp(now, [&](tcp::Layer& layer, tcp::Context& context) { layer.set_options(id, options, context); });
  (void)write(octets(1));
  EXPECT_EQ(take_one().ip.tos, 0x10);
}

TEST_F(TcpOverIp, OptionsThatTcpDoesNotKnowChangeNothing) {  // [RFC9293 MUST-50]
  Headers headers = tcp_headers();
  headers.options = {7, 7, 4, 0, 0, 0, 0, 0};  // record route, one slot, then end of options
  connect({}, headers);
  EXPECT_EQ(status().state, TcpState::kEstablished);
  headers.options = {0x44, 8, 5, 0, 0, 0, 0, 0};  // timestamp
  hear(ip_frame(headers, tcp_segment(from_peer({TcpFlags::kAck}), octets(10))));
  EXPECT_EQ(status().readable_bytes, 10U);
}

TEST_F(TcpOverIp, EverySegmentCarriesTheAddressThatTheOpenNamed) {  // [RFC9293 MUST-45]
  const Ipv4Address second{0x0a000044};
  stack.add_address(0, {second, 24});
  Headers headers = tcp_headers();
  headers.destination = second;
  connect({}, headers);
  ASSERT_EQ(status().state, TcpState::kEstablished);
  EXPECT_EQ(status().name.local.address, IpAddress(second));
  (void)write(octets(10));
  EXPECT_EQ(take_one().ip.source, second);
}

// A listener that must not hear of them: what answered would be sent to everybody, or nowhere.
TEST_F(TcpOverIp, SynFromAnImpossibleAddressIsIgnored) {  // [RFC9293 MUST-63]
  ASSERT_TRUE(stack.with_tcp(now, [&](tcp::Layer& layer, tcp::Context& context) {
    return layer.listen(*layer.bind({IpAddress{}, 80}, false, false, context), 8, {}, 1);
  }));
  Segment syn;
  syn.source_port = 4000;
  syn.destination_port = 80;
  syn.flags = {TcpFlags::kSyn};
  for (const std::uint32_t source :
       std::to_array<std::uint32_t>({0, 0xe0000001, 0xffffffff, 0x0a0000ff, 0x7f000001, 0x0a000004})) {
    Headers headers = tcp_headers();
    headers.source = {source};
    const std::uint64_t before = drops(DropReason::kIpBadSource);
    hear(ip_frame(headers, tcp_segment(syn, {}, headers.source)));
    EXPECT_EQ(drops(DropReason::kIpBadSource), before + 1) << to_string(headers.source);
    EXPECT_TRUE(take_sent().empty()) << to_string(headers.source);
    EXPECT_EQ(stack.tcp().connection_count(), 0U) << to_string(headers.source);
  }
}

TEST_F(TcpOverIp, SynToAGroupIsDiscardedInSilence) {  // [RFC9293 MUST-57(a), MUST-57(b)]
  ASSERT_TRUE(stack.with_tcp(now, [&](tcp::Layer& layer, tcp::Context& context) {
    return layer.listen(*layer.bind({IpAddress{}, 80}, false, false, context), 8, {}, 1);
  }));
  Segment segment;
  segment.source_port = 4000;
  segment.destination_port = 80;
  const UdpId member = udp_socket(9);
  ASSERT_TRUE(stack.udp_join(member, Ipv4Address{0xe0010203}, 0));
  stack.advance(now);
  (void)take_sent();
  for (const std::uint8_t flags : {std::uint8_t{TcpFlags::kSyn}, std::uint8_t{TcpFlags::kAck}}) {
    segment.flags = {flags};
    for (const std::uint32_t group : std::to_array<std::uint32_t>({0x0a0000ff, 0xffffffff, 0xe0010203})) {
      Headers headers = tcp_headers();
      headers.to = MacAddress::broadcast();
      headers.destination = {group};
      hear(ip_frame(headers, tcp_segment(segment, {}, kPeer, headers.destination)));
      EXPECT_TRUE(take_sent().empty()) << to_string(headers.destination);
      EXPECT_EQ(stack.tcp().connection_count(), 0U);
    }
  }
}

// The peer's address was learned, not given: it may have become wrong.
struct DoubtedPath : TcpWorld {
  void meet_peer() {
    ASSERT_TRUE(send(udp_socket(5000), "who?", Endpoint{kPeer, 9}));
    hear_arp(wire::ArpPacket::Operation::kReply);
    (void)take_sent();
  }
  // The ARP questions among what has left, by where they went.
  std::vector<MacAddress> questions() {
    std::vector<MacAddress> asked;
    for (const Sent& each : take_sent()) {
      if (each.arp && each.arp->target_ip == kPeer) asked.push_back(each.ethernet.destination);
    }
    return asked;
  }
};

// [RFC9293 MUST-20(a), SHLD-10] [RFC1122 3.3.1.4(a)]
TEST_F(DoubtedPath, IsProbedAfterR1Retransmissions) {
  meet_peer();
  connect();
  (void)write(octets(100));
  run(1s);  // 200 and 400 ms: two retransmissions
  EXPECT_EQ(stack.tcp().info(id, now)->consecutive_timeouts, 2U);
  EXPECT_TRUE(questions().empty());
  run(1s);  // the third
  EXPECT_EQ(questions(), std::vector<MacAddress>{kPeerMac}) << "by unicast: is it still there?";
  hear_arp(wire::ArpPacket::Operation::kReply);
  EXPECT_EQ(status().state, TcpState::kEstablished);
}

TEST_F(DoubtedPath, IsForgottenWhenNobodyAnswersThere) {  // [RFC9293 MUST-20(a)] [RFC1122 3.3.1.4]
  meet_peer();
  connect();
  (void)write(octets(100));
  run(20s);
  const auto asked = questions();
  ASSERT_FALSE(asked.empty());
  EXPECT_EQ(asked.back(), MacAddress::broadcast()) << "whoever has the address now may answer";
  EXPECT_EQ(status().soft_error, std::errc::host_unreachable);
  EXPECT_EQ(status().state, TcpState::kEstablished);
}

TEST_F(DoubtedPath, IsProbedForSynsToo) {  // [RFC9293 MUST-20(a), MUST-22]
  meet_peer();
  open();
  run(6900ms);  // 1 and 3 seconds
  EXPECT_TRUE(questions().empty());
  run(200ms);  // 7 seconds
  EXPECT_EQ(questions(), std::vector<MacAddress>{kPeerMac});
}

}  // namespace
}  // namespace fourtuple::test
