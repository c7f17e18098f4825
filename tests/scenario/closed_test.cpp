// Segments for which there is no connection (RFC 9293 3.5.2, 3.10.7.1), and those that a listener gets (3.10.7.2).
#include <array>
#include <gtest/gtest.h>

#include "tests/support/conversation.hpp"

namespace fourtuple::test {
namespace {

TEST(ClosedPort, AnswersSynWithReset) {  // [RFC9293 3.5.2, 3.10.7.1]
  Conversation c;
  c.in("S 0:0(0) win 65535 <mss 1460>");
  c.out("R. 0:0(0) ack 1");
  EXPECT_EQ(c.layer().counters().resets_sent, 1U);
}

TEST(ClosedPort, AcknowledgesAllOfTheSegmentInTheReset) {  // [RFC9293 3.5.2]
  Conversation c;
  c.in("S 0:10(10)");
  c.out("R. 0:0(0) ack 11");
  c.in("SF 0:0(0)");
  c.out("R. 0:0(0) ack 2");
  c.in("F 5:8(3)");
  c.out("R. 0:0(0) ack 9");
}

TEST(ClosedPort, TakesTheResetsNumberFromTheAck) {  // [RFC9293 3.5.2]
  Conversation c;
  c.in(". 1:1(0) ack 500");
  c.out("R 500:500(0)");
  c.in("P. 1:101(100) ack 700");
  c.out("R 700:700(0)");
  c.in("S. 0:0(0) ack 900");
  c.out("R 900:900(0)");
}

TEST(ClosedPort, NeverAnswersAReset) {  // [RFC9293 3.10.7.1]
  Conversation c;
  c.in("R 0:0(0)");
  c.in("R. 0:0(0) ack 1");
  c.in("SR 0:0(0)");
  c.quiet();
}

TEST(ClosedPort, HasALimitOnResets) {
  ConversationSetup setup;
  setup.config.resets_per_second = 10;
  Conversation c(setup);
  for (int i = 0; i < 1000; ++i) c.in("S 0:0(0)");
  EXPECT_GE(c.waiting(), 1U);
  EXPECT_LE(c.waiting(), 100U);
  EXPECT_GE(c.layer().counters().resets_limited, 900U);
  c.forget_sent();
  c.advance(2s);
  c.in("S 0:0(0)");
  c.out("R. 0:0(0) ack 1");
}

TEST(Listener, IgnoresAReset) {  // [RFC9293 3.10.7.2]
  Conversation c;
  c.listen();
  c.in("R 0:0(0)");
  c.in("R. 0:0(0) ack 1");
  c.quiet();
  c.establish();
}

TEST(Listener, AnswersAnyAckWithReset) {  // [RFC9293 3.10.7.2]
  Conversation c;
  c.listen();
  c.in(". 1:1(0) ack 500");
  c.out("R 500:500(0)");
  c.in("S. 0:0(0) ack 600");
  c.out("R 600:600(0)");
  c.in("F. 1:1(0) ack 700");
  c.out("R 700:700(0)");
  c.expect_nothing_to_accept();
}

TEST(Listener, DropsWhatIsNeitherSynNorAckNorReset) {
  Conversation c;
  c.listen();
  c.in("- 1:1(0)");
  c.in("P 1:11(10)");
  c.in("F 1:1(0)");
  c.quiet();
  c.expect_state(TcpState::kClosed);
}

TEST(Listener, ServesManyPeersAtOnce) {
  Conversation c;
  c.listen();
  for (const auto port : std::to_array<Port>({50001, 50002, 50003})) {
    c.talk_to(port);
    c.in("S 0:0(0) win 65535 <mss 1460>");
    c.out("S. 0:0(0) ack 1 <mss 1460>");
  }
  for (const auto port : std::to_array<Port>({50003, 50001, 50002})) {
    c.talk_to(port);
    c.in(". 1:1(0) ack 1");
  }
  for (const auto port : std::to_array<Port>({50003, 50001, 50002})) {  // in the order in which they were completed
    c.accept();
    EXPECT_EQ(c.peer().name().remote.port, port);
    c.in("P. 1:11(10) ack 1");
    c.receive(10);
  }
  c.ignore_rest();
}

}  // namespace
}  // namespace fourtuple::test
