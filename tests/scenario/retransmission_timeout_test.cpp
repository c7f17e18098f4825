// The retransmission timer (RFC 6298) and what it does to the connection.
#include <gtest/gtest.h>

#include "tests/support/conversation.hpp"

namespace fourtuple::test {
namespace {

// Establishes with a handshake that takes `round_trip`: SRTT = R, RTTVAR = R/2, RTO = R + 4 * R/2.
void establish_slowly(Conversation& c, Duration round_trip) {
  c.listen();
  c.in("S 0:0(0) win 65535 <mss 1460>");
  c.out("S. 0:0(0) ack 1 <mss 1460>");
  c.advance(round_trip);
  c.in(". 1:1(0) ack 1");
  c.accept();
}

TEST(RetransmissionTimer, StartsFromTheHandshakesRoundTrip) {  // [RFC6298 2.2, 5.1]
  Conversation c;
  establish_slowly(c, 100ms);
  EXPECT_EQ(c.info().rto, 300ms);
  c.send(100);
  c.out("P. 1:101(100) ack 1");
  c.after(300ms, "P. 1:101(100) ack 1");
}

TEST(RetransmissionTimer, FollowsLaterSamples) {  // [RFC6298 2.3]
  Conversation c;
  establish_slowly(c, 100ms);
  c.send(100);
  c.out("P. 1:101(100) ack 1");
  c.advance(200ms);
  c.in(". 1:1(0) ack 101");
  // RTTVAR = 3/4 * 50 + 1/4 * |100 - 200|, SRTT = 7/8 * 100 + 1/8 * 200
  EXPECT_EQ(c.info().rtt_variation, 62'500us);
  EXPECT_EQ(c.info().smoothed_rtt, 112'500us);
  EXPECT_EQ(c.info().rto, 362'500us);
}

TEST(RetransmissionTimer, IsNeverShorterThanTheMinimum) {
  Conversation c;
  establish_slowly(c, 1ms);
  c.send(100);
  c.out("P. 1:101(100) ack 1");
  c.after(200ms, "P. 1:101(100) ack 1");
}

TEST(RetransmissionTimer, DoublesWithEveryTimeout) {  // [RFC6298 5.5] [RFC9293 MUST-19]
  Conversation c;
  establish_slowly(c, 100ms);
  c.send(100);
  c.out("P. 1:101(100) ack 1");
  for (const Duration wait : {300ms, 600ms, 1200ms, 2400ms, 4800ms, 9600ms}) c.after(wait, "P. 1:101(100) ack 1");
  c.in(". 1:1(0) ack 101");
  c.quiet_for(60s);
}

TEST(RetransmissionTimer, StopsDoublingAtTheMaximum) {  // [RFC6298 2.5]
  ConversationSetup setup;
  setup.config.max_rto = 1s;
  Conversation c(setup);
  establish_slowly(c, 100ms);
  c.send(100);
  c.out("P. 1:101(100) ack 1");
  for (const Duration wait : {300ms, 600ms, 1000ms, 1000ms, 1000ms}) c.after(wait, "P. 1:101(100) ack 1");
}

TEST(RetransmissionTimer, StartsAgainWhenNewDataIsAcknowledged) {  // [RFC6298 5.3]
  Conversation c;
  establish_slowly(c, 100ms);
  c.send(2920);
  c.out(". 1:1461(1460) ack 1");
  c.out("P. 1461:2921(1460) ack 1");
  c.advance(100ms);
  c.in(". 1:1(0) ack 1461");
  const auto rto = c.info().rto;
  c.after(rto, "P. 1461:2921(1460) ack 1");
}

TEST(RetransmissionTimer, StopsWhenAllIsAcknowledged) {  // [RFC6298 5.2]
  Conversation c;
  c.establish();
  c.send(100);
  c.out("P. 1:101(100) ack 1");
  c.in(". 1:1(0) ack 101");
  c.quiet_for(std::chrono::hours(1));
  EXPECT_EQ(c.layer().next_deadline(), kNever);
}

// [RFC9293 MUST-18] Karn: the ACK of a repeated segment is no sample, and the backed-off timeout stays.
TEST(RetransmissionTimer, LearnsNothingFromARepeatedSegment) {  // [RFC6298 3]
  Conversation c;
  establish_slowly(c, 100ms);
  c.send(100);
  c.out("P. 1:101(100) ack 1");
  c.after(300ms, "P. 1:101(100) ack 1");
  c.advance(1ms);
  c.in(". 1:1(0) ack 101");
  EXPECT_EQ(c.info().smoothed_rtt, 100ms);
  c.send(100);
  c.out("P. 101:201(100) ack 1");
  c.after(600ms, "P. 101:201(100) ack 1");
  c.in(". 1:1(0) ack 201");
}

TEST(RetransmissionTimer, RepeatsTheOldestSegmentOnly) {  // [RFC6298 5.4] [RFC5681 3.1(b), 3.1(c)]
  Conversation c;
  c.establish();
  c.send(5 * 1460);
  c.forget_sent();
  c.after(200ms, ". 1:1461(1460) ack 1");
  c.quiet();
  EXPECT_EQ(c.info().congestion_window_bytes, 1460U);     // [RFC5681 3.1] equation 4 and the loss window
  EXPECT_EQ(c.info().slow_start_threshold_bytes, 3650U);  // half of what was in flight
}

TEST(RetransmissionTimer, GoesOnInSlowStartAfterTheTimeout) {  // [RFC9293 MUST-19]
  Conversation c;
  c.establish();
  c.send(5 * 1460);
  c.forget_sent();
  c.after(200ms, ". 1:1461(1460) ack 1");
  c.in(". 1:1(0) ack 1461");
  c.out(". 1461:2921(1460) ack 1");
  c.out(". 2921:4381(1460) ack 1");
  c.quiet();
  c.in(". 1:1(0) ack 7301");
  EXPECT_EQ(c.status().unacknowledged_bytes, 0U);
  c.quiet_for(10s);
}

TEST(RetransmissionTimer, NeverLowersTheThresholdBelowTwoSegments) {  // [RFC5681 3.1(b)]
  Conversation c;
  c.establish();
  c.send(100);
  c.out("P. 1:101(100) ack 1");
  c.after(200ms, "P. 1:101(100) ack 1");
  EXPECT_EQ(c.info().slow_start_threshold_bytes, 2920U);
}

TEST(GivingUp, HappensAfterR2AndReportsATimeout) {  // [RFC9293 MUST-20(b)]
  ConversationSetup setup;
  setup.config.retries_r2 = 4;
  Conversation c(setup);
  c.establish();
  c.send(100);
  c.out("P. 1:101(100) ack 1");
  for (const Duration wait : {200ms, 400ms, 800ms, 1600ms}) c.after(wait, "P. 1:101(100) ack 1");
  c.expect_state(TcpState::kEstablished);
  c.advance(10s);
  c.expect_state(TcpState::kClosed);
  c.expect_error(std::errc::timed_out);
  c.expect_end_of_stream();
  c.ignore_rest();
}

TEST(GivingUp, TakesAtLeastAHundredSecondsByDefault) {  // [RFC9293 SHLD-11]
  Conversation c;
  c.establish();
  c.send(100);
  c.advance(100s);
  c.expect_state(TcpState::kEstablished);
  c.ignore_rest();
}

TEST(GivingUp, CountsFromTheLastProgress) {
  ConversationSetup setup;
  setup.config.retries_r2 = 3;
  Conversation c(setup);
  c.establish();
  c.send(1000);
  for (int seq = 1; seq < 1000; seq += 100) {
    c.advance(700ms);
    c.forget_sent();
    c.in(". 1:1(0) ack " + std::to_string(seq + 99));
    c.expect_state(TcpState::kEstablished);
  }
  c.ignore_rest();
}

// With timestamps every ACK is a sample, repeated segment or not (RFC 7323 4).
TEST(RoundTrip, IsMeasuredWithTimestampsEvenWhenRepeated) {
  Conversation c;
  c.establish("<mss 1460,TS val 0 ecr 0>");
  c.send(100);
  const auto first = c.peer().describe(c.take()).options.timestamps->value.value_or(0);
  c.advance(250ms);
  c.forget_sent();
  c.in(". 1:1(0) ack 101 <TS val 300 ecr " + std::to_string(first) + ">");
  EXPECT_GE(c.info().smoothed_rtt, 20ms);
  c.ignore_rest();
}

}  // namespace
}  // namespace fourtuple::test
