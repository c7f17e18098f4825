// The peer's window: who may change it (SND.WL1, SND.WL2), and what happens when it shrinks (RFC 9293 3.8.6).
#include <gtest/gtest.h>

#include "tests/support/conversation.hpp"

namespace fourtuple::test {
namespace {

TEST(SendWindow, LimitsWhatIsInFlight) {
  Conversation c;
  c.establish("<mss 1000>", {}, 3000);
  c.send(10'000);
  c.out(". 1:1001(1000) ack 1");
  c.out(". 1001:2001(1000) ack 1");
  c.out(". 2001:3001(1000) ack 1");
  c.quiet();
  c.in(". 1:1(0) ack 1001 win 3000");
  c.out(". 3001:4001(1000) ack 1");
  c.quiet();
  c.in(". 1:1(0) ack 1001 win 5000");
  c.out(". 4001:5001(1000) ack 1");
  c.out(". 5001:6001(1000) ack 1");
  c.ignore_rest();
}

TEST(SendWindow, IsNotSetByAReorderedOlderAck) {  // [RFC9293 3.10.7.4]
  Conversation c;
  c.establish();
  c.send(2920);
  c.out(". 1:1461(1460) ack 1");
  c.out("P. 1461:2921(1460) ack 1");
  c.in(". 1:1(0) ack 2921 win 3000");
  c.in(". 1:1(0) ack 1461 win 60000");  // overtaken: SND.WL2 is 2921
  EXPECT_EQ(c.info().peer_window_bytes, 3000U);
  c.send(10'000);
  c.out(". 2921:4381(1460) ack 1");
  c.out(". 4381:5841(1460) ack 1");
  c.quiet();
  c.ignore_rest();
}

TEST(SendWindow, IsSetByALaterSegmentWithTheSameAck) {  // [RFC9293 3.10.7.4]
  Conversation c;
  c.establish();
  c.in(". 1:1(0) ack 1 win 2000");
  EXPECT_EQ(c.info().peer_window_bytes, 2000U);
  c.in("P. 1:11(10) ack 1 win 4000");
  EXPECT_EQ(c.info().peer_window_bytes, 4000U);
  c.ignore_rest();
}

// The peer's data was lost and comes again, below SND.WL1 but with its latest ACK. Reading WL1 first, as 3.10.7.4 has
// it, would add the old window to the new SND.UNA and run over the right edge (seed 279 of the simulation).
TEST(SendWindow, IsSetByALateRetransmissionWithTheLatestAck) {
  Conversation c;
  c.establish("<mss 1000>", {}, 3000);
  c.in(". 11:11(0) ack 1 win 3000");  // 1:11 was lost on the way
  c.send(5000);
  for (int i = 0; i < 3; ++i) c.take();
  c.in("P. 1:11(10) ack 3001 win 0");
  c.maybe(". 3001:3001(0) ack 11");
  c.quiet();
  EXPECT_EQ(c.info().peer_window_bytes, 0U);
}

// [RFC9293 MUST-34, SHLD-15] the peer takes back what it had offered
TEST(ShrunkWindow, StopsNewDataAndLosesNone) {
  Conversation c;
  c.establish("<mss 1000>", {}, 5000);
  c.send(8000);
  for (int seq = 1; seq < 5000; seq += 1000) c.take();
  c.quiet();
  c.in(". 1:1(0) ack 1001 win 1000");  // the right edge went from 5001 to 2001
  c.quiet();
  c.in(". 1:1(0) ack 5001 win 1000");
  c.out(". 5001:6001(1000) ack 1");
  c.in(". 1:1(0) ack 6001 win 5000");
  c.out(". 6001:7001(1000) ack 1");
  c.out("P. 7001:8001(1000) ack 1");
  c.in(". 1:1(0) ack 8001 win 5000");
  EXPECT_EQ(c.status().unacknowledged_bytes, 0U);
}

// [RFC9293 SHLD-16] old data inside of the window is repeated
TEST(ShrunkWindow, RepeatsWhatIsStillInside) {
  Conversation c;
  c.establish("<mss 1000>", {}, 5000);
  c.send(5000);
  for (int seq = 1; seq < 5000; seq += 1000) c.take();
  c.in(". 1:1(0) ack 1001 win 1500");
  c.advance(500ms);
  c.out(". 1001:2001(1000) ack 1");
  c.ignore_rest();
}

// [RFC9293 SHLD-17] data beyond the right edge does not time out the connection while the peer answers
TEST(ShrunkWindow, ToZeroIsProbedForAsLongAsThePeerAnswers) {  // [RFC9293 MUST-35]
  Conversation c;
  c.establish("<mss 1000>", {}, 5000);
  c.send(5000);
  for (int seq = 1; seq < 5000; seq += 1000) c.take();
  c.in(". 1:1(0) ack 2001 win 0");
  std::size_t probes = 0;
  for (int minutes = 0; minutes < 120; ++minutes) {
    c.advance(60s);
    probes += c.waiting();
    c.forget_sent();
    c.in(". 1:1(0) ack 2001 win 0");
  }
  EXPECT_GE(probes, 60U) << "at least every two minutes";
  c.expect_state(TcpState::kEstablished);
  c.in(". 1:1(0) ack 2001 win 5000");
  ASSERT_GE(c.waiting(), 1U);  // at once: nobody waits for a timer that had backed off
  EXPECT_EQ(c.peer().describe(c.take()).seq, 2001);
  c.ignore_rest();
}

// A window above 2^15 is large, not negative.
TEST(SendWindow, IsUnsigned) {  // [RFC9293 MUST-1]
  ConversationSetup setup;
  setup.config.initial_window_segments = 100;
  Conversation c(setup);
  c.establish("<mss 1000>", {}, 65'000);
  c.send(100'000);
  EXPECT_EQ(c.info().in_flight_bytes, 65'000U);
  c.ignore_rest();
}

TEST(SendWindow, HasRoomForThirtyTwoBits) {  // [RFC9293 REC-1]
  Conversation c;
  c.establish("<mss 1460,nop,wscale 14>", {}, 65'535);
  EXPECT_EQ(c.info().peer_window_bytes, 65'535ULL << 14);
}

TEST(WindowOnASyn, IsNeverScaled) {  // RFC 7323 2.2 [RFC7323 2.2]
  Conversation c;
  c.connect();
  c.out("S 0:0(0) <...>");
  c.in("S. 0:0(0) ack 1 win 1000 <mss 1460,nop,wscale 7>");
  c.out(". 1:1(0) ack 1");
  EXPECT_EQ(c.info().peer_window_bytes, 1000U);
  c.in(". 1:1(0) ack 1 win 1000");
  EXPECT_EQ(c.info().peer_window_bytes, 128'000U);
}

}  // namespace
}  // namespace fourtuple::test
