// The seventh and eighth steps of 3.10.7.4: segment text and FIN, in order, out of order, overlapping and too late.
#include <algorithm>
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "tests/support/conversation.hpp"

namespace fourtuple::test {
namespace {

TEST(Text, IsDeliveredWithAndWithoutPush) {  // [RFC9293 3.10.3]
  Conversation c;
  c.establish();
  c.in(". 1:101(100) ack 1");
  EXPECT_NE(c.take_readiness(Conversation::kConnectionOwner) & Readiness::kReadable, 0);
  EXPECT_EQ(c.status().readable_bytes, 100U);
  c.receive(60);
  c.receive(40);
  c.expect_blocked();
  c.ignore_rest();
}

TEST(Text, ThatWasReceivedBeforeIsAcknowledgedAgainAtOnce) {
  Conversation c;
  c.establish();
  c.in({". 1:1461(1460) ack 1", ". 1461:2921(1460) ack 1"});
  c.out(". 1:1(0) ack 2921");
  c.in(". 1:1461(1460) ack 1");
  c.out(". 1:1(0) ack 2921");
  c.receive(2920);
  c.expect_blocked();
}

TEST(Text, IsTrimmedAtTheFront) {
  Conversation c;
  c.establish();
  c.in({". 1:101(100) ack 1", ". 51:151(100) ack 1"});
  c.advance(40ms);
  c.out(". 1:1(0) ack 151");
  c.receive(150);
  c.expect_blocked();
}

TEST(Text, MayBePeekedAt) {
  Conversation c;
  c.establish();
  c.in("P. 1:101(100) ack 1");
  EXPECT_EQ(c.try_receive(30, {.peek = true}), 30U);
  EXPECT_EQ(c.try_receive(30, {.peek = true, .peek_offset = 50}), 30U);
  c.receive(100);
  c.ignore_rest();
}

TEST(Text, MayBeDiscarded) {
  Conversation c;
  c.establish();
  c.in("P. 1:101(100) ack 1");
  EXPECT_EQ(c.try_receive(30, {.discard = true}), 30U);
  c.receive(70);
  c.ignore_rest();
}

TEST(Text, AfterTheFinIsIgnored) {  // [RFC9293 3.10.7.4]
  Conversation c;
  c.establish();
  c.in("F. 1:1(0) ack 1");
  c.out(". 1:1(0) ack 2");
  c.in("P. 2:102(100) ack 1");
  c.in("P. 1:101(100) ack 1");
  c.forget_sent();
  c.expect_end_of_stream();
  c.expect_state(TcpState::kCloseWait);
}

TEST(Text, MayStillBeReadAfterReadingWasShutDown) {
  Conversation c;
  c.establish();
  c.in("P. 1:11(10) ack 1");
  const auto shut = c.call(
      [&](tcp::Layer& layer, tcp::Context& context) { return layer.shutdown_receive(c.peer().connection, context); });
  EXPECT_TRUE(shut);
  c.receive(10);
  c.expect_end_of_stream();
  c.in({". 11:1471(1460) ack 1", ". 1471:2931(1460) ack 1"});
  c.advance(40ms);
  Sent last;
  while (c.waiting() != 0) last = c.take();
  EXPECT_EQ(last.header.ack, c.peer().initial() + 2931);
  EXPECT_FALSE(last.header.flags.rst());
  c.receive(2920);
  c.expect_end_of_stream();
}

TEST(Text, IsAnsweredWithAResetWhenBothDirectionsAreShutDown) {  // [RFC9293 SHLD-3]
  Conversation c;
  c.establish();
  c.call([&](tcp::Layer& layer, tcp::Context& context) {
    (void)layer.shutdown_send(c.peer().connection, context);
    return layer.shutdown_receive(c.peer().connection, context);
  });
  c.out("F. 1:1(0) ack 1");
  c.in("P. 1:11(10) ack 2");
  c.out_reset(2);
  c.expect_state(TcpState::kClosed);
}

TEST(FinArrives, AgainAndIsAcknowledgedAgain) {
  Conversation c;
  c.establish();
  c.in("F. 1:1(0) ack 1");
  c.out(". 1:1(0) ack 2");
  c.in("F. 1:1(0) ack 1");
  c.out(". 1:1(0) ack 2");
  c.expect_state(TcpState::kCloseWait);
}

TEST(FinArrives, BehindDataThatIsRepeated) {
  Conversation c;
  c.establish();
  c.in("P. 1:101(100) ack 1");
  c.in("FP. 1:151(150) ack 1");
  c.out(". 1:1(0) ack 152");
  c.receive(150);
  c.expect_end_of_stream();
}

TEST(FinArrives, BehindAGapAndCountsWhenTheGapIsFilled) {
  Conversation c;
  c.establish();
  c.in("F. 101:201(100) ack 1");
  c.out(". 1:1(0) ack 1");
  c.expect_state(TcpState::kEstablished);
  c.expect_blocked();
  c.in("P. 1:101(100) ack 1");
  c.out(". 1:1(0) ack 202");
  c.expect_state(TcpState::kCloseWait);
  c.receive(200);
  c.expect_end_of_stream();
}

TEST(FinArrives, AloneBehindAGap) {
  Conversation c;
  c.establish();
  c.in("F. 101:101(0) ack 1");
  c.out(". 1:1(0) ack 1");
  c.expect_state(TcpState::kEstablished);
  c.in("P. 1:101(100) ack 1");
  c.advance(40ms);
  c.forget_sent();
  c.in("F. 101:101(0) ack 1");
  c.out(". 1:1(0) ack 102");
  c.receive(100);
  c.expect_end_of_stream();
}

// The FIN's own number lies behind octets that had to be cut off: it has not arrived.
TEST(FinArrives, OnASegmentThatRunsOutOfTheWindowAndDoesNotCount) {
  tcp::ConnectionOptions options;
  options.receive_buffer_bytes = 4000;
  Conversation c;
  c.listen(16, options);
  c.in("S 0:0(0) win 65535 <mss 1460>");
  const int window = c.take().header.window;
  c.in(". 1:1(0) ack 1");
  c.accept();
  int seq = 1;
  for (; seq + 1000 <= window; seq += 1000) c.in(fmt::format(". {}:{}(1000) ack 1", seq, seq + 1000));
  c.in(fmt::format("F. {}:{}(1000) ack 1", seq, seq + 1000));
  c.advance(100ms);
  c.expect_state(TcpState::kEstablished);
  c.forget_sent();
  const auto readable = c.status().readable_bytes;
  c.receive(readable);
  c.expect_blocked();
  c.forget_sent();
  c.in(fmt::format("F. {}:{}(1000) ack 1", seq, seq + 1000));
  c.expect_state(TcpState::kCloseWait);
  c.receive(static_cast<std::size_t>(seq) + 999 - readable);
  c.expect_end_of_stream();
  c.ignore_rest();
}

TEST(FinArrives, WhileTheWindowIsClosedAndIsTakenAtTheNextNumber) {
  tcp::ConnectionOptions options;
  options.receive_buffer_bytes = 2000;
  Conversation c;
  c.listen(16, options);
  c.in("S 0:0(0) win 65535 <mss 1460>");
  const int window = c.take().header.window;
  c.in(". 1:1(0) ack 1");
  c.accept();
  for (int seq = 1; seq <= window; seq += 1000) {
    const int length = std::min(1000, window + 1 - seq);
    c.in(fmt::format(". {}:{}({}) ack 1", seq, seq + length, length));
  }
  c.advance(100ms);
  c.forget_sent();
  c.in(fmt::format("F. {0}:{0}(0) ack 1", window + 1));
  c.advance(100ms);
  c.forget_sent();
  // Some take a bare FIN at RCV.NXT at once, RFC 9293's table refuses it until the window opens: both end well.
  c.receive(static_cast<std::size_t>(window));
  c.forget_sent();
  c.in(fmt::format("F. {0}:{0}(0) ack 1", window + 1));
  c.expect_state(TcpState::kCloseWait);
  c.expect_end_of_stream();
  c.ignore_rest();
}

}  // namespace
}  // namespace fourtuple::test
