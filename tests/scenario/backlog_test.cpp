// The listener's queues: backlog, half-open connections, and strangers who only knock.
#include <gtest/gtest.h>

#include "tests/support/conversation.hpp"

namespace fourtuple::test {
namespace {

void knock(Conversation& c, Port port) {
  c.talk_to(port);
  c.in("S 0:0(0) win 65535 <mss 1460>");
}

void complete(Conversation& c, Port port) {
  c.talk_to(port);
  c.in(". 1:1(0) ack 1");
}

TEST(Backlog, OfZeroAdmitsOne) {
  Conversation c;
  const auto listener = c.listen(0);
  for (Port port = 50001; port <= 50006; ++port) knock(c, port);
  for (Port port = 50001; port <= 50006; ++port) complete(c, port);
  EXPECT_EQ(c.layer().acceptable(listener), 1U);
  while (c.waiting() != 0) EXPECT_FALSE(c.take().header.flags.rst());
  c.ignore_rest();
}

TEST(Backlog, HasRoomAgainAfterAccept) {
  Conversation c;
  const auto listener = c.listen(1);
  for (Port port = 50001; port <= 50004; ++port) {
    knock(c, port);
    complete(c, port);
  }
  const auto admitted = c.layer().acceptable(listener);
  EXPECT_GE(admitted, 1U);
  EXPECT_LE(admitted, 2U);
  for (std::size_t i = 0; i < admitted; ++i) c.accept();
  c.forget_sent();
  // Who was not admitted tries again, and is let in: with a SYN, or with the ACK of the repeated SYN-ACK.
  c.advance(3s);
  c.talk_to(50004);
  if (c.state() == TcpState::kClosed) knock(c, 50004);
  c.forget_sent();
  complete(c, 50004);
  c.advance(10s);
  complete(c, 50004);
  EXPECT_GE(c.layer().acceptable(listener), 1U);
  c.ignore_rest();
}

TEST(Backlog, CountsWhatItTurnsAway) {
  Conversation c;
  c.listen(0);
  for (Port port = 50001; port <= 50010; ++port) {
    knock(c, port);
    complete(c, port);
  }
  EXPECT_GE(c.layer().counters().listen_drops, 1U);
  c.ignore_rest();
}

TEST(HalfOpen, ConnectionsByTheThousandDoNotStopNewcomers) {
  ConversationSetup setup;
  setup.config.max_syn_backlog = 256;
  Conversation c(setup);
  c.listen(16);
  for (int i = 0; i < 2000; ++i) knock(c, static_cast<Port>(10'000 + i));
  EXPECT_LE(c.layer().connection_count(), 256U);
  EXPECT_GE(c.layer().counters().half_open_evicted, 1700U);
  c.forget_sent();
  c.talk_to(50000);
  c.establish();
  c.in("P. 1:11(10) ack 1");
  c.receive(10);
  c.ignore_rest();
}

TEST(HalfOpen, ConnectionsAreForgottenInTheEnd) {
  Conversation c;
  c.listen(16);
  for (int i = 0; i < 100; ++i) knock(c, static_cast<Port>(10'000 + i));
  c.advance(300s);
  EXPECT_EQ(c.layer().connection_count(), 0U);
  EXPECT_EQ(c.layer().next_deadline(), kNever);
  c.ignore_rest();
}

TEST(ListenerClosed, ResetsWhatWaitsAndDropsWhatIsHalfOpen) {
  Conversation c;
  c.listen();
  knock(c, 50001);
  complete(c, 50001);
  knock(c, 50002);
  c.forget_sent();
  c.talk_to(50001);
  c.close_listener();
  c.out_reset(1);
  c.expect_state(TcpState::kClosed);
  c.talk_to(50002);
  c.expect_state(TcpState::kClosed);
  c.forget_sent();
  knock(c, 50003);
  c.out("R. 0:0(0) ack 1");
}

TEST(ListenerClosed, LeavesAcceptedConnectionsAlone) {
  Conversation c;
  c.establish();
  c.close_listener();
  c.expect_state(TcpState::kEstablished);
  c.in("P. 1:11(10) ack 1");
  c.receive(10);
  c.ignore_rest();
}

TEST(ConnectionTable, HasALimit) {
  ConversationSetup setup;
  setup.config.max_connections = 10;
  Conversation c(setup);
  c.listen(100);
  for (Port port = 50001; port <= 50050; ++port) {
    knock(c, port);
    complete(c, port);
  }
  EXPECT_LE(c.layer().connection_count(), 10U);
  c.ignore_rest();
}

TEST(AcceptQueue, KeepsAConnectionThatThePeerHasClosed) {
  Conversation c;
  c.listen();
  knock(c, 50001);
  c.out("S. 0:0(0) ack 1 <mss 1460>");
  c.in("FP. 1:11(10) ack 1");
  c.out(". 1:1(0) ack 12");
  c.accept();
  c.receive(10);
  c.expect_end_of_stream();
}

TEST(AcceptQueue, SurvivesAConnectionThatIsResetBeforeAccept) {
  Conversation c;
  const auto listener = c.listen();
  knock(c, 50001);
  complete(c, 50001);
  knock(c, 50002);
  complete(c, 50002);
  c.forget_sent();
  c.talk_to(50001);
  c.in("R 1:1(0)");
  c.expect_state(TcpState::kClosed);
  EXPECT_GE(c.layer().acceptable(listener), 1U);
}

}  // namespace
}  // namespace fourtuple::test
