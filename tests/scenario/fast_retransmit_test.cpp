// Loss recovery without the timer: fast retransmit and recovery (RFC 5681 3.2), limited transmit (RFC 3042) and
// NewReno's partial ACKs (RFC 6582). Ten segments of 1460 octets are in flight, more data waits.
#include <gtest/gtest.h>

#include "tests/support/conversation.hpp"

namespace fourtuple::test {
namespace {

constexpr std::uint64_t kFullSegment = 1460;

void send_ten(Conversation& c, std::size_t octets = 40'000) {
  c.establish();
  c.send(octets);
  for (int i = 0; i < 10; ++i) c.take();
  c.quiet();
}

TEST(LimitedTransmit, SendsANewSegmentForEachOfTheFirstTwoDuplicates) {  // [RFC3042 2, 2(a)]
  Conversation c;
  send_ten(c);
  c.in(". 1:1(0) ack 1");
  c.out(". 14601:16061(1460) ack 1");
  c.in(". 1:1(0) ack 1");
  c.out(". 16061:17521(1460) ack 1");
  c.quiet();
  c.ignore_rest();
}

TEST(FastRetransmit, RepeatsTheMissingSegmentAtTheThirdDuplicate) {  // [RFC5681 3.2]
  Conversation c;
  send_ten(c, 14'600);
  c.in(". 1:1(0) ack 1");
  c.in(". 1:1(0) ack 1");
  c.quiet();
  c.in(". 1:1(0) ack 1");
  c.out(". 1:1461(1460) ack 1");
  c.quiet();
  EXPECT_EQ(c.layer().counters().fast_retransmits, 1U);
  EXPECT_EQ(c.info().slow_start_threshold_bytes, 5 * kFullSegment);
}

TEST(FastRetransmit, CountsWhatLimitedTransmitSentNotIntoTheThreshold) {  // [RFC5681 3.2, 3.2(a)]
  Conversation c;
  send_ten(c);
  for (int i = 0; i < 3; ++i) c.in(". 1:1(0) ack 1");
  c.take();
  c.take();
  c.out(". 1:1461(1460) ack 1");
  EXPECT_EQ(c.info().slow_start_threshold_bytes, 5 * kFullSegment);
  c.ignore_rest();
}

TEST(FastRetransmit, InflatesTheWindowWithFurtherDuplicates) {
  Conversation c;
  send_ten(c);
  for (int i = 0; i < 3; ++i) c.in(". 1:1(0) ack 1");
  c.take();
  c.take();
  c.out(". 1:1461(1460) ack 1");
  // cwnd = 5 + 3 segments with 12 in flight: the 5th further duplicate makes room for one more.
  for (int i = 0; i < 4; ++i) c.in(". 1:1(0) ack 1");
  c.quiet();
  c.in(". 1:1(0) ack 1");
  c.out(". 17521:18981(1460) ack 1");
  c.ignore_rest();
}

TEST(FastRetransmit, EndsRecoveryWithTheFullAck) {  // [RFC6582 3.2, 3.2(b)]
  Conversation c;
  send_ten(c, 14'600);
  for (int i = 0; i < 9; ++i) c.in(". 1:1(0) ack 1");
  c.out(". 1:1461(1460) ack 1");
  c.quiet();
  c.in(". 1:1(0) ack 14601");
  EXPECT_LE(c.info().congestion_window_bytes, 5 * kFullSegment);
  EXPECT_GE(c.info().congestion_window_bytes, kFullSegment);
  EXPECT_EQ(c.status().unacknowledged_bytes, 0U);
  c.quiet_for(10s);
}

TEST(FastRetransmit, RepeatsTheNextHoleAtEachPartialAck) {  // [RFC6582 3.2, 3.2(a)]
  Conversation c;
  send_ten(c, 14'600);
  for (int i = 0; i < 3; ++i) c.in(". 1:1(0) ack 1");
  c.out(". 1:1461(1460) ack 1");
  c.in(". 1:1(0) ack 4381");
  c.out(". 4381:5841(1460) ack 1");
  c.quiet();
  c.in(". 1:1(0) ack 8761");
  c.out(". 8761:10221(1460) ack 1");
  c.quiet();
  c.in(". 1:1(0) ack 14601");
  c.quiet_for(10s);
}

TEST(FastRetransmit, RepeatsASegmentOnlyOnceInARecovery) {  // [RFC6582 3.2] [RFC5681 4.3]
  Conversation c;
  send_ten(c, 14'600);
  for (int i = 0; i < 9; ++i) c.in(". 1:1(0) ack 1");
  c.out(". 1:1461(1460) ack 1");
  c.quiet();
  c.ignore_rest();
}

TEST(FastRetransmit, FallsBackToTheTimer) {
  Conversation c;
  send_ten(c, 14'600);
  for (int i = 0; i < 3; ++i) c.in(". 1:1(0) ack 1");
  c.out(". 1:1461(1460) ack 1");
  c.after(200ms, ". 1:1461(1460) ack 1");
  EXPECT_EQ(c.info().congestion_window_bytes, kFullSegment);
  c.ignore_rest();
}

// [RFC6582 4] after a timeout, duplicates of what was in flight then say nothing new: they may let the retransmission
// go on, for each tells of a segment that has left the network, but they are no second loss.
TEST(FastRetransmit, IsNotStartedByDuplicatesOfOldDataAfterATimeout) {
  Conversation c;
  send_ten(c, 14'600);
  c.after(200ms, ". 1:1461(1460) ack 1");
  const auto before = c.info();
  for (int i = 0; i < 5; ++i) c.in(". 1:1(0) ack 1");
  EXPECT_EQ(c.layer().counters().fast_retransmits, 0U);
  EXPECT_EQ(c.info().slow_start_threshold_bytes, before.slow_start_threshold_bytes);
  EXPECT_EQ(c.info().congestion_window_bytes, before.congestion_window_bytes);
  c.ignore_rest();
}

TEST(DuplicateAck, IsNoneWhenTheWindowChanges) {  // RFC 5681 2 [RFC5681 2]
  Conversation c;
  send_ten(c, 14'600);
  for (const char* line : {". 1:1(0) ack 1 win 60000", ". 1:1(0) ack 1 win 50000", ". 1:1(0) ack 1 win 40000",
                           ". 1:1(0) ack 1 win 60000"}) {
    c.in(line);
  }
  c.quiet();
  c.ignore_rest();
}

TEST(DuplicateAck, IsNoneWhenItCarriesData) {  // [RFC5681 2]
  Conversation c;
  send_ten(c, 14'600);
  for (const char* line : {"P. 1:2(1) ack 1", "P. 2:3(1) ack 1", "P. 3:4(1) ack 1", "P. 4:5(1) ack 1"}) c.in(line);
  while (c.waiting() != 0) EXPECT_TRUE(c.take().payload.empty());
  c.ignore_rest();
}

TEST(DuplicateAck, IsNoneWhenNothingIsInFlight) {  // [RFC5681 2]
  Conversation c;
  c.establish();
  for (int i = 0; i < 10; ++i) c.in(". 1:1(0) ack 1");
  c.quiet();
  c.send(100);
  c.out("P. 1:101(100) ack 1");
  c.in(". 1:1(0) ack 1");
  c.quiet();
  c.ignore_rest();
}

// The repeated segment never runs beyond what the peer offers now.
TEST(FastRetransmit, RespectsAShrunkWindow) {
  Conversation c;
  send_ten(c, 14'600);
  c.in(". 1:1(0) ack 1 win 500");
  for (int i = 0; i < 3; ++i) c.in(". 1:1(0) ack 1 win 500");
  c.advance(500ms);
  while (c.waiting() != 0) {
    const auto repeated = c.peer().describe(c.take());
    EXPECT_LE(repeated.seq + repeated.length, 501);
  }
  c.ignore_rest();
}

}  // namespace
}  // namespace fourtuple::test
