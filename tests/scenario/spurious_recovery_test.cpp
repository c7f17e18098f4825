// Recoveries for nothing: how the sender finds out that its segments were only late, and takes the reduction back
// (RFC 4015, RFC 3522, RFC 3708, RFC 5682).
#include <gtest/gtest.h>

#include "tests/support/conversation.hpp"

namespace fourtuple::test {
namespace {

// Ten segments of 1000 octets are in flight; the round trip takes 20 ms, so the timeout comes after 220 ms.
void send_ten(Conversation& c, std::string_view syn_options, std::size_t octets = 10'000) {
  c.listen();
  c.in("S 0:0(0) win 65535 " + std::string(syn_options));
  (void)c.take();
  c.advance(20ms);
  c.in(syn_options.find("TS") == std::string_view::npos ? ". 1:1(0) ack 1" : ". 1:1(0) ack 1 <TS val 1 ecr 0>");
  c.accept();
  c.send(octets);
  for (int i = 0; i < 10; ++i) (void)c.take();
  c.quiet();
}

std::uint64_t window(Conversation& c) { return c.info().congestion_window_bytes; }

TEST(SpuriousTimeout, IsKnownByTheTimestampThatAnswersTheOriginal) {  // [RFC3522 3.2] [RFC4015 3.2]
  Conversation c;
  send_ten(c, "<mss 1000,TS val 0 ecr 0>");
  const std::uint64_t before = window(c);
  c.advance(220ms);
  (void)c.take();  // the first segment again
  EXPECT_EQ(window(c), c.info().send_mss);
  c.in(". 1:1(0) ack 989 <TS val 230 ecr 20>");  // sent at 20 ms: the original
  EXPECT_GE(window(c), before);
  EXPECT_EQ(c.info().slow_start_threshold_bytes, UINT64_MAX);
  EXPECT_EQ(c.layer().counters().spurious_recoveries, 1U);
  c.out("P. 9881:10001(120) ack 1 <TS val * ecr 230>");
  c.quiet();
  c.in(". 1:1(0) ack 9881 <TS val 231 ecr 20>");
  c.quiet();
  c.in(". 1:1(0) ack 10001 <TS val 251 ecr 260>");
  c.quiet_for(10s);
}

TEST(SpuriousTimeout, IsNotBelievedWhenTheTimestampAnswersTheRepetition) {  // [RFC3522 3.2]
  Conversation c;
  send_ten(c, "<mss 1000,TS val 0 ecr 0>");
  c.advance(220ms);
  (void)c.take();
  c.advance(20ms);
  c.in(". 1:1(0) ack 989 <TS val 270 ecr 240>");
  EXPECT_EQ(c.layer().counters().spurious_recoveries, 0U);
  EXPECT_LE(window(c), 2U * c.info().send_mss);
  c.ignore_rest();
}

TEST(SpuriousTimeout, IsKnownByOriginalsThatGoOnArriving) {  // F-RTO [RFC5682 2.1]
  Conversation c;
  send_ten(c, "<mss 1000>", 14'000);
  const std::uint64_t before = window(c);
  c.advance(220ms);
  c.out(". 1:1001(1000) ack 1");
  c.in(". 1:1(0) ack 1001");
  c.out(". 10001:11001(1000) ack 1");  // new ones instead of repetitions
  c.out(". 11001:12001(1000) ack 1");
  c.quiet();
  c.in(". 1:1(0) ack 2001");  // the second was never sent again: it is the original that arrived
  EXPECT_EQ(c.layer().counters().spurious_recoveries, 1U);
  EXPECT_GE(window(c), before);
  c.out(". 12001:13001(1000) ack 1");
  c.in(". 1:1(0) ack 13001");
  c.out("P. 13001:14001(1000) ack 1");
  c.in(". 1:1(0) ack 14001");
  c.quiet_for(10s);
}

TEST(SpuriousTimeout, IsNoneWhenTheNextAckIsADuplicate) {  // [RFC5682 2.1]
  Conversation c;
  send_ten(c, "<mss 1000>", 14'000);
  c.advance(220ms);
  c.out(". 1:1001(1000) ack 1");
  c.in(". 1:1(0) ack 1001");
  c.out(". 10001:11001(1000) ack 1");
  c.out(". 11001:12001(1000) ack 1");
  c.in(". 1:1(0) ack 1001");
  EXPECT_EQ(c.layer().counters().spurious_recoveries, 0U);
  c.out(". 1001:2001(1000) ack 1");  // conventional recovery
  c.ignore_rest();
}

TEST(SpuriousTimeout, IsKnownAtOnceWhenAnOriginalIsSacked) {  // [RFC5682 3.1]
  Conversation c;
  send_ten(c, "<mss 1000,sackOK>");
  c.advance(300ms);  // a tail-loss probe has put the timeout off
  c.forget_sent();
  EXPECT_EQ(c.layer().counters().timeouts, 1U);
  c.in(". 1:1(0) ack 1 <sack 1001:2001>");
  EXPECT_EQ(c.layer().counters().spurious_recoveries, 1U);
  c.ignore_rest();
}

TEST(SpuriousTimeout, IsNotSuspectedWhenItRepeatsItself) {  // [RFC5682 2.1]
  Conversation c;
  send_ten(c, "<mss 1000>", 14'000);
  c.advance(220ms);
  c.out(". 1:1001(1000) ack 1");
  c.advance(440ms);
  c.out(". 1:1001(1000) ack 1");
  c.in(". 1:1(0) ack 1001");
  c.out(". 1001:2001(1000) ack 1");
  c.ignore_rest();
}

TEST(SpuriousRecovery, IsTakenBackWhenEveryRepetitionCameTwice) {  // [RFC3708 3] [RFC2883 5.1]
  Conversation c;
  send_ten(c, "<mss 1000,sackOK>");
  const std::uint64_t before = window(c);
  c.advance(20ms);
  c.in(". 1:1(0) ack 1 <sack 1001:4001>");
  c.out(". 1:1001(1000) ack 1");
  EXPECT_LT(window(c), before);
  c.in(". 1:1(0) ack 10001");                // the first was only late
  c.in(". 1:1(0) ack 10001 <sack 1:1001>");  // and here is the repetition
  EXPECT_EQ(c.layer().counters().spurious_recoveries, 1U);
  EXPECT_GE(window(c), before);
  c.quiet_for(10s);
}

TEST(SpuriousRecovery, MakesTheSenderWaitLongerForTheNextLateSegment) {  // [RFC8985 6.2]
  Conversation c;
  send_ten(c, "<mss 1000,sackOK>");
  c.advance(20ms);
  c.in(". 1:1(0) ack 1 <sack 1001:4001>");
  c.out(". 1:1001(1000) ack 1");
  c.in(". 1:1(0) ack 10001");
  c.in(". 1:1(0) ack 10001 <sack 1:1001>");
  c.send(5000);
  for (int i = 0; i < 5; ++i) (void)c.take();
  c.advance(20ms);
  c.in(". 1:1(0) ack 10001 <sack 11001:14001>");
  c.quiet_for(9ms);  // two quarters of the round trip instead of none
  c.advance(2ms);
  c.out(". 10001:11001(1000) ack 1");
  c.ignore_rest();
}

// Eight of ten segments are acknowledged, then silence: the tenth goes again. Answers the window before that.
std::uint64_t probe_the_tail(Conversation& c) {
  send_ten(c, "<mss 1000,sackOK>");
  c.advance(20ms);
  c.in(". 1:1(0) ack 8001");
  const std::uint64_t before = window(c);
  c.advance(45ms);
  c.out("P. 9001:10001(1000) ack 1");
  return before;
}

void send_one_more(Conversation& c) {
  c.send(1000);
  c.out("P. 10001:11001(1000) ack 1");
  c.in(". 1:1(0) ack 11001");
}

TEST(TailLossProbe, ThatFilledAHoleCountsAsALoss) {  // [RFC8985 7.4]
  Conversation c;
  const std::uint64_t before = probe_the_tail(c);
  c.in(". 1:1(0) ack 10001");
  send_one_more(c);
  EXPECT_LT(window(c), before);
  c.quiet_for(10s);
}

TEST(TailLossProbe, ThatCameTwiceCostsNothing) {  // [RFC8985 7.4]
  Conversation c;
  const std::uint64_t before = probe_the_tail(c);
  c.in(". 1:1(0) ack 10001");
  c.in(". 1:1(0) ack 10001 <sack 9001:10001>");
  send_one_more(c);
  EXPECT_GE(window(c), before);
  c.quiet_for(10s);
}

// Half of a window is lost: the other half's ACKs let repetitions go evenly, and the flight ends at the threshold.
TEST(ProportionalRate, SendsAsTheNetworkDelivers) {  // [RFC9937 6.1, 6.2, 6.3]
  Conversation c;
  send_ten(c, "<mss 1000,sackOK>", 30'000);
  c.advance(20ms);
  c.in(". 1:1(0) ack 1 <sack 1001:4001>");
  c.out(". 1:1001(1000) ack 1");
  int sent = 1;
  for (std::int64_t right = 5001; right <= 10'001; right += 1000) {
    c.in(". 1:1(0) ack 1 <sack 1001:" + std::to_string(right) + ">");
    while (c.waiting() != 0) {
      (void)c.take();
      ++sent;
    }
  }
  EXPECT_EQ(sent, 5);  // nine were delivered, half as many left
  EXPECT_EQ(c.info().slow_start_threshold_bytes, 5000U);
  c.in(". 1:1(0) ack 10001");
  EXPECT_EQ(window(c), 5000U);
  c.ignore_rest();
}

}  // namespace
}  // namespace fourtuple::test
