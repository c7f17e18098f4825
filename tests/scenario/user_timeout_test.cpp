// How long an application and an orphan may wait: TCP_USER_TIMEOUT (RFC 9293 3.9.1, RFC 5482), FIN-WAIT-2 after close,
// and connections that nobody holds any more. [RFC9293 MUST-21]
#include <gtest/gtest.h>

#include "tests/support/conversation.hpp"

namespace fourtuple::test {
namespace {

TEST(UserTimeout, EndsTheConnectionWhenDataStaysUnacknowledged) {  // [RFC9293 MUST-21, 3.10.8]
  tcp::ConnectionOptions options;
  options.user_timeout = 5s;
  Conversation c;
  c.establish("<mss 1460>", options);
  c.send(100);
  c.advance(4900ms);
  c.expect_state(TcpState::kEstablished);
  c.advance(1600ms);
  c.expect_state(TcpState::kClosed);
  c.expect_error(std::errc::timed_out);
  c.ignore_rest();
}

TEST(UserTimeout, DoesNotRunWhileThePeerAcknowledges) {
  tcp::ConnectionOptions options;
  options.user_timeout = 5s;
  Conversation c;
  c.establish("<mss 1460>", options);
  for (int i = 0; i < 10; ++i) {
    c.send(100);
    c.advance(4s);
    c.in(". 1:1(0) ack " + std::to_string(i * 100 + 101));
    c.advance(10s);
  }
  c.expect_state(TcpState::kEstablished);
  c.ignore_rest();
}

TEST(UserTimeout, LongerThanR2KeepsTheConnection) {  // [RFC9293 MUST-21]
  ConversationSetup setup;
  setup.config.retries_r2 = 2;
  tcp::ConnectionOptions options;
  options.user_timeout = 300s;
  Conversation c(setup);
  c.establish("<mss 1460>", options);
  c.send(100);
  c.advance(200s);
  c.expect_state(TcpState::kEstablished);
  c.ignore_rest();
}

TEST(FinWait2, IsLeftAfterAWhileWhenNobodyHoldsTheConnection) {
  Conversation c;
  c.establish();
  c.close();
  c.out("F. 1:1(0) ack 1");
  c.in(". 1:1(0) ack 2");
  c.expect_state(TcpState::kFinWait2);
  c.advance(59s);
  c.expect_state(TcpState::kFinWait2);
  c.advance(2s);
  c.expect_state(TcpState::kClosed);
  c.ignore_rest();
}

TEST(FinWait2, TakesThePeersFinInTime) {
  Conversation c;
  c.establish();
  c.close();
  c.out("F. 1:1(0) ack 1");
  c.in(". 1:1(0) ack 2");
  c.advance(30s);
  c.in("F. 1:1(0) ack 2");
  c.out(". 2:2(0) ack 2");
  c.expect_state(TcpState::kTimeWait);
}

TEST(Orphan, GivesUpSoonerThanAConnectionThatIsHeld) {
  ConversationSetup setup;
  setup.config.orphan_retries = 3;
  Conversation c(setup);
  c.establish();
  c.send(100);
  c.out("P. 1:101(100) ack 1");
  c.close();
  c.advance(30s);
  c.expect_state(TcpState::kClosed);
  EXPECT_EQ(c.layer().connection_count(), 0U);
  c.ignore_rest();
}

TEST(Orphan, DeliversWhatWasWrittenBeforeTheClose) {
  Conversation c;
  c.establish("<mss 1460>", {}, 1460);
  c.send(4000);
  c.out(". 1:1461(1460) ack 1");
  c.close();
  c.in(". 1:1(0) ack 1461");
  c.out(". 1461:2921(1460) ack 1");
  c.in(". 1:1(0) ack 2921");
  const auto tail = c.take();
  EXPECT_EQ(tail.payload.size(), 1079U + 1U);
  if (!tail.header.flags.fin()) c.out("F. 4001:4001(0) ack 1");
  c.in("F. 1:1(0) ack 4002");
  c.out(". 4002:4002(0) ack 2");
  c.expect_state(TcpState::kTimeWait);
}

// An orphan in front of a closed window must not live for ever.
TEST(Orphan, DoesNotProbeASilentPeerForEver) {
  Conversation c;
  c.establish();
  c.in(". 1:1(0) ack 1 win 0");
  c.send(100);
  c.close();
  c.advance(std::chrono::hours(1));
  c.expect_state(TcpState::kClosed);
  c.ignore_rest();
}

}  // namespace
}  // namespace fourtuple::test
