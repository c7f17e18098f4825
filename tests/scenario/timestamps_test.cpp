// Timestamps and PAWS (RFC 7323 3 to 5). The peer's clock starts just below 2^32 and wraps during every test.
#include <gtest/gtest.h>

#include "tests/support/conversation.hpp"

namespace fourtuple::test {
namespace {

constexpr std::string_view kWithTimestamps = "<mss 1460,TS val 0 ecr 0>";

TEST(Timestamps, AreUsedWhenBothOfferThem) {  // [RFC7323 3.2]
  Conversation c;
  c.listen();
  c.in("S 0:0(0) win 65535 <mss 1460,TS val 0 ecr 0>");
  c.out("S. 0:0(0) ack 1 <mss 1460,TS val 0 ecr 0>");
  c.in(". 1:1(0) ack 1 <TS val 1 ecr 0>");
  c.accept();
  c.send(10);
  c.out("P. 1:11(10) ack 1 <TS val * ecr 1>");
}

TEST(Timestamps, AreNotSentWhenThePeerDoesNotOfferThem) {  // [RFC7323 3.2]
  Conversation c;
  c.connect();
  c.out("S 0:0(0) <mss 1460,TS val 0 ecr 0,...>");
  c.in("S. 0:0(0) ack 1 win 65535 <mss 1460>");
  c.out(". 1:1(0) ack 1");
  c.send(10);
  c.out("P. 1:11(10) ack 1");
}

TEST(Timestamps, AreSwitchedOffByConfiguration) {
  ConversationSetup setup;
  setup.config.timestamps = false;
  Conversation c(setup);
  c.listen();
  c.in("S 0:0(0) win 65535 <mss 1460,TS val 0 ecr 0>");
  c.out("S. 0:0(0) ack 1 <mss 1460>");
}

TEST(Timestamps, TickWithTheClock) {  // RFC 7323 5.4: between 1 ms and 1 s [RFC7323 4.1]
  Conversation c;
  c.establish(kWithTimestamps);
  c.advance(10s);
  c.send(10);
  const auto later = c.peer().describe(c.take()).options.timestamps->value.value_or(0);
  EXPECT_GE(later, 10);
  EXPECT_LE(later, 10'010);
}

TEST(Timestamps, EchoTheLastOneSeenInOrder) {
  Conversation c;
  c.establish(kWithTimestamps);
  c.in("P. 1:11(10) ack 1 <TS val 50 ecr 0>");
  c.send(10);
  c.out("P. 1:11(10) ack 11 <TS val * ecr 50>");
}

// RFC 7323 4.3: a delayed ACK echoes the earliest segment that it acknowledges.
TEST(Timestamps, EchoTheFirstOfSeveralSegments) {  // [RFC7323 4.3]
  Conversation c;
  c.establish(kWithTimestamps);
  c.in({". 1:1449(1448) ack 1 <TS val 50 ecr 0>", ". 1449:2897(1448) ack 1 <TS val 60 ecr 0>"});
  c.out(". 1:1(0) ack 2897 <TS val * ecr 50>");
}

TEST(Timestamps, DoNotEchoASegmentBehindAGap) {  // [RFC7323 4.3]
  Conversation c;
  c.establish(kWithTimestamps);
  c.in(". 1449:2897(1448) ack 1 <TS val 60 ecr 0>");
  c.out(". 1:1(0) ack 1 <TS val * ecr 1>");
  c.in(". 1:1449(1448) ack 1 <TS val 70 ecr 0>");
  c.out(". 1:1(0) ack 2897 <TS val * ecr 70>");
}

TEST(Paws, DropsAnOldTimestampAndAcknowledges) {  // [RFC7323 5.3]
  Conversation c;
  c.establish(kWithTimestamps);
  c.in({". 1:1449(1448) ack 1 <TS val 200 ecr 0>", ". 1449:2897(1448) ack 1 <TS val 200 ecr 0>"});
  c.out(". 1:1(0) ack 2897 <TS val * ecr 200>");
  c.in("P. 2897:2907(10) ack 1 <TS val 199 ecr 0>");
  c.out(". 1:1(0) ack 2897 <TS val * ecr 200>");
  c.expect_drop(DropReason::kTcpPaws);
  c.receive(2896);
  c.expect_blocked();
}

TEST(Paws, DropsAnOldFinAndAnOldSyn) {
  Conversation c;
  c.establish(kWithTimestamps);
  c.in("F. 1:1(0) ack 1 <TS val -100 ecr 0>");
  c.out(". 1:1(0) ack 1 <TS val * ecr 1>");
  c.expect_state(TcpState::kEstablished);
}

TEST(Paws, AcceptsAnEqualTimestamp) {  // [RFC7323 5.2]
  Conversation c;
  c.establish(kWithTimestamps);
  c.in("P. 1:11(10) ack 1 <TS val 1 ecr 0>");
  c.receive(10);
  c.ignore_rest();
}

TEST(Paws, LetsResetsThrough) {  // RFC 7323 5.2 [RFC7323 5.3]
  Conversation c;
  c.establish(kWithTimestamps);
  c.in("R 1:1(0) <TS val -5000 ecr 0>");
  c.expect_state(TcpState::kClosed);
}

// The value is remembered only when the segment covers the last ACK that was sent (RFC 7323 4.3 rule 2).
TEST(Paws, IsNotMisledByASegmentOutOfTheWindow) {
  Conversation c;
  c.establish(kWithTimestamps);
  c.in("P. 1000000:1000010(10) ack 1 <TS val 100000 ecr 0>");
  c.out(". 1:1(0) ack 1 <TS val * ecr 1>");
  c.in("P. 1:11(10) ack 1 <TS val 2 ecr 0>");
  c.receive(10);
  c.ignore_rest();
}

// RFC 7323 5.5: after 24 days of silence the remembered value says nothing any more.
TEST(Paws, ForgetsTheTimestampOfAConnectionThatWasIdleFor24Days) {  // [RFC7323 5.5]
  Conversation c;
  c.establish(kWithTimestamps);
  c.advance(std::chrono::hours(24 * 25));
  c.in("P. 1:11(10) ack 1 <TS val -1000 ecr 0>");
  c.receive(10);
  c.ignore_rest();
}

}  // namespace
}  // namespace fourtuple::test
