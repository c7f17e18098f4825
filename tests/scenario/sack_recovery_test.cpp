// Loss recovery when the peer names what it holds (RFC 2018, RFC 6675, RFC 8985): only the holes go again.
#include <gtest/gtest.h>
#include <set>

#include "tests/support/conversation.hpp"

namespace fourtuple::test {
namespace {

// Ten segments of 1000 octets are in flight; the round trip takes 20 ms.
void send_ten_with_sack(Conversation& c) {
  c.listen();
  c.in("S 0:0(0) win 65535 <mss 1000,sackOK>");
  c.out("S. 0:0(0) ack 1 <mss 1460,sackOK>");
  c.advance(20ms);
  c.in(". 1:1(0) ack 1");
  c.accept();
  c.send(10'000);
  for (int i = 0; i < 10; ++i) c.take();
  c.quiet();
  c.advance(20ms);
}

// What was sent again until now: the first octet of each segment.
std::multiset<std::int64_t> sent_again(Conversation& c) {
  std::multiset<std::int64_t> begins;
  while (c.waiting() != 0) begins.insert(c.peer().describe(c.take()).seq);
  return begins;
}

TEST(SackRecovery, RepeatsTheMissingSegmentWhenThreeBehindItHaveArrived) {  // [RFC8985 6.2, 5.2] [RFC6675 4]
  Conversation c;
  send_ten_with_sack(c);
  c.in(". 1:1(0) ack 1 <sack 1001:2001>");
  c.in(". 1:1(0) ack 1 <sack 1001:3001>");
  c.quiet();
  c.in(". 1:1(0) ack 1 <sack 1001:4001>");
  c.out(". 1:1001(1000) ack 1");
  c.quiet();
  c.in(". 1:1(0) ack 10001");
  c.quiet_for(10s);
}

TEST(SackRecovery, RepeatsOnlyTheHoles) {  // [RFC2018 5] [RFC6675 5]
  Conversation c;
  send_ten_with_sack(c);
  c.in(". 1:1(0) ack 1 <sack 1001:4001>");
  c.in(". 1:1(0) ack 1 <sack 5001:8001 1001:4001>");
  c.in(". 1:1(0) ack 1 <sack 5001:10001 1001:4001>");
  EXPECT_EQ(sent_again(c), (std::multiset<std::int64_t>{1, 4001}));
  c.in(". 1:1(0) ack 10001");
  c.quiet_for(10s);
}

TEST(SackRecovery, HalvesTheWindowOnceForAllHolesOfAFlight) {  // [RFC2018 5.1] [RFC5681 4.3, 3.2(a)]
  Conversation c;
  send_ten_with_sack(c);
  c.in(". 1:1(0) ack 1 <sack 1001:4001>");
  const auto threshold = c.info().slow_start_threshold_bytes;
  EXPECT_EQ(threshold, 5000U);
  c.in(". 1:1(0) ack 1 <sack 5001:10001 1001:4001>");
  EXPECT_EQ(c.info().slow_start_threshold_bytes, threshold);
  EXPECT_EQ(c.layer().counters().fast_retransmits, 1U);
  c.ignore_rest();
}

TEST(SackRecovery, IgnoresBlocksOfWhatWasNeverSent) {  // [RFC6675 3]
  Conversation c;
  send_ten_with_sack(c);
  for (int i = 0; i < 5; ++i) {
    c.in(". 1:1(0) ack 1 <sack 20001:30001>");
    c.in(". 1:1(0) ack 1 <sack -5000:-4000>");
    c.in(". 1:1(0) ack 1 <sack 3001:2001>");
  }
  EXPECT_EQ(c.status().unacknowledged_bytes, 10'000U);
  EXPECT_EQ(c.info().in_flight_bytes, 10'000U);
  c.ignore_rest();
}

// RFC 2018 8: what a SACK named may be thrown away again, so it is kept until the ACK covers it.
TEST(SackRecovery, KeepsWhatWasOnlySacked) {  // [RFC2018 8, 8(a)]
  Conversation c;
  send_ten_with_sack(c);
  c.in(". 1:1(0) ack 1 <sack 1001:10001>");
  EXPECT_EQ(c.status().unacknowledged_bytes, 10'000U);
  c.forget_sent();
  for (std::int64_t ack = 1001; ack <= 10'001; ack += 1000) {  // the peer has forgotten all of it
    c.advance(121s);
    c.expect_state(TcpState::kEstablished);
    bool repeated = false;
    while (c.waiting() != 0) repeated = c.peer().describe(c.take()).seq == ack - 1000 || repeated;
    EXPECT_TRUE(repeated) << ack;
    c.in(". 1:1(0) ack " + std::to_string(ack));
    if (c.has_failed()) break;
  }
  c.forget_sent();
  c.quiet_for(10s);
  EXPECT_EQ(c.status().unacknowledged_bytes, 0U);
}

// [RFC8985 7.2, 7.3] the last segment is lost: a probe asks long before the timeout
TEST(TailLossProbe, RepeatsTheLastSegmentAfterTwoRoundTrips) {  // [RFC8985 7.2, 7.3]
  Conversation c;
  send_ten_with_sack(c);
  c.in(". 1:1(0) ack 8001");
  c.advance(45ms);  // the timeout is 220 ms away
  c.out("P. 9001:10001(1000) ack 1");
  c.in(". 1:1(0) ack 10001");
  c.quiet_for(10s);
}

// The lone segment's probe would wait for a delayed ACK, too, and so be late: it goes when the timeout would, which
// begins anew without a back-off.
TEST(TailLossProbe, OfALoneSegmentGoesInPlaceOfTheTimeout) {  // [RFC8985 7.2]
  Conversation c;
  send_ten_with_sack(c);
  c.in(". 1:1(0) ack 9001");
  const std::uint64_t window = c.info().congestion_window_bytes;
  c.quiet_for(218ms);
  c.advance(3ms);
  c.out("P. 9001:10001(1000) ack 1");
  EXPECT_EQ(c.layer().counters().timeouts, 0U);
  EXPECT_EQ(c.info().congestion_window_bytes, window);
  c.quiet_for(217ms);
  c.advance(5ms);
  c.out("P. 9001:10001(1000) ack 1");
  EXPECT_EQ(c.layer().counters().timeouts, 1U);
  c.ignore_rest();
}

// Something behind the hole has arrived, but perhaps only sooner: a quarter of the round trip decides.
TEST(SackRecovery, WaitsForAReorderingWindowAndNoLonger) {  // [RFC8985 6.2(a)]
  Conversation c;
  send_ten_with_sack(c);
  c.in(". 1:1(0) ack 1 <sack 1001:2001>");
  c.quiet_for(4ms);
  c.advance(2ms);
  c.out(". 1:1001(1000) ack 1");
  c.ignore_rest();
}

TEST(Duplicates, ThatThePeerNamesAsSuchAreNoNews) {  // [RFC2883 4(a)]
  Conversation c;
  send_ten_with_sack(c);
  c.in(". 1:1(0) ack 5001");
  c.forget_sent();
  for (int i = 0; i < 5; ++i) c.in(". 1:1(0) ack 5001 <sack 1001:2001>");
  EXPECT_EQ(c.layer().counters().fast_retransmits, 0U);
  c.quiet();
  c.ignore_rest();
}

TEST(Duplicates, WithoutSackNewsStartNoRecovery) {  // [RFC6675 2]
  Conversation c;
  send_ten_with_sack(c);
  for (int i = 0; i < 10; ++i) c.in(". 1:1(0) ack 1");
  EXPECT_EQ(c.layer().counters().fast_retransmits, 0U);
  c.ignore_rest();
}

// New data and a repetition leave at the same moment, the repetition last: the SACK of the new data says nothing about
// it. [RFC8985 6.2]
TEST(SackRecovery, KnowsWhichOfTwoSegmentsOfOneMomentWasSentLast) {
  Conversation c;
  c.establish("<mss 1000,sackOK>");
  c.send(20000);
  c.forget_sent();
  c.advance(20ms);
  c.in(". 1:1(0) ack 2001");  // lets 10001:14001 go
  c.in(". 1:1(0) ack 2001 <sack 3001:10001>");
  EXPECT_EQ(c.info().total_retransmissions, 1U);
  c.advance(20ms);
  c.in(". 1:1(0) ack 2001 <sack 3001:14001>");
  EXPECT_EQ(c.info().total_retransmissions, 1U);
  c.ignore_rest();
}

}  // namespace
}  // namespace fourtuple::test
