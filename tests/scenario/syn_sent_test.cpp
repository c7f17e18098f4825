// Segments that arrive in SYN-SENT (RFC 9293 3.10.7.3).
#include <gtest/gtest.h>

#include "tests/support/conversation.hpp"

namespace fourtuple::test {
namespace {

void call_peer(Conversation& c) {
  c.connect();
  c.out("S 0:0(0) <...>");
}

TEST(SynSent, AnswersAnUnacceptableAckWithResetAndGoesOn) {  // [RFC9293 3.10.7.3]
  Conversation c;
  call_peer(c);
  c.in("S. 0:0(0) ack 0 win 65535 <mss 1460>");
  c.out("R 0:0(0)");
  c.in(". 5:5(0) ack 2");
  c.out("R 2:2(0)");
  c.expect_state(TcpState::kSynSent);
  c.in("S. 0:0(0) ack 1 win 65535 <mss 1460>");
  c.out(". 1:1(0) ack 1");
  c.expect_state(TcpState::kEstablished);
}

TEST(SynSent, IsRefusedByAResetThatAcknowledgesTheSyn) {  // [RFC9293 3.10.7.3]
  Conversation c;
  call_peer(c);
  c.in("R. 0:0(0) ack 1");
  c.expect_state(TcpState::kClosed);
  EXPECT_NE(c.take_readiness(Conversation::kConnectionOwner) & Readiness::kError, 0);
  c.expect_error(std::errc::connection_refused);
  c.quiet_for(10s);
}

TEST(SynSent, IgnoresAResetThatAcknowledgesNothingOfOurs) {  // [RFC5961 3.2(a)]
  Conversation c;
  call_peer(c);
  c.in("R 0:0(0)");
  c.in("R. 0:0(0) ack 0");
  c.in("R. 0:0(0) ack 2");
  c.in("R. 0:0(0) ack -5000");
  c.quiet();
  c.expect_state(TcpState::kSynSent);
}

TEST(SynSent, DropsAGoodAckWithoutSyn) {
  Conversation c;
  call_peer(c);
  c.in(". 1:1(0) ack 1");
  c.in("P. 1:11(10) ack 1");
  c.quiet();
  c.expect_state(TcpState::kSynSent);
}

TEST(SynSent, DropsWhatHasNeitherSynNorReset) {
  Conversation c;
  call_peer(c);
  c.in("F 1:1(0)");
  c.in("P 1:11(10)");
  c.quiet();
  c.expect_state(TcpState::kSynSent);
}

// The data may be queued or asked for again, but is neither lost nor doubled.
TEST(SynSent, LosesNoDataThatCameOnTheSynAck) {
  Conversation c;
  call_peer(c);
  c.in("S. 0:10(10) ack 1 win 65535 <mss 1460>");
  c.expect_state(TcpState::kEstablished);
  c.forget_sent();
  c.in("P. 1:21(20) ack 1");
  c.receive(20);
  c.ignore_rest();
}

// RFC 9293 3.5.1, figure 10: an old connection of the peer's is found and reset, then ours succeeds.
TEST(SynSent, ResetsAHalfOpenConnectionOfThePeers) {
  Conversation c;
  call_peer(c);
  c.in(". 300:300(0) ack -100");
  c.out("R -100:-100(0)");
  c.after(1s, "S 0:0(0) <...>");
  c.in("S. 0:0(0) ack 1 win 65535 <mss 1460>");
  c.out(". 1:1(0) ack 1");
}

TEST(SynSent, ReportsItsStateToTheApplication) {
  Conversation c;
  call_peer(c);
  EXPECT_EQ(c.status().state, TcpState::kSynSent);
  EXPECT_FALSE(c.status().ever_synchronized);
  c.expect_blocked();
}

}  // namespace
}  // namespace fourtuple::test
