// Who may have a local name (SOCKETS.md part 2, the bind matrix as Linux answers it). S16, S55
#include <gtest/gtest.h>

#include "tests/unit/tcp/host.hpp"

namespace fourtuple::test {
namespace {

constexpr IpAddress kAny{};
constexpr Ipv4Address kOther{0x0a000104};
constexpr auto kInUse = std::errc::address_in_use;

TEST(Bind, GivesANameOnce) {
  Host host;
  ASSERT_TRUE(host.bind(kUs, 80));
  const auto second = host.bind(kUs, 80);
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error(), kInUse);
}

TEST(Bind, TreatsTheWildcardAsEveryAddress) {
  Host wildcard_first;
  ASSERT_TRUE(wildcard_first.bind(kAny, 80));
  EXPECT_FALSE(wildcard_first.bind(kUs, 80));
  Host wildcard_second;
  ASSERT_TRUE(wildcard_second.bind(kUs, 80));
  EXPECT_FALSE(wildcard_second.bind(kAny, 80));
}

TEST(Bind, KeepsAddressesAndPortsApart) {
  Host host;
  EXPECT_TRUE(host.bind(kUs, 80));
  EXPECT_TRUE(host.bind(kOther, 80));
  EXPECT_TRUE(host.bind(kUs, 81));
}

TEST(Bind, LetsANameGoWhenItIsReleased) {
  Host host;
  const auto binding = host.bind(kUs, 80);
  ASSERT_TRUE(binding);
  EXPECT_EQ(host.layer().bound_name(*binding), (Endpoint{kUs, 80}));
  host.layer().release(*binding);
  EXPECT_TRUE(host.bind(kUs, 80));
}

TEST(ReuseAddress, SharesANameUntilSomebodyListens) {
  Host host;
  const auto first = host.bind(kAny, 80, true);
  const auto second = host.bind(kAny, 80, true);
  ASSERT_TRUE(first);
  ASSERT_TRUE(second);
  EXPECT_TRUE(host.listen(*first));
  const auto refused = host.listen(*second);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error(), kInUse);
}

TEST(ReuseAddress, DoesNotShareWithAListener) {
  Host host;
  const auto first = host.bind(kAny, 80, true);
  ASSERT_TRUE(first && host.listen(*first));
  EXPECT_FALSE(host.bind(kAny, 80, true));
  EXPECT_FALSE(host.bind(kUs, 80, true));
}

TEST(ReuseAddress, NeedsBothToWantIt) {
  Host host;
  ASSERT_TRUE(host.bind(kUs, 80, true));
  EXPECT_FALSE(host.bind(kUs, 80, false));
  Host other;
  ASSERT_TRUE(other.bind(kUs, 80, false));
  EXPECT_FALSE(other.bind(kUs, 80, true));
}

TEST(ReusePort, SharesANameAmongListeners) {
  Host host;
  for (int i = 0; i < 3; ++i) {
    const auto binding = host.bind(kAny, 80, false, true);
    ASSERT_TRUE(binding);
    EXPECT_TRUE(host.listen(*binding));
  }
  const auto without = host.bind(kAny, 80, false, false);
  ASSERT_FALSE(without);
  EXPECT_EQ(without.error(), kInUse);
}

// [RFC9293 MUST-42] listening on several names at the same time
TEST(Listen, OnSpecificAddressesOfOnePort) {  // [RFC9293 MUST-42]
  Host host;
  const auto first = host.bind(kUs, 80);
  const auto second = host.bind(kOther, 80);
  ASSERT_TRUE(first && second);
  EXPECT_TRUE(host.listen(*first));
  EXPECT_TRUE(host.listen(*second));
}

// A listener on the port of a connection that is opening, and another opening beside the listener.
TEST(Listen, NeitherDisturbsNorIsDisturbedByConnectionsOfItsPort) {  // [RFC9293 MUST-41, MUST-42]
  Host host;
  const auto binding = host.bind(kAny, 80, true);
  ASSERT_TRUE(binding);
  const auto before = host.connect(80, {kPeer, 4000});
  ASSERT_TRUE(before);
  const SeqNum iss = host.outbox().segments.back().header.seq;
  ASSERT_TRUE(host.listen(*binding));
  const auto after = host.connect(80, {kPeer, 4001});
  ASSERT_TRUE(after);
  Segment answer;
  answer.source_port = 4000;
  answer.destination_port = 80;
  answer.ack = iss + 1;
  answer.flags = {TcpFlags::kSyn | TcpFlags::kAck};
  answer.window = 1000;
  auto context = host.context();
  host.layer().receive(kUs, kPeer, answer, {}, {}, context);
  host.layer().end_batch(context);
  EXPECT_EQ(host.layer().status(*before)->state, TcpState::kEstablished);
  EXPECT_EQ(host.layer().status(*after)->state, TcpState::kSynSent);
}

TEST(Listen, ShowsARowWithItsBacklog) {
  Host host;
  const auto binding = host.bind(kAny, 80);
  ASSERT_TRUE(binding && host.listen(*binding, 5));
  int rows = 0;
  host.layer().for_each([&](const tcp::SocketRow& row) {
    ++rows;
    EXPECT_EQ(row.state, TcpState::kListen);
    EXPECT_EQ(row.name.local, (Endpoint{kAny, 80}));
    EXPECT_EQ(row.name.remote, Endpoint{});
    EXPECT_EQ(row.receive_queue, 0U);
    EXPECT_EQ(row.send_queue, 5U);
  });
  EXPECT_EQ(rows, 1);
}

}  // namespace
}  // namespace fourtuple::test
