// Segments that could be an attacker's guess (RFC 5961): a SYN on a living connection, ACKs that are too old or too
// new. They are answered with a challenge ACK, whose number a second is limited.
#include <gtest/gtest.h>

#include "tests/support/conversation.hpp"

namespace fourtuple::test {
namespace {

// [RFC5961 4.2] whatever its number is
TEST(SynOnALivingConnection, IsChallenged) {
  Conversation c;
  c.establish();
  for (const char* line : {"S 1:1(0)", "S 500:500(0)", "S -1000:-1000(0)", "S. 0:0(0) ack 1", "S 1000000:1000000(0)"}) {
    c.in(line);
    c.out(". 1:1(0) ack 1");
    c.quiet();
  }
  c.expect_state(TcpState::kEstablished);
}

// RFC 9293 3.5.1: the peer has lost its memory; the challenge makes it reset the old connection.
TEST(SynOnALivingConnection, UncoversAHalfOpenConnection) {
  Conversation c;
  c.establish();
  c.in("S 7000:7000(0) win 65535 <mss 1460>");
  c.out(". 1:1(0) ack 1");
  c.in("R 1:1(0)");  // what the peer makes of our ACK
  c.expect_state(TcpState::kClosed);
  c.expect_error(std::errc::connection_reset);
  c.begin_again();
  c.establish();
}

TEST(SynOnALivingConnection, IsChallengedInEveryClosingState) {
  Conversation c;
  c.establish();
  c.shutdown();
  c.out("F. 1:1(0) ack 1");
  c.in("S 1:1(0)");
  c.out(". 2:2(0) ack 1");
  c.in(". 1:1(0) ack 2");
  c.in("S 1:1(0)");
  c.out(". 2:2(0) ack 1");
  c.expect_state(TcpState::kFinWait2);
}

TEST(SegmentWithoutAck, IsDroppedInSilence) {  // RFC 9293 3.10.7.4 fifth step [RFC9293 3.10.7.4]
  Conversation c;
  c.establish();
  c.in("P 1:101(100)");
  c.expect_drop(DropReason::kTcpNoAckFlag);
  c.in("F 1:1(0)");
  c.in("- 1:1(0)");
  c.quiet();
  c.expect_blocked();
  c.expect_state(TcpState::kEstablished);
}

TEST(FutureAck, IsAnsweredAndItsDataDropped) {  // RFC 9293 3.10.7.4 fifth step [RFC9293 MAY-12] [RFC5961 5.2]
  Conversation c;
  c.establish();
  c.in("P. 1:101(100) ack 2");
  c.out(". 1:1(0) ack 1");
  c.expect_drop(DropReason::kTcpFutureAck);
  c.in("F. 1:1(0) ack 1000000");
  c.out(". 1:1(0) ack 1");
  c.expect_blocked();
  c.expect_state(TcpState::kEstablished);
}

TEST(VeryOldAck, IsChallengedAndItsDataDropped) {  // [RFC5961 5.2] [RFC9293 MAY-12]
  Conversation c;
  c.establish("<mss 1460>", {}, 1000);
  c.in("P. 1:101(100) ack -1000 win 1000");  // more than MAX.SND.WND before SND.UNA
  c.out(". 1:1(0) ack 1");
  c.expect_drop(DropReason::kTcpOldAck);
  c.expect_blocked();
}

TEST(OldAck, WithinTheWindowIsIgnoredButItsDataIsTaken) {  // [RFC5961 5.2]
  Conversation c;
  c.establish();
  c.send(100);
  c.out("P. 1:101(100) ack 1");
  c.in(". 1:1(0) ack 101");
  c.in("P. 1:101(100) ack 51");
  c.receive(100);
  EXPECT_EQ(c.status().unacknowledged_bytes, 0U);
  c.ignore_rest();
}

TEST(ChallengeAck, IsLimited) {  // [RFC5961 7]
  ConversationSetup setup;
  setup.config.challenge_acks_per_second = 5;
  Conversation c(setup);
  c.establish();
  for (int i = 0; i < 1000; ++i) c.in("R 100:100(0)");
  EXPECT_GE(c.waiting(), 1U);
  EXPECT_LE(c.waiting(), 50U);
  EXPECT_GE(c.layer().counters().challenge_acks_limited, 900U);
  c.expect_state(TcpState::kEstablished);
  c.forget_sent();
  c.advance(2s);
  c.in("R 100:100(0)");
  c.out(". 1:1(0) ack 1");
}

}  // namespace
}  // namespace fourtuple::test
