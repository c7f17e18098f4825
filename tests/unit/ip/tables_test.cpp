// Routes, path MTUs, addresses, identification and groups.
#include <gtest/gtest.h>
#include <set>

#include "stack/ip/group_table.hpp"
#include "stack/ip/identification.hpp"
#include "stack/ip/local_addresses.hpp"
#include "stack/ip/path_mtu_cache.hpp"
#include "stack/ip/route_table.hpp"

namespace fourtuple::ip {
namespace {

Ipv4Prefix prefix(std::string_view text) { return *Ipv4Prefix::parse(text); }
Ipv4Address address(std::string_view text) { return *Ipv4Address::parse(text); }
Route route(std::string_view to, std::string_view gateway = "0.0.0.0", std::uint32_t metric = 0) {
  return {prefix(to), address(gateway), 0, metric};
}

TEST(RouteTable, LongestPrefixWins) {
  RouteTable table(16);
  ASSERT_TRUE(table.add(route("0.0.0.0/0", "10.0.0.1")));
  ASSERT_TRUE(table.add(route("10.1.2.0/24", "10.0.0.3")));
  ASSERT_TRUE(table.add(route("10.1.0.0/16", "10.0.0.2")));
  EXPECT_EQ(table.find(address("10.1.2.9"))->gateway, address("10.0.0.3"));
  EXPECT_EQ(table.find(address("10.1.3.9"))->gateway, address("10.0.0.2"));
  EXPECT_EQ(table.find(address("8.8.8.8"))->gateway, address("10.0.0.1"));
}

TEST(RouteTable, LowestMetricThenOldestWins) {  // [RFC1122 3.3.1.2]
  RouteTable table(16);
  ASSERT_TRUE(table.add(route("0.0.0.0/0", "10.0.0.1", 10)));
  ASSERT_TRUE(table.add(route("0.0.0.0/0", "10.0.0.2", 5)));
  ASSERT_TRUE(table.add(route("0.0.0.0/0", "10.0.0.3", 5)));
  EXPECT_EQ(table.find(address("8.8.8.8"))->gateway, address("10.0.0.2"));
}

TEST(RouteTable, AnswersNothingWithoutARoute) {
  RouteTable table(16);
  ASSERT_TRUE(table.add(route("10.0.0.0/8")));
  EXPECT_EQ(table.find(address("11.0.0.1")), nullptr);
}

TEST(RouteTable, RefusesDuplicatesAndStaysWithinItsLimit) {
  RouteTable table(2);
  ASSERT_TRUE(table.add(route("10.0.0.5/8")));
  EXPECT_EQ(table.add(route("10.0.0.9/8")).error(), std::errc::file_exists) << "host bits do not count";
  ASSERT_TRUE(table.add(route("11.0.0.0/8")));
  EXPECT_EQ(table.add(route("12.0.0.0/8")).error(), std::errc::no_buffer_space);
}

TEST(RouteTable, RemovesExactlyWhatWasAdded) {
  RouteTable table(16);
  ASSERT_TRUE(table.add(route("10.0.0.0/8")));
  EXPECT_EQ(table.remove(route("10.0.0.0/8", "10.0.0.1")).error(), std::errc::no_such_process);
  EXPECT_TRUE(table.remove(route("10.0.0.0/8")));
  EXPECT_EQ(table.find(address("10.0.0.1")), nullptr);
}

struct PathMtu : testing::Test {
  Ipv4Config config;
  PathMtuCache cache{config};
  Instant now{1h};
  Ipv4Address peer{0x0a000005};
};

TEST_F(PathMtu, BelievesASmallerMtu) { EXPECT_EQ(cache.judge(1400, 1500, 1500), 1400); }  // [RFC1191 3]

TEST_F(PathMtu, NeverRisesByAReport) {  // [RFC1191 3(b)]
  EXPECT_FALSE(cache.judge(1450, 1500, 1400));
  EXPECT_FALSE(cache.judge(1400, 1500, 1400));
}

TEST_F(PathMtu, SillyMtusAreRaisedToTheFloor) {  // [RFC1191 3(a)]
  for (const std::uint16_t mtu : std::initializer_list<std::uint16_t>{1, 68, 551})
    EXPECT_EQ(cache.judge(mtu, 1500, 1500), config.min_path_mtu);
  EXPECT_FALSE(cache.judge(68, 1500, config.min_path_mtu)) << "already there";
  EXPECT_FALSE(cache.judge(68, 500, 500)) << "a smaller interface is not raised";
}

TEST_F(PathMtu, ZeroTakesTheNextPlateau) {  // [RFC1191 5, 7]
  EXPECT_EQ(cache.judge(0, 1500, 1500), 1492);
  EXPECT_EQ(cache.judge(0, 1492, 1492), 1006);
  EXPECT_EQ(plateau_below(68), 68);
  EXPECT_EQ(plateau_below(9000), 8166);
}

TEST_F(PathMtu, PacketThatFitsWasNotTooBig) { EXPECT_FALSE(cache.judge(1400, 1400, 1500)); }  // [RFC1191 3]

TEST_F(PathMtu, ForgetsAfterTenMinutes) {  // [RFC1191 6.3]
  cache.learn(peer, 1400, now);
  EXPECT_EQ(cache.find(peer), 1400);
  EXPECT_EQ(cache.next_deadline(), now + config.path_mtu_timeout);
  cache.advance(now + config.path_mtu_timeout);
  EXPECT_FALSE(cache.find(peer));
  EXPECT_EQ(cache.next_deadline(), kNever);
}

TEST_F(PathMtu, OldestEntryMakesRoom) {
  for (std::uint32_t i = 0; i < config.max_path_mtu_entries + 1; ++i) {
    cache.learn({0x0b000000 + i}, 1400, now + std::chrono::milliseconds(i));
  }
  EXPECT_EQ(cache.size(), config.max_path_mtu_entries);
  EXPECT_FALSE(cache.find({0x0b000000}));
  EXPECT_TRUE(cache.find({0x0b000001}));
}

TEST(LocalAddresses, KnowsOursBroadcastsAndNeighbours) {  // [RFC1122 3.3.6(a), 3.3.4.2]
  LocalAddresses local;
  local.add(0, prefix("10.0.0.4/24"));
  local.add(1, prefix("192.168.1.7/30"));
  EXPECT_TRUE(local.is_ours(address("10.0.0.4")));
  EXPECT_TRUE(local.is_ours(address("127.0.0.9")));
  EXPECT_FALSE(local.is_ours(address("10.0.0.5")));
  EXPECT_TRUE(local.is_broadcast(address("10.0.0.255")));
  EXPECT_TRUE(local.is_broadcast(address("255.255.255.255")));
  EXPECT_TRUE(local.is_on_link(0, address("10.0.0.5")));
  EXPECT_FALSE(local.is_on_link(0, address("10.0.0.255")));
  EXPECT_FALSE(local.is_on_link(0, address("10.0.0.0")));
  EXPECT_FALSE(local.is_on_link(1, address("10.0.0.5")));
}

TEST(LocalAddresses, SpeaksWithTheAddressOfTheNetworkItSpeaksTo) {  // [RFC1122 3.3.4.3, 4.1.3.5(b)]
  LocalAddresses local;
  local.add(0, prefix("10.0.0.4/24"));
  local.add(0, prefix("10.0.1.4/24"));
  EXPECT_EQ(local.source_for(0, address("10.0.1.9")), address("10.0.1.4"));
  EXPECT_EQ(local.source_for(0, address("8.8.8.8")), address("10.0.0.4"));
  EXPECT_TRUE(local.source_for(3, address("8.8.8.8")).is_any());
}

TEST(Identification, CountsPerPairFromAnUnknownStart) {
  RandomSource random = RandomSource::from_seed(1);
  Identification ids(random);
  const std::uint16_t first = ids.take({1}, {2}, 17);
  EXPECT_EQ(ids.take({1}, {2}, 17, 5), static_cast<std::uint16_t>(first + 1));
  EXPECT_EQ(ids.take({1}, {2}, 17), static_cast<std::uint16_t>(first + 6)) << "five were taken for a super-segment";
  std::set<std::uint16_t> starts;
  for (std::uint32_t peer = 0; peer < 16; ++peer) starts.insert(ids.take({1}, {0x0b000000 + peer}, 17));
  EXPECT_GT(starts.size(), 8U);
}

struct Groups : testing::Test {
  GroupTable table;
  RandomSource random = RandomSource::from_seed(1);
  Ipv4Address group{0xe0010203};
  Instant now{1h};
};

TEST_F(Groups, FirstJoinReportsAndLastLeaveSaysSo) {  // [RFC2236 3, 3(c)]
  const auto first = table.join(0, group);
  ASSERT_EQ(first.size(), 1U);
  EXPECT_EQ(first[0].message.type, wire::igmp_type::kReportV2);
  EXPECT_EQ(first[0].to, group);
  EXPECT_TRUE(table.join(0, group).empty());
  EXPECT_TRUE(table.is_member(0, group));
  EXPECT_FALSE(table.is_member(1, group));
  EXPECT_TRUE(table.leave(0, group).empty());
  const auto last = table.leave(0, group);
  ASSERT_EQ(last.size(), 1U);
  EXPECT_EQ(last[0].message.type, wire::igmp_type::kLeave);
  EXPECT_EQ(last[0].to, kAllRouters);
  EXPECT_FALSE(table.is_member(0, group));
}

TEST_F(Groups, UnsolicitedReportIsRepeatedOnce) {  // [RFC2236 3, 8.10]
  const auto first = table.join(0, group);
  table.repeat(first[0], now, random);
  EXPECT_LE(table.next_deadline(), now + 10s);
  const auto second = table.advance(now + 10s);
  ASSERT_EQ(second.size(), 1U);
  table.repeat(second[0], now + 10s, random);
  EXPECT_EQ(table.next_deadline(), kNever);
}

TEST_F(Groups, QueryIsAnsweredWithinItsTimeUnlessAnotherHostDoes) {  // [RFC2236 3(a), 3(b), 4]
  (void)table.join(0, group);
  table.take(0, {wire::igmp_type::kQuery, 20, {}}, now, random);
  EXPECT_LE(table.next_deadline(), now + 2s);
  table.take(0, {wire::igmp_type::kReportV2, 0, group}, now, random);
  EXPECT_EQ(table.next_deadline(), kNever);
  table.take(1, {wire::igmp_type::kQuery, 20, {}}, now, random);
  EXPECT_EQ(table.next_deadline(), kNever) << "asked on another link";
  table.take(0, {wire::igmp_type::kQuery, 20, group}, now, random);
  EXPECT_EQ(table.advance(now + 2s).size(), 1U);
}

TEST_F(Groups, EverybodyIsInAllHostsAndNobodySaysSo) {  // [RFC2236 6]
  EXPECT_TRUE(table.is_member(0, kAllHosts));
  EXPECT_TRUE(table.join(0, kAllHosts).empty());
  table.take(0, {wire::igmp_type::kQuery, 20, {}}, now, random);
  EXPECT_EQ(table.next_deadline(), kNever);
  EXPECT_TRUE(table.leave(0, kAllHosts).empty());
}

}  // namespace
}  // namespace fourtuple::ip
