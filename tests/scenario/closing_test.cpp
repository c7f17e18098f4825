// How connections end in order (RFC 9293 3.6), and the states that this leads through (figure 5).
#include <gtest/gtest.h>

#include "tests/support/conversation.hpp"

namespace fourtuple::test {
namespace {

TEST(ActiveClose, GoesThroughFinWaitToTimeWait) {  // [RFC9293 3.6, 3.10.4]
  Conversation c;
  c.establish();
  c.shutdown();
  c.out("F. 1:1(0) ack 1");
  c.expect_state(TcpState::kFinWait1);
  c.in(". 1:1(0) ack 2");
  c.expect_state(TcpState::kFinWait2);
  c.in("F. 1:1(0) ack 2");
  c.out(". 2:2(0) ack 2");
  c.expect_state(TcpState::kTimeWait);
  c.expect_end_of_stream();
}

TEST(ActiveClose, GoesStraightToTimeWaitWhenTheFinAcknowledgesOurs) {
  Conversation c;
  c.establish();
  c.shutdown();
  c.out("F. 1:1(0) ack 1");
  c.in("F. 1:1(0) ack 2");
  c.out(". 2:2(0) ack 2");
  c.expect_state(TcpState::kTimeWait);
}

TEST(SimultaneousClose, GoesThroughClosing) {  // [RFC9293 3.6]
  Conversation c;
  c.establish();
  c.shutdown();
  c.out("F. 1:1(0) ack 1");
  c.in("F. 1:1(0) ack 1");
  c.out(". 2:2(0) ack 2");
  c.expect_state(TcpState::kClosing);
  c.in(". 2:2(0) ack 2");
  c.expect_state(TcpState::kTimeWait);
}

TEST(PassiveClose, GoesThroughCloseWaitAndLastAck) {  // [RFC9293 3.6, 3.10.4]
  Conversation c;
  c.establish();
  c.in("F. 1:1(0) ack 1");
  c.out(". 1:1(0) ack 2");
  c.expect_state(TcpState::kCloseWait);
  EXPECT_NE(c.take_readiness(Conversation::kConnectionOwner) & Readiness::kReadable, 0);
  c.expect_end_of_stream();
  c.shutdown();
  c.out("F. 1:1(0) ack 2");
  c.expect_state(TcpState::kLastAck);
  c.in(". 2:2(0) ack 2");
  c.expect_state(TcpState::kClosed);
}

TEST(PassiveClose, SendsDataAfterThePeersFin) {
  Conversation c;
  c.establish();
  c.in("F. 1:1(0) ack 1");
  c.out(". 1:1(0) ack 2");
  c.send(100);
  c.out("P. 1:101(100) ack 2");
  c.in(". 2:2(0) ack 101");
  c.close();
  c.out("F. 101:101(0) ack 2");
  c.in(". 2:2(0) ack 102");
  c.expect_state(TcpState::kClosed);
}

TEST(HalfClose, GoesOnReceivingAfterOurFin) {  // [RFC9293 3.10.3]
  Conversation c;
  c.establish();
  c.shutdown();
  c.out("F. 1:1(0) ack 1");
  c.in(". 1:1(0) ack 2");
  c.in({". 1:1461(1460) ack 2", "P. 1461:2921(1460) ack 2"});
  c.out(". 2:2(0) ack 2921");
  c.expect_state(TcpState::kFinWait2);
  c.receive(2920);
  c.in("F. 2921:2921(0) ack 2");
  c.out(". 2:2(0) ack 2922");
  c.expect_end_of_stream();
}

TEST(HalfClose, LastsAsLongAsTheApplicationKeepsTheConnection) {
  Conversation c;
  c.establish();
  c.shutdown();
  c.out("F. 1:1(0) ack 1");
  c.in(". 1:1(0) ack 2");
  c.quiet_for(std::chrono::hours(5));
  c.expect_state(TcpState::kFinWait2);
  c.in("P. 1:11(10) ack 2");
  c.receive(10);
  c.ignore_rest();
}

TEST(HalfClose, RefusesToSendMore) {
  Conversation c;
  c.establish();
  c.shutdown();
  c.out("F. 1:1(0) ack 1");
  const auto result = c.try_send(1);
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error(), std::errc::broken_pipe);
}

TEST(Fin, FollowsAllDataThatWasWritten) {
  Conversation c;
  c.establish("<mss 1460>", {}, 1460);
  c.send(2000);
  c.out(". 1:1461(1460) ack 1");
  c.shutdown();
  c.quiet();  // the window is full
  c.in(". 1:1(0) ack 1461 win 1460");
  const auto tail = c.take();
  EXPECT_EQ(tail.payload.size(), 540U);
  if (!tail.header.flags.fin()) c.out("F. 2001:2001(0) ack 1");
  c.in(". 1:1(0) ack 2002");
  c.expect_state(TcpState::kFinWait2);
}

TEST(Fin, IsNotHeldBackByNagle) {
  Conversation c;
  c.establish();
  c.send(10);
  c.out("P. 1:11(10) ack 1");
  c.shutdown();
  c.out("F. 11:11(0) ack 1");
}

TEST(Fin, WithDataIsAcknowledgedAtOnceAndEndsTheStreamBehindIt) {
  Conversation c;
  c.establish();
  c.in("FP. 1:101(100) ack 1");
  c.out(". 1:1(0) ack 102");
  c.expect_state(TcpState::kCloseWait);
  c.receive(100);
  c.expect_end_of_stream();
}

TEST(Fin, IsRepeatedUntilItIsAcknowledged) {  // [RFC9293 3.10.8]
  Conversation c;
  c.establish();
  c.shutdown();
  c.out("F. 1:1(0) ack 1");
  c.after(200ms, "F. 1:1(0) ack 1");
  c.after(400ms, "F. 1:1(0) ack 1");
  c.in(". 1:1(0) ack 2");
  c.quiet_for(10s);
  c.expect_state(TcpState::kFinWait2);
}

TEST(Close, DuringTheHandshakeSendsTheFinWhenItIsOver) {
  Conversation c;
  c.listen();
  c.in("S 0:0(0) win 65535 <mss 1460>");
  c.out("S. 0:0(0) ack 1 <mss 1460>");
  c.in(". 1:1(0) ack 1");
  c.accept();
  c.close();
  c.out("F. 1:1(0) ack 1");
  c.expect_state(TcpState::kFinWait1);
}

// RFC 9293 3.10.4: CLOSE in SYN-SENT deletes the TCB.
TEST(Close, InSynSentLeavesNothingBehind) {  // [RFC9293 3.10.4]
  Conversation c;
  c.connect();
  c.out("S 0:0(0) <...>");
  c.close();
  c.expect_state(TcpState::kClosed);
  c.quiet_for(10s);
}

}  // namespace
}  // namespace fourtuple::test
