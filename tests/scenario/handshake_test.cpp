// How connections begin (RFC 9293 3.5, 3.10.1, 3.10.7.2, 3.10.7.3).
#include <gtest/gtest.h>

#include "tests/support/conversation.hpp"

namespace fourtuple::test {
namespace {

TEST(PassiveOpen, AnswersSynWithSynAckAndWaitsForTheAck) {  // [RFC9293 3.5, 3.10.7.2]
  Conversation c;
  c.listen();
  c.expect_state(TcpState::kClosed);  // of the four-tuple: a listener is nobody's conversation
  c.in("S 0:0(0) win 65535 <mss 1460>");
  c.out("S. 0:0(0) ack 1 <mss 1460>");
  c.expect_state(TcpState::kSynReceived);
  c.expect_nothing_to_accept();
  c.in(". 1:1(0) ack 1");
  c.expect_state(TcpState::kEstablished);
  c.accept();
  c.quiet();
  EXPECT_TRUE(c.status().ever_synchronized);
}

TEST(PassiveOpen, TellsTheListenerThatAConnectionWaits) {
  Conversation c;
  c.listen();
  c.in("S 0:0(0) win 65535 <mss 1460>");
  c.out("S. 0:0(0) ack 1 <mss 1460>");
  EXPECT_EQ(c.take_readiness(Conversation::kListenerOwner) & Readiness::kReadable, 0);
  c.in(". 1:1(0) ack 1");
  EXPECT_NE(c.take_readiness(Conversation::kListenerOwner) & Readiness::kReadable, 0);
}

TEST(PassiveOpen, TakesDataThatComesWithTheLastHandshakeSegment) {
  Conversation c;
  c.listen();
  c.in("S 0:0(0) win 65535 <mss 1460>");
  c.out("S. 0:0(0) ack 1 <mss 1460>");
  c.in("P. 1:11(10) ack 1");
  c.accept();
  c.receive(10);
  c.ignore_rest();
}

// RFC 9293 3.10.7.2: data on a SYN may be queued, or be asked for again; it is neither lost nor delivered early.
TEST(PassiveOpen, LosesNoDataThatCameOnTheSyn) {
  Conversation c;
  c.listen();
  c.in("S 0:10(10) win 65535 <mss 1460>");
  const auto answer = c.take();
  EXPECT_TRUE(answer.header.flags.syn());
  c.in("P. 1:11(10) ack 1");
  c.accept();
  c.receive(10);
  c.ignore_rest();
}

// The SYN-ACK was lost: it is repeated, or an ACK tells where we are (RFC 9293 3.10.7.4 first step).
TEST(PassiveOpen, SurvivesARepeatedSyn) {
  Conversation c;
  c.listen();
  c.in("S 0:0(0) win 65535 <mss 1460>");
  c.out("S. 0:0(0) ack 1 <mss 1460>");
  c.advance(500ms);
  c.in("S 0:0(0) win 65535 <mss 1460>");
  const auto answer = c.take();
  EXPECT_TRUE(answer.header.flags.ack());
  EXPECT_EQ(answer.header.ack, c.peer().initial() + 1);
  EXPECT_FALSE(answer.header.flags.rst());
  c.expect_state(TcpState::kSynReceived);
  c.in(". 1:1(0) ack 1");
  c.expect_state(TcpState::kEstablished);
}

// [RFC9293 MUST-11] SYN-RECEIVED remembers that it came from LISTEN: nobody is told, and the listener goes on.
TEST(PassiveOpen, ForgetsAnOpeningThatThePeerResets) {
  Conversation c;
  c.listen();
  c.in("S 0:0(0) win 65535 <mss 1460>");
  c.out("S. 0:0(0) ack 1 <mss 1460>");
  c.in("R 1:1(0)");
  c.expect_state(TcpState::kClosed);
  c.expect_nothing_to_accept();
  EXPECT_EQ(c.layer().connection_count(), 0U) << "nobody holds it";
  c.begin_again();
  c.establish();
}

TEST(PassiveOpen, AcceptsAPeersFinInsteadOfTheAck) {
  Conversation c;
  c.listen();
  c.in("S 0:0(0) win 65535 <mss 1460>");
  c.out("S. 0:0(0) ack 1 <mss 1460>");
  c.in("F. 1:1(0) ack 1");
  c.out(". 1:1(0) ack 2");
  c.expect_state(TcpState::kCloseWait);
  c.accept();
  c.expect_end_of_stream();
}

// [RFC9293 MUST-11] and step 5 of 3.10.7.4: a wrong ACK in SYN-RECEIVED is answered with a reset at its number.
TEST(PassiveOpen, ResetsAWrongAckOfTheSynAck) {
  Conversation c;
  c.listen();
  c.in("S 0:0(0) win 65535 <mss 1460>");
  c.out("S. 0:0(0) ack 1 <mss 1460>");
  c.in(". 1:1(0) ack 2");
  c.out("R 2:2(0)");
  c.in(". 1:1(0) ack 0");
  c.out("R 0:0(0)");
  c.expect_nothing_to_accept();
  c.in(". 1:1(0) ack 1");
  c.expect_state(TcpState::kEstablished);
}

TEST(ActiveOpen, OffersEverythingWeSpeak) {  // [RFC9293 SHLD-5(a), MAY-3]
  Conversation c;
  c.connect();
  const auto syn = c.take();
  EXPECT_EQ(to_string(syn.header.flags), "S");
  EXPECT_EQ(syn.header.options.mss, 1460);
  EXPECT_TRUE(syn.header.options.sack_permitted);
  EXPECT_TRUE(syn.header.options.timestamps.has_value());
  EXPECT_TRUE(syn.header.options.window_scale.has_value());
  EXPECT_EQ(syn.header.ack, SeqNum{0});
  c.expect_state(TcpState::kSynSent);
}

TEST(ActiveOpen, OffersNothingThatIsSwitchedOff) {
  ConversationSetup setup;
  setup.config.timestamps = setup.config.sack = setup.config.window_scaling = false;
  Conversation c(setup);
  c.connect();
  c.out("S 0:0(0) <mss 1460>");
}

TEST(ActiveOpen, IsEstablishedByTheSynAckAndAcknowledgesIt) {  // [RFC9293 3.5, 3.10.7.3]
  Conversation c;
  c.connect();
  c.out("S 0:0(0) <mss 1460,...>");
  EXPECT_EQ(c.take_readiness(Conversation::kConnectionOwner) & Readiness::kWritable, 0);
  c.in("S. 0:0(0) ack 1 win 65535 <mss 1460>");
  c.out(". 1:1(0) ack 1");
  c.expect_state(TcpState::kEstablished);
  EXPECT_NE(c.take_readiness(Conversation::kConnectionOwner) & Readiness::kWritable, 0);
  c.send(100);
  c.out("P. 1:101(100) ack 1");
}

TEST(ActiveOpen, SendsNothingBeforeTheHandshakeIsOver) {
  Conversation c;
  c.connect();
  c.out("S 0:0(0) <...>");
  const auto early = c.try_send(100);
  c.quiet();
  c.in("S. 0:0(0) ack 1 win 65535 <mss 1460>");
  if (early) {  // queued (RFC 9293 3.10.2), as opposed to refused for now
    EXPECT_EQ(*early, 100U);
    c.maybe(". 1:1(0) ack 1");
    c.out("P. 1:101(100) ack 1");
  } else {
    EXPECT_EQ(early.error(), std::errc::operation_would_block);
    c.out(". 1:1(0) ack 1");
  }
}

TEST(ActiveOpen, RefusesASecondConnectionOfTheSameName) {
  Conversation c;
  c.connect();
  c.out("S 0:0(0) <...>");
  const auto second = c.call([&](tcp::Layer& layer, tcp::Context& context) {
    return layer.connect(c.peer().name().local, c.peer().name().remote, {}, {}, 0, context);
  });
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error(), std::errc::address_not_available);
}

}  // namespace
}  // namespace fourtuple::test
