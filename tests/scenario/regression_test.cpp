// What reading the engine once found, as conversations: each of these failed before it was mended.
#include <gtest/gtest.h>

#include "tests/support/conversation.hpp"

namespace fourtuple::test {
namespace {

using Kind = tcp::NetworkReport::Kind;

// The report marked data lost and sent it again at once; the ACK behind it freed what the outbox still pointed to.
TEST(PacketTooBig, ReportedBeforeTheAckOfTheSameDataInOneBatchSendsNothingFreed) {
  Conversation c;
  c.establish();
  c.send(2920);
  c.out(". 1:1461(1460) ack 1");
  c.out("P. 1461:2921(1460) ack 1");
  const SeqNum quoted = c.peer().our_initial() + 1;
  const FourTuple name = c.peer().name();
  c.call([&](tcp::Layer& layer, tcp::Context& context) {
    layer.report(name, {Kind::kPacketTooBig, {}, 1000, quoted}, context);
    EXPECT_TRUE(context.out.segments.empty());
    layer.end_batch(context);
  });
  EXPECT_LE(c.take().payload.size(), 1000U);
  c.ignore_rest();
}

// The timer of RACK sent, then the user timeout ended the connection in the same late poll.
TEST(LatePoll, ThatEndsTheConnectionTakesItsTextOutOfTheOutbox) {
  tcp::ConnectionOptions options;
  options.user_timeout = 1s;
  Conversation c;
  c.establish("<mss 1460,sackOK>", options);
  c.send(4380);
  c.out(". 1:1461(1460) ack 1");
  c.out(". 1461:2921(1460) ack 1");
  c.out("P. 2921:4381(1460) ack 1");
  c.in(". 1:1(0) ack 1 <sack 1461:2921>");
  c.call([&](tcp::Layer& layer, tcp::Context& context) {
    tcp::Context late{context.now + 2s, context.random, context.trace, context.out};
    layer.advance(late);
    for (const auto& segment : late.out.segments) EXPECT_EQ(segment.piece_count, 0);
  });
  c.expect_state(TcpState::kClosed);
  c.ignore_rest();
}

TEST(WindowClamp, BelowOneSegmentOpensAgain) {
  tcp::ConnectionOptions options;
  options.window_clamp = 1152;
  Conversation c;
  c.establish("<mss 1460>", options);
  c.in("P. 1:1153(1152) ack 1");
  c.after(40ms, ". 1:1(0) ack 1153 win 1152");
  c.in("P. 1153:2305(1152) ack 1");
  c.after(40ms, ". 1:1(0) ack 2305 win 1152");
  c.receive(2304);
}

TEST(UserTimeout, CountsFromWhenDataBeganToWaitNotFromTheLastAck) {
  tcp::ConnectionOptions options;
  options.user_timeout = 30s;
  Conversation c;
  c.establish("<mss 1460>", options);
  c.advance(60s);
  c.shutdown();
  c.out("F. 1:1(0) ack 1");
  c.advance(10s);
  c.expect_state(TcpState::kFinWait1);
  c.ignore_rest();
}

TEST(UserTimeout, EndsAClosedWindowToo) {
  tcp::ConnectionOptions options;
  options.user_timeout = 10s;
  Conversation c;
  c.establish("<mss 1460>", options, 0);
  c.send(100);
  c.advance(16s);
  c.expect_state(TcpState::kClosed);
  c.ignore_rest();
}

TEST(UserTimeout, DoesNotHurrySyns) {
  tcp::ConnectionOptions options;
  options.user_timeout = 2500ms;
  Conversation c;
  c.connect(options);
  c.advance(10s);
  EXPECT_LE(c.waiting(), 3U);
  c.expect_error(std::errc::timed_out);
  c.ignore_rest();
}

TEST(SendBuffer, ThatGrowsWakesTheWriter) {
  tcp::ConnectionOptions options;
  options.send_buffer_bytes = 4096;
  Conversation c;
  c.establish("<mss 1460>", options);
  c.send(4096);
  (void)c.take_readiness(Conversation::kConnectionOwner);
  options.send_buffer_bytes = 65536;
  c.set_options(options);
  EXPECT_NE(c.take_readiness(Conversation::kConnectionOwner) & Readiness::kWritable, 0);
  c.ignore_rest();
}

// [RFC9293 MUST-18]
TEST(RoundTrip, IsNotTimedWithARepeatedSyn) {
  Conversation c;
  c.listen();
  c.in("S 0:0(0) win 65535 <mss 1460>");
  c.out("S. 0:0(0) ack 1 <...>");
  c.after(1s, "S. 0:0(0) ack 1 <...>");
  c.advance(20ms);
  c.in(". 1:1(0) ack 1");
  c.accept();
  EXPECT_EQ(c.info().smoothed_rtt, Duration::zero());
}

// [RFC5681 3.1(b)]
TEST(RetransmissionTimeout, InFastRecoveryReducesTheThresholdOnlyOnce) {
  Conversation c;
  c.establish();
  c.send(14600);
  c.forget_sent();
  c.in({". 1:1(0) ack 1", ". 1:1(0) ack 1", ". 1:1(0) ack 1"});
  const auto threshold = c.info().slow_start_threshold_bytes;
  c.advance(300ms);
  EXPECT_EQ(c.info().slow_start_threshold_bytes, threshold);
  c.ignore_rest();
}

TEST(Orphan, WhoseWindowStaysClosedEndsThoughThePeerAnswers) {  // [RFC6429 5]
  Conversation c;
  c.establish("<mss 1460>", Conversation::kNoOptions, 0);
  c.send(100);
  c.close();
  for (int i = 0; i < 4000 && c.state() != TcpState::kClosed; ++i) {
    c.advance(1s);
    if (c.waiting() == 0) continue;
    c.forget_sent();
    c.in(". 1:1(0) ack 1 win 0");
  }
  c.expect_state(TcpState::kClosed);
  c.ignore_rest();
}

TEST(TimeWait, StaysWhereNobodyListensForTheNewSyn) {
  Conversation c;
  c.establish();
  c.close_listener();
  c.shutdown();
  c.out("F. 1:1(0) ack 1");
  c.in("F. 1:1(0) ack 2");
  c.out(". 2:2(0) ack 2");
  c.expect_state(TcpState::kTimeWait);
  c.in("S 5000:5000(0) win 65535");
  c.expect_state(TcpState::kTimeWait);
  c.ignore_rest();
}

// Found by fuzzing: the path shrank while SACK blocks took room from every segment, and the congestion window was
// counted in those smaller segments ever after.
TEST(CongestionWindow, IsCountedInSegmentsWithoutSackBlocks) {
  Conversation c;
  c.establish("<mss 1460,sackOK>");
  c.send(3000);
  c.in(". 1001:2001(1000) ack 1");
  c.report(tcp::NetworkReport::Kind::kPacketTooBig, {}, 1, 100);
  c.advance(std::chrono::seconds(2));
  c.in("P. 1:1001(1000) ack 1");
  EXPECT_EQ(c.info().send_mss, 100U);
  EXPECT_GE(c.info().congestion_window_bytes, 100U);
  c.ignore_rest();
}

}  // namespace
}  // namespace fourtuple::test
