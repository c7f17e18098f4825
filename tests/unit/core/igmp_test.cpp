// IGMP version 2 on the wire, in virtual time (RFC 2236).
#include "stack/wire/igmp.hpp"

#include <algorithm>
#include <map>

#include "tests/unit/core/world.hpp"

namespace fourtuple::test {
namespace {

constexpr Ipv4Address kGroup{0xef010101};
constexpr Ipv4Address kOther{0xef010102};
constexpr Ipv4Address kEverybody{0xe0000001};
constexpr Ipv4Address kRouters{0xe0000002};

struct Igmp : World {
  struct Heard {
    Instant at{};
    Sent sent;
    wire::IgmpMessage message;
  };
  // What leaves within `time`.
  std::vector<Heard> listen(Duration time) {
    std::vector<Heard> heard;
    const Instant end = now + time;
    for (;;) {
      for (const Sent& each : take_sent()) {
        const auto message = wire::IgmpMessage::parse(each.payload);
        EXPECT_TRUE(message && each.ip.protocol == wire::ip_protocol::kIgmp);
        EXPECT_EQ(each.ip.ttl, 1);
        EXPECT_EQ(each.ip.header_size, 24) << "router alert";
        heard.push_back({now, each, *message});
      }
      if (stack.next_deadline() > end) break;
      now = std::max(now, stack.next_deadline());
      stack.advance(now);
    }
    now = end;
    return heard;
  }
  void hear_igmp(wire::IgmpMessage message, Ipv4Address to) {
    Bytes bytes(wire::kIgmpSize);
    message.emit(bytes);
    const auto low = static_cast<std::uint8_t>(to.value);
    Headers headers{.protocol = wire::ip_protocol::kIgmp, .ttl = 1};
    headers.to = {
        {1, 0, 0x5e, static_cast<std::uint8_t>(to.value >> 16 & 0x7f), static_cast<std::uint8_t>(to.value >> 8), low}};
    headers.destination = to;
    hear(ip_frame(headers, bytes));
  }
  void query(std::uint8_t tenths, Ipv4Address group = {}) {
    hear_igmp({wire::igmp_type::kQuery, tenths, group}, group.is_any() ? kEverybody : group);
  }
  UdpId member(Ipv4Address group) {
    const UdpId id = udp_socket(5000, {.reuse_address = true});
    EXPECT_TRUE(stack.udp_join(id, group, 0));
    return id;
  }
};

TEST_F(Igmp, JoiningIsReportedAtOnceAndOnceMoreWithinTenSeconds) {  // [RFC2236 3, 8.10]
  (void)member(kGroup);
  const Instant start = now;
  const auto heard = listen(1min);
  ASSERT_EQ(heard.size(), 2U);
  for (const Heard& each : heard) {
    EXPECT_EQ(each.message.type, wire::igmp_type::kReportV2);
    EXPECT_EQ(each.message.group, kGroup);
    EXPECT_EQ(each.sent.ip.destination, kGroup);
  }
  EXPECT_EQ(heard[0].at, start);
  EXPECT_LE(heard[1].at, start + 10s);
}

TEST_F(Igmp, GeneralQueryIsAnsweredForEachGroupWithinItsTime) {  // [RFC2236 3(a)]
  (void)member(kGroup);
  (void)member(kOther);
  (void)listen(1min);
  const Instant start = now;
  query(30);
  const auto heard = listen(1min);
  ASSERT_EQ(heard.size(), 2U);
  EXPECT_NE(heard[0].message.group, heard[1].message.group);
  for (const Heard& each : heard) EXPECT_LE(each.at, start + 3s);
}

TEST_F(Igmp, GroupSpecificQueryAsksForOneGroup) {
  (void)member(kGroup);
  (void)member(kOther);
  (void)listen(1min);
  query(10, kOther);
  const auto heard = listen(1min);
  ASSERT_EQ(heard.size(), 1U);
  EXPECT_EQ(heard[0].message.group, kOther);
}

TEST_F(Igmp, AnotherHostsReportIsEnough) {  // [RFC2236 3(b)]
  (void)member(kGroup);
  (void)listen(1min);
  query(100);
  hear_igmp({wire::igmp_type::kReportV2, 0, kGroup}, kGroup);
  EXPECT_TRUE(listen(1min).empty());
  query(100);
  hear_igmp({wire::igmp_type::kReportV1, 0, kGroup}, kGroup);
  EXPECT_TRUE(listen(1min).empty());
}

TEST_F(Igmp, LastMemberTakesLeaveOfTheRouters) {  // [RFC2236 3(c)]
  const UdpId first = member(kGroup);
  const UdpId second = member(kGroup);
  (void)listen(1min);
  stack.udp_close(first);
  EXPECT_TRUE(listen(1s).empty());
  ASSERT_TRUE(stack.udp_leave(second, kGroup, 0));
  const auto heard = listen(1s);
  ASSERT_EQ(heard.size(), 1U);
  EXPECT_EQ(heard[0].message.type, wire::igmp_type::kLeave);
  EXPECT_EQ(heard[0].message.group, kGroup);
  EXPECT_EQ(heard[0].sent.ip.destination, kRouters);
}

TEST_F(Igmp, RouterOfVersionOneIsSpokenToInItsOwnWords) {  // [RFC2236 4, 4(a), 8.11]
  const UdpId id = member(kGroup);
  (void)listen(1min);
  query(0);
  const auto heard = listen(1min);
  ASSERT_EQ(heard.size(), 1U);
  EXPECT_EQ(heard[0].message.type, wire::igmp_type::kReportV1);
  ASSERT_TRUE(stack.udp_leave(id, kGroup, 0));
  EXPECT_TRUE(listen(1s).empty()) << "version 1 knows no leave";
  (void)listen(400s);
  ASSERT_TRUE(stack.udp_join(id, kGroup, 0));
  EXPECT_EQ(listen(0s).at(0).message.type, wire::igmp_type::kReportV2) << "it has gone";
}

TEST_F(Igmp, NobodyReportsTheGroupThatEverybodyIsIn) {  // [RFC2236 6]
  (void)member(kEverybody);
  query(10);
  EXPECT_TRUE(listen(1min).empty());
}

TEST_F(Igmp, MembershipForSomeSourcesIsReportedAsAny) {
  const UdpId id = udp_socket(5000);
  using Kind = Stack::GroupRequest::Kind;
  ASSERT_TRUE(stack.change_groups(id, {Kind::kAddSource, kGroup, 0, kPeer}));
  EXPECT_EQ(listen(0s).size(), 1U);
  ASSERT_TRUE(stack.change_groups(id, {Kind::kDropSource, kGroup, 0, kPeer}));
  const auto heard = listen(0s);
  ASSERT_EQ(heard.size(), 1U);
  EXPECT_EQ(heard[0].message.type, wire::igmp_type::kLeave);
}

// S28
TEST_F(Igmp, DatagramToAGroupLeavesByTheInterfaceThatWasChosen) {
  const UdpId id = udp_socket(5000, {.multicast_interface = 0});
  ASSERT_TRUE(send(id, "group", Endpoint{kGroup, 5001}));
  const Sent sent = take_one();
  EXPECT_EQ(to_string(sent.ethernet.destination), "01:00:5e:01:01:01");
  EXPECT_EQ(sent.ip.source, kOurs);
  const UdpId inside = udp_socket(5002, {.multicast_interface = Stack::kLoopbackInterface});
  ASSERT_TRUE(send(inside, "group", Endpoint{kGroup, 5001}));
  EXPECT_TRUE(take_sent().empty()) << "loopback is an interface, too";
}

}  // namespace
}  // namespace fourtuple::test
