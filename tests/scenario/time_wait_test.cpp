// TIME-WAIT (RFC 9293 3.6.1, 3.10.7.4, RFC 6191). [RFC9293 MUST-13, MAY-2]
#include <gtest/gtest.h>

#include "tests/support/conversation.hpp"

namespace fourtuple::test {
namespace {

// Both ends have closed, ours first.
void wait(Conversation& c, std::string_view syn_options = "<mss 1460>", std::string_view stamp = "") {
  c.establish(syn_options);
  c.shutdown();
  c.out("F. 1:1(0) ack 1 <...>");
  c.in("F. 1:1(0) ack 2 " + std::string(stamp));
  c.out(". 2:2(0) ack 2 <...>");
  c.expect_state(TcpState::kTimeWait);
}

TEST(TimeWait, LastsTwoMaximumSegmentLifetimes) {  // [RFC9293 MUST-13, 3.10.8]
  Conversation c;
  wait(c);
  c.quiet_for(59s);
  c.expect_state(TcpState::kTimeWait);
  c.quiet_for(2s);
  c.expect_state(TcpState::kClosed);
}

TEST(TimeWait, AcknowledgesARepeatedFinAndStartsAnew) {
  Conversation c;
  wait(c);
  c.advance(50s);
  c.in("F. 1:1(0) ack 2");
  c.out(". 2:2(0) ack 2");
  c.advance(50s);
  c.expect_state(TcpState::kTimeWait);
  c.advance(11s);
  c.expect_state(TcpState::kClosed);
}

TEST(TimeWait, IsReusedByANewSynWithAHigherNumber) {  // [RFC9293 MAY-2] [RFC6191 2, 2(a)]
  Conversation c;
  wait(c);
  c.close();
  const auto old_next = c.peer().our_initial() + 2;
  c.begin_again();
  c.in("S 0:0(0) win 65535 <mss 1460>");
  const auto syn_ack = c.take();
  EXPECT_EQ(to_string(syn_ack.header.flags), "S.");
  EXPECT_EQ(syn_ack.header.ack, c.peer().initial() + 1);
  EXPECT_GT(distance(old_next, syn_ack.header.seq), 0);  // RFC 1122 4.2.2.13: beyond the old connection's numbers
  c.in(". 1:1(0) ack 1");
  c.accept();
  c.in("P. 1:11(10) ack 1");
  c.receive(10);
  c.ignore_rest();
}

TEST(TimeWait, IsNotReusedByAnOldSyn) {  // [RFC9293 MAY-2]
  Conversation c;
  wait(c);
  c.in("S -1000:-1000(0) win 65535 <mss 1460>");
  c.out(". 2:2(0) ack 2");
  c.expect_state(TcpState::kTimeWait);
}

// [RFC9293 SHLD-4] RFC 6191: a later timestamp is as good as a higher number
TEST(TimeWait, IsReusedByANewSynWithALaterTimestamp) {  // [RFC6191 2]
  Conversation c;
  wait(c, "<mss 1460,TS val 0 ecr 0>", "<TS val 2 ecr 0>");
  c.close();
  c.advance(2s);
  c.begin_again(0xffff0000);  // a lower initial sequence number
  c.in("S 0:0(0) win 65535 <mss 1460,TS val 5000 ecr 0>");
  const auto syn_ack = c.take();
  EXPECT_EQ(to_string(syn_ack.header.flags), "S.");
  c.ignore_rest();
}

TEST(TimeWait, IsEndedByAReset) {
  Conversation c;
  wait(c);
  c.in("R 2:2(0)");
  c.expect_state(TcpState::kClosed);
  c.quiet();
}

TEST(TimeWait, KeepsUnreadDataForTheApplication) {
  Conversation c;
  c.establish();
  c.shutdown();
  c.out("F. 1:1(0) ack 1");
  c.in("FP. 1:101(100) ack 2");
  c.out(". 2:2(0) ack 102");
  c.expect_state(TcpState::kTimeWait);
  c.advance(300s);
  c.expect_state(TcpState::kClosed);
  c.receive(100);
  c.expect_end_of_stream();
}

TEST(TimeWait, RemembersNoMoreThanTheLimit) {
  ConversationSetup setup;
  setup.config.max_time_wait = 3;
  Conversation c(setup);
  for (Port port = 50001; port <= 50010; ++port) {
    c.talk_to(port);
    wait(c);
    c.close();
  }
  EXPECT_LE(c.layer().connection_count(), 4U);
  c.expect_state(TcpState::kTimeWait);
  c.talk_to(50001);
  c.expect_state(TcpState::kClosed);
  EXPECT_GE(c.layer().counters().time_wait_recycled, 6U);
}

TEST(TimeWait, IgnoresDataAndAcks) {
  Conversation c;
  wait(c);
  c.in("P. 2:12(10) ack 2");
  c.in(". 2:2(0) ack 2");
  while (c.waiting() != 0) EXPECT_EQ(to_string(c.take().header.flags), ".");
  c.expect_state(TcpState::kTimeWait);
  c.expect_end_of_stream();
}

}  // namespace
}  // namespace fourtuple::test
