// Ends that are not orderly (RFC 9293 3.6.1, 3.10.5): abort, close with unread data, data after close.
#include <gtest/gtest.h>

#include "tests/support/conversation.hpp"

namespace fourtuple::test {
namespace {

TEST(Abort, SendsAResetAtTheNextNumber) {  // [RFC9293 3.10.5]
  Conversation c;
  c.establish();
  c.send(100);
  c.out("P. 1:101(100) ack 1");
  c.abort();
  c.out_reset(101);
  c.expect_state(TcpState::kClosed);
  c.quiet_for(60s);
}

TEST(Abort, ThrowsUnsentDataAway) {
  Conversation c;
  c.establish("<mss 1460>", {}, 1000);
  c.send(5000);
  c.out(". 1:1001(1000) ack 1");
  c.abort();
  c.out_reset(1001);
  c.quiet_for(60s);
}

TEST(Abort, SendsAResetInEveryStateThatHasAPeerWhoCares) {  // [RFC9293 3.10.5]
  Conversation fin_wait_2;
  fin_wait_2.establish();
  fin_wait_2.shutdown();
  fin_wait_2.out("F. 1:1(0) ack 1");
  fin_wait_2.in(". 1:1(0) ack 2");
  fin_wait_2.abort();
  fin_wait_2.out_reset(2);

  Conversation close_wait;
  close_wait.establish();
  close_wait.in("F. 1:1(0) ack 1");
  close_wait.out(". 1:1(0) ack 2");
  close_wait.abort();
  close_wait.out_reset(1);
}

TEST(Abort, CarriesATimestampAsAllSegmentsDo) {  // [RFC7323 3.2(a)]
  Conversation c;
  c.establish("<mss 1460,TS val 0 ecr 0>");
  c.in("P. 1:11(10) ack 1 <TS val 7 ecr 0>");
  c.receive(10);
  c.abort();
  c.out("R. 1:1(0) ack 11 <TS val * ecr 7>");
}

TEST(Abort, InSynSentSaysNothing) {  // [RFC9293 3.10.5]
  Conversation c;
  c.connect();
  c.out("S 0:0(0) <...>");
  c.abort();
  c.expect_state(TcpState::kClosed);
  c.quiet_for(60s);
}

TEST(Abort, InTimeWaitSaysNothing) {
  Conversation c;
  c.establish();
  c.shutdown();
  c.out("F. 1:1(0) ack 1");
  c.in("F. 1:1(0) ack 2");
  c.out(". 2:2(0) ack 2");
  c.abort();
  c.quiet();
}

TEST(Close, WithUnreadDataResets) {  // [RFC9293 SHLD-3] [RFC2525 2.17] [RFC1122 4.2.2.13]
  Conversation c;
  c.establish();
  c.in("P. 1:101(100) ack 1");
  c.close();
  c.out_reset(1);
  c.expect_state(TcpState::kClosed);
  c.quiet_for(60s);
}

TEST(Close, AfterReadingAllIsOrderly) {
  Conversation c;
  c.establish();
  c.in("P. 1:101(100) ack 1");
  c.receive(100);
  c.close();
  c.out("F. 1:1(0) ack 101");
}

TEST(Close, TurnsDataThatArrivesLaterIntoAReset) {  // RFC 9293 3.6.1, RFC 2525 2.17 [RFC9293 SHLD-3, MAY-1]
  Conversation c;
  c.establish();
  c.close();
  c.out("F. 1:1(0) ack 1");
  c.in(". 1:1(0) ack 2");
  c.in("P. 1:101(100) ack 2");
  EXPECT_EQ(c.waiting(), 1U);
  c.out("R 2:2(0)");
  c.expect_state(TcpState::kClosed);
}

TEST(Close, InFinWait1TurnsDataIntoAReset) {
  Conversation c;
  c.establish();
  c.close();
  c.out("F. 1:1(0) ack 1");
  c.in("P. 1:101(100) ack 1");
  c.out_reset(2);
  c.expect_state(TcpState::kClosed);
}

TEST(Close, MakesTheHandleStale) {
  Conversation c;
  c.establish();
  c.close();
  c.out("F. 1:1(0) ack 1");
  EXPECT_FALSE(c.layer().status(c.peer().connection).has_value());
  const auto result = c.try_send(1);
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error(), std::errc::bad_file_descriptor);
  c.close();  // twice: nothing happens
  c.abort();
  c.quiet();
}

TEST(Disconnect, ResetsButKeepsTheHandle) {
  Conversation c;
  c.establish();
  c.call([&](tcp::Layer& layer, tcp::Context& context) { layer.disconnect(c.peer().connection, context); });
  c.out_reset(1);
  ASSERT_TRUE(c.layer().status(c.peer().connection).has_value());
  EXPECT_EQ(c.status().state, TcpState::kClosed);
  c.close();
  EXPECT_FALSE(c.layer().status(c.peer().connection).has_value());
}

}  // namespace
}  // namespace fourtuple::test
