// Lost SYNs and SYN-ACKs (RFC 9293 3.8.3, RFC 6298 2.1 and 5.7). [RFC9293 MUST-22]
#include <gtest/gtest.h>

#include "tests/support/conversation.hpp"

namespace fourtuple::test {
namespace {

TEST(SynTimeout, RepeatsTheSameSynWithBackoff) {  // [RFC9293 MUST-22] [RFC6298 2.1]
  Conversation c;
  c.connect();
  const auto first = c.take();
  Instant last = first.time;
  for (const Duration wait : {1s, 2s, 4s, 8s}) {
    c.advance(last + wait - 1ms - c.now());
    c.quiet();
    c.advance(2ms);
    const auto again = c.take();
    EXPECT_EQ(again.header.seq, first.header.seq);
    EXPECT_EQ(again.header.flags, first.header.flags);
    EXPECT_EQ(again.header.options.mss, first.header.options.mss);
    last = again.time;
  }
}

TEST(SynTimeout, GivesUpAfterTheConfiguredRetries) {  // [RFC9293 MUST-22]
  tcp::ConnectionOptions options;
  options.syn_retries = 2;
  Conversation c;
  c.connect(options);
  c.out("S 0:0(0) <...>");
  c.after(1s, "S 0:0(0) <...>");
  c.after(2s, "S 0:0(0) <...>");
  c.quiet_for(3900ms);
  c.expect_state(TcpState::kSynSent);
  c.quiet_for(200ms);
  c.expect_state(TcpState::kClosed);
  EXPECT_NE(c.take_readiness(Conversation::kConnectionOwner) & Readiness::kError, 0);
  c.expect_error(std::errc::timed_out);
}

TEST(SynTimeout, MayBeConnectedByALateSynAck) {
  Conversation c;
  c.connect();
  c.out("S 0:0(0) <...>");
  c.after(1s, "S 0:0(0) <...>");
  c.advance(1s);
  c.in("S. 0:0(0) ack 1 win 65535 <mss 1460>");
  c.out(". 1:1(0) ack 1");
  c.expect_state(TcpState::kEstablished);
  c.quiet_for(60s);
}

TEST(SynTimeout, GoesOnForThreeMinutesByDefault) {  // [RFC9293 MUST-23]
  Conversation c;
  c.connect();
  c.advance(180s);
  c.expect_state(TcpState::kSynSent);
  c.in("S. 0:0(0) ack 1 win 65535 <mss 1460>");
  c.expect_state(TcpState::kEstablished);
  c.ignore_rest();
}

// [RFC6298 5.7] no sample from a repeated SYN [RFC9293 MUST-18]: data begins with 3 seconds
TEST(SynTimeout, MakesTheFirstTimeoutOfDataThreeSeconds) {
  Conversation c;
  c.connect();
  c.out("S 0:0(0) <...>");
  c.after(1s, "S 0:0(0) <...>");
  c.advance(300ms);
  c.in("S. 0:0(0) ack 1 win 65535 <mss 1460>");
  c.out(". 1:1(0) ack 1");
  c.send(100);
  c.out("P. 1:101(100) ack 1");
  c.after(3s, "P. 1:101(100) ack 1");
}

// [RFC5681 3.1] a lost SYN means an initial window of one segment
TEST(SynTimeout, MakesTheInitialWindowOneSegment) {  // [RFC5681 3.1(a)]
  Conversation c;
  c.connect();
  c.out("S 0:0(0) <...>");
  c.after(1s, "S 0:0(0) <...>");
  c.in("S. 0:0(0) ack 1 win 65535 <mss 1460>");
  c.out(". 1:1(0) ack 1");
  c.send(10'000);
  c.out(". 1:1461(1460) ack 1");
  c.quiet();
}

TEST(SynAckTimeout, RepeatsTheSynAckWithBackoffAndForgets) {
  ConversationSetup setup;
  setup.config.syn_ack_retries = 3;
  Conversation c(setup);
  c.listen();
  c.in("S 0:0(0) win 65535 <mss 1460>");
  c.out("S. 0:0(0) ack 1 <mss 1460>");
  for (const Duration wait : {1s, 2s, 4s}) c.after(wait, "S. 0:0(0) ack 1 <mss 1460>");
  c.expect_state(TcpState::kSynReceived);
  c.advance(9s);
  c.expect_state(TcpState::kClosed);
  EXPECT_EQ(c.layer().connection_count(), 0U);
  c.expect_nothing_to_accept();
  c.quiet_for(60s);
}

TEST(SynAckTimeout, MakesTheFirstTimeoutOfDataThreeSeconds) {  // [RFC6298 5.7]
  Conversation c;
  c.listen();
  c.in("S 0:0(0) win 65535 <mss 1460>");
  c.out("S. 0:0(0) ack 1 <mss 1460>");
  c.after(1s, "S. 0:0(0) ack 1 <mss 1460>");
  c.advance(300ms);
  c.in(". 1:1(0) ack 1");
  c.accept();
  c.send(100);
  c.out("P. 1:101(100) ack 1");
  c.after(3s, "P. 1:101(100) ack 1");
}

TEST(SynAckTimeout, IsOverWhenTheAckComesLate) {
  Conversation c;
  c.listen();
  c.in("S 0:0(0) win 65535 <mss 1460>");
  c.out("S. 0:0(0) ack 1 <mss 1460>");
  c.after(1s, "S. 0:0(0) ack 1 <mss 1460>");
  c.in(". 1:1(0) ack 1");
  c.accept();
  c.quiet_for(60s);
}

}  // namespace
}  // namespace fourtuple::test
