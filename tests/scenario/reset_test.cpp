// Resets that arrive (RFC 9293 3.5.3 and second step of 3.10.7.4, RFC 5961 3): only the exact number counts.
#include <gtest/gtest.h>

#include "tests/support/conversation.hpp"

namespace fourtuple::test {
namespace {

TEST(Reset, AtTheNextNumberEndsTheConnection) {  // [RFC5961 3.2]
  Conversation c;
  c.establish();
  c.in("R 1:1(0)");
  c.expect_state(TcpState::kClosed);
  EXPECT_NE(c.take_readiness(Conversation::kConnectionOwner) & Readiness::kError, 0);
  c.quiet_for(10s);
}

// [RFC9293 MUST-12] S53: the error once, then the end of the stream.
TEST(Reset, IsReportedOnce) {  // [RFC9293 MUST-12]
  Conversation c;
  c.establish();
  c.in("R. 1:1(0) ack 1");
  c.expect_error(std::errc::connection_reset);
  c.expect_end_of_stream();
  const auto result = c.try_send(1);
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error(), std::errc::broken_pipe);
}

TEST(Reset, InsideTheWindowIsChallenged) {  // [RFC5961 3.2]
  Conversation c;
  c.establish();
  c.in("R 2:2(0)");
  c.out(". 1:1(0) ack 1");
  c.in("R. 5000:5000(0) ack 1");
  c.out(". 1:1(0) ack 1");
  c.expect_drop(DropReason::kTcpRstNotExact);
  c.expect_state(TcpState::kEstablished);
  EXPECT_EQ(c.layer().counters().challenge_acks, 2U);
}

TEST(Reset, OutsideOfTheWindowIsDroppedInSilence) {  // [RFC5961 3.2]
  Conversation c;
  c.establish();
  c.in("R 0:0(0)");
  c.in("R -1000:-1000(0)");
  c.in("R 100000:100000(0)");
  c.in("R. 1000000000:1000000000(0) ack 1");
  c.expect_drop(DropReason::kTcpRstOutOfWindow);
  c.quiet();
  c.expect_state(TcpState::kEstablished);
}

TEST(Reset, MayCarryData) {  // [RFC9293 SHLD-2]
  Conversation c;
  c.establish();
  c.in("R. 1:21(20) ack 1");
  c.expect_state(TcpState::kClosed);
  c.expect_error(std::errc::connection_reset);
}

TEST(Reset, FollowsTheNextNumberAsDataArrives) {
  Conversation c;
  c.establish();
  c.in({". 1:1461(1460) ack 1", ". 1461:2921(1460) ack 1"});
  c.out(". 1:1(0) ack 2921");
  c.in("R 1:1(0)");
  c.quiet();
  c.expect_state(TcpState::kEstablished);
  c.in("R 2921:2921(0)");
  c.expect_state(TcpState::kClosed);
}

TEST(Reset, EndsFinWait1And2WithAnError) {  // [RFC9293 3.5.3]
  for (const bool acknowledged : {false, true}) {
    Conversation c;
    c.establish();
    c.shutdown();
    c.out("F. 1:1(0) ack 1");
    if (acknowledged) c.in(". 1:1(0) ack 2");
    c.in("R 1:1(0)");
    c.expect_state(TcpState::kClosed);
    c.expect_error(std::errc::connection_reset);
  }
}

TEST(Reset, EndsCloseWaitWithAnError) {  // [RFC9293 3.5.3]
  Conversation c;
  c.establish();
  c.in("F. 1:1(0) ack 1");
  c.out(". 1:1(0) ack 2");
  c.in("R 2:2(0)");
  c.expect_state(TcpState::kClosed);
  const auto result = c.try_send(1);
  EXPECT_FALSE(result);
}

TEST(Reset, EndsClosingLastAckAndTimeWaitQuietly) {  // [RFC9293 3.5.3]
  Conversation closing;
  closing.establish();
  closing.shutdown();
  closing.out("F. 1:1(0) ack 1");
  closing.in("F. 1:1(0) ack 1");
  closing.out(". 2:2(0) ack 2");
  closing.in("R 2:2(0)");
  closing.expect_state(TcpState::kClosed);
  closing.expect_end_of_stream();

  Conversation last_ack;
  last_ack.establish();
  last_ack.in("F. 1:1(0) ack 1");
  last_ack.out(". 1:1(0) ack 2");
  last_ack.shutdown();
  last_ack.out("F. 1:1(0) ack 2");
  last_ack.in("R 2:2(0)");
  last_ack.expect_state(TcpState::kClosed);
  last_ack.expect_end_of_stream();
}

TEST(Reset, LeavesTheListenerAndOtherConnectionsAlone) {
  Conversation c;
  c.establish();
  c.talk_to(50001);
  c.establish();
  c.in("R 1:1(0)");
  c.expect_state(TcpState::kClosed);
  c.talk_to(Conversation::kPeerPort);
  c.expect_state(TcpState::kEstablished);
  c.talk_to(50002);
  c.establish();
}

}  // namespace
}  // namespace fourtuple::test
