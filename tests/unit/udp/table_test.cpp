// The table of UDP sockets: names, limits, errors, groups.
#include "stack/udp/table.hpp"

#include <gtest/gtest.h>

namespace fourtuple::udp {
namespace {

constexpr Ipv4Address kAny{};
constexpr Ipv4Address kOurs{0x0a000004};
constexpr Ipv4Address kPeer{0x0a000005};
constexpr Ipv4Address kGroup{0xe0010203};

struct UdpTable : testing::Test {
  explicit UdpTable(const UdpConfig& config = {}) : random(RandomSource::from_seed(3)), table(config, random) {}

  Socket& socket(const DatagramOptions& options = {}) { return *table.find(*table.open(options, 1)); }
  std::errc bind(Socket& which, Ipv4Address address, Port port) {
    const auto bound = table.bind(which, {address, port}, random);
    return bound ? std::errc{} : bound.error();
  }
  std::errc bind_pair(const DatagramOptions& a, Ipv4Address first, const DatagramOptions& b, Ipv4Address second) {
    EXPECT_EQ(bind(socket(a), first, 80), std::errc{});
    return bind(socket(b), second, 80);
  }

  RandomSource random;
  Table table;
  std::vector<Notice> notices;
};

TEST_F(UdpTable, WildcardAndSpecificShareNoPort) {
  EXPECT_EQ(bind_pair({}, kAny, {}, kOurs), std::errc::address_in_use);
}

TEST_F(UdpTable, SpecificAndWildcardShareNoPort) {
  EXPECT_EQ(bind_pair({}, kOurs, {}, kAny), std::errc::address_in_use);
}

TEST_F(UdpTable, DifferentAddressesDo) { EXPECT_EQ(bind_pair({}, kOurs, {}, kPeer), std::errc{}); }

TEST_F(UdpTable, ReuseAddressOnBothDoes) {
  EXPECT_EQ(bind_pair({.reuse_address = true}, kAny, {.reuse_address = true}, kAny), std::errc{});
}

TEST_F(UdpTable, ReuseAddressOnOneDoesNot) {
  EXPECT_EQ(bind_pair({.reuse_address = true}, kAny, {}, kAny), std::errc::address_in_use);
}

TEST_F(UdpTable, ReusePortOnBothDoes) {
  EXPECT_EQ(bind_pair({.reuse_port = true}, kAny, {.reuse_port = true}, kAny), std::errc{});
}

TEST_F(UdpTable, AddressAndPortReuseDoNotMix) {
  EXPECT_EQ(bind_pair({.reuse_port = true}, kAny, {.reuse_address = true}, kAny), std::errc::address_in_use);
}

TEST_F(UdpTable, YoungestOfTheReusersGetsAll) {
  (void)bind(socket({.reuse_address = true}), kAny, 80);
  Socket& second = socket({.reuse_address = true});
  (void)bind(second, kAny, 80);
  EXPECT_EQ(table.lookup({{kOurs, 80}, {kPeer, 9}}, 0), &second);
}

TEST_F(UdpTable, ClosedSocketIsNobody) {
  Socket& only = socket();
  (void)bind(only, kAny, 80);
  table.close(only.id);
  EXPECT_EQ(table.lookup({{kOurs, 80}, {kPeer, 9}}, 0), nullptr);
  EXPECT_EQ(bind(socket(), kAny, 80), std::errc{});
}

TEST_F(UdpTable, DisconnectGivesBackWhatConnectTook) {
  Socket& one = socket();
  ASSERT_TRUE(table.bind_if_needed(one, random));
  table.connect(one, kOurs, {kPeer, 9});
  EXPECT_EQ(one.local.address, IpAddress(kOurs));
  table.disconnect(one);
  EXPECT_EQ(one.local, Endpoint{});
  (void)bind(one, kAny, 80);
  table.connect(one, kOurs, {kPeer, 9});
  table.disconnect(one);
  EXPECT_EQ(one.local, (Endpoint{kAny, 80})) << "what bind chose stays";
}

TEST_F(UdpTable, ErrorsGoToTheConnectedSocketOnly) {
  Socket& one = socket();
  (void)bind(one, kAny, 80);
  const auto report = [&](Port remote_port) {
    Socket* const sender = table.sender_of({{kOurs, 80}, {kPeer, remote_port}});
    if (sender == nullptr) return false;
    sender->report({.error = std::errc::connection_refused}, sender->is_connected, notices);
    return true;
  };
  EXPECT_TRUE(report(9));
  EXPECT_EQ(one.error, std::errc{});
  table.connect(one, kOurs, {kPeer, 9});
  EXPECT_FALSE(report(10));
  EXPECT_TRUE(report(9));
  EXPECT_EQ(one.error, std::errc::connection_refused);
  EXPECT_EQ(notices.size(), 1U);
}

TEST_F(UdpTable, ErrorsAreQueuedForWhoeverAskedForThem) {  // [RFC1122 4.1.3.3]
  Socket& one = socket({.receive_errors = true});
  (void)bind(one, kAny, 80);
  one.report({.error = std::errc::connection_refused}, false, notices);
  one.report({.error = std::errc::host_unreachable}, false, notices);
  EXPECT_EQ(one.error, std::errc::host_unreachable);
  EXPECT_EQ(one.take_queued_error().error, std::errc::connection_refused);
  EXPECT_EQ(one.error, std::errc::host_unreachable) << "the next one";
  EXPECT_EQ(one.take_queued_error().error, std::errc::host_unreachable);
  EXPECT_EQ(one.error, std::errc{});
  EXPECT_TRUE(one.errors.empty());
}

TEST_F(UdpTable, GroupNeedsMembershipOnTheInterfaceAndBroadcastDoesNot) {
  Socket& one = socket({.multicast_all = false});
  (void)bind(one, kAny, 80);
  EXPECT_TRUE(table.lookup_group({{kGroup, 80}, {kPeer, 9}}, 0).empty());
  ASSERT_TRUE(one.groups.join(kGroup, 0));
  EXPECT_EQ(table.lookup_group({{kGroup, 80}, {kPeer, 9}}, 0).size(), 1U);
  EXPECT_TRUE(table.lookup_group({{kGroup, 80}, {kPeer, 9}}, 1).empty());
  EXPECT_EQ(table.lookup_group({{Ipv4Address{0x0a0000ff}, 80}, {kPeer, 9}}, 1).size(), 1U);
}

TEST_F(UdpTable, WhoListensToAllHearsTheGroupsOfOthersButNotWhomItBlocked) {
  Socket& one = socket();
  (void)bind(one, kAny, 80);
  const auto hears = [&](Ipv4Address from) { return table.lookup_group({{kGroup, 80}, {from, 9}}, 0).size() == 1; };
  EXPECT_TRUE(hears(kPeer));
  ASSERT_TRUE(one.groups.join(kGroup, 0));
  ASSERT_TRUE(one.groups.block(kGroup, 0, kPeer));
  EXPECT_FALSE(hears(kPeer));
  EXPECT_TRUE(hears(kOurs));
}

TEST_F(UdpTable, SocketOfADeviceHearsNoOther) {
  Socket& one = socket({.interface_index = 1});
  (void)bind(one, kAny, 80);
  EXPECT_EQ(table.lookup({{kOurs, 80}, {kPeer, 9}}, 0), nullptr);
  EXPECT_EQ(table.lookup({{kOurs, 80}, {kPeer, 9}}, 1), &one);
}

TEST_F(UdpTable, PortsComeFromTheRangeThatTheSocketAskedFor) {
  Socket& one = socket({.lowest_port = 40000, .highest_port = 40001});
  Socket& two = socket({.lowest_port = 40000, .highest_port = 40001});
  EXPECT_EQ(bind(one, kAny, 0), std::errc{});
  EXPECT_EQ(bind(two, kAny, 0), std::errc{});
  EXPECT_EQ(one.local.port + two.local.port, 80001);
  EXPECT_EQ(bind(socket({.lowest_port = 40000, .highest_port = 40001}), kAny, 0), std::errc::address_in_use);
}

TEST_F(UdpTable, QueueTakesOneDatagramHoweverSmallItsLimit) {
  BufferPool pool;
  Socket& one = socket({.receive_buffer_bytes = 1});
  const auto deliver = [&] {
    ReceivedDatagram datagram;
    datagram.payload = std::move(*pool.copy(std::vector<std::uint8_t>(100)));
    return one.deliver(std::move(datagram), notices);
  };
  EXPECT_TRUE(deliver());
  EXPECT_FALSE(deliver());
  (void)one.queue.pop();
  EXPECT_TRUE(deliver());
}

struct FewUdp : UdpTable {
  FewUdp() : UdpTable({.max_sockets = 4, .first_ephemeral_port = 50000, .last_ephemeral_port = 50002}) {}
};

TEST_F(FewUdp, SocketsAndEphemeralPortsAreLimited) {
  for (int i = 0; i < 3; ++i) EXPECT_EQ(bind(socket(), kAny, 0), std::errc{});
  EXPECT_EQ(bind(socket(), kAny, 0), std::errc::address_in_use);
  EXPECT_EQ(table.open({}, 1).error(), std::errc::no_buffer_space);
}

}  // namespace
}  // namespace fourtuple::udp
