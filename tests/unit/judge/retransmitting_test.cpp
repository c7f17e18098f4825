#include <gtest/gtest.h>

#include "tests/unit/judge/trace_maker.hpp"

namespace fourtuple::judge {
namespace {

using test::judged_by;
using test::Trace;

// The round trip is 100 ms. SACK is not agreed on, so nothing may be a probe of the tail.
constexpr std::string_view kOpened = R"(
  +0    > S 0:0(0) win 65535 <mss 1460>
  +.1   < S. 0:0(0) ack 1 win 65535 <mss 1000>
  +0    > . 1:1(0) ack 1 win 65535
)";

std::string opened_and(std::string_view rule, std::string_view script) {
  return judged_by(rule, std::string(kOpened) + std::string(script));
}

TEST(RetransmissionIsNotEarly, IsSilentAfterATimeoutAndAfterDuplicateAcks) {  // [RFC6298 5]
  EXPECT_EQ(opened_and("retransmission-is-not-early", R"(
    +0    > . 1:1001(1000) ack 1 win 65535
    +0    > . 1001:2001(1000) ack 1 win 65535
    +.01  < . 1:1(0) ack 1 win 65535
    +.01  > . 1:1001(1000) ack 1 win 65535
    +1    > . 1:1001(1000) ack 1 win 65535
  )"),
            "");
}

TEST(RetransmissionIsNotEarly, FindsOneWithinARoundTrip) {  // [RFC6298 5]
  EXPECT_EQ(opened_and("retransmission-is-not-early", R"(
    +0    > P. 1:1001(1000) ack 1 win 65535
    +.03  > P. 1:1001(1000) ack 1 win 65535
  )"),
            "#4: sends 1..1001 again after 30 ms, though no answer has ever come in less than 100 ms");
}

TEST(RetransmissionIsNotEarly, IsSilentWhereATimerRanOutThatNoRepetitionHadStartedAnew) {  // [RFC6298 5]
  EXPECT_EQ(opened_and("retransmission-is-not-early", R"(
    +0     > . 1:1001(1000) ack 1 win 65535
    +0     > . 1001:2001(1000) ack 1 win 65535
    +.09   < . 1:1(0) ack 1 win 65535
    +0     > . 1:1001(1000) ack 1 win 65535
    +.0299 > P. 2001:2101(100) ack 1 win 65535
    +.0001 > . 1:1001(1000) ack 1 win 65535
    +0     > P. 2001:2101(100) ack 1 win 65535
  )"),
            "");
}

TEST(RetransmissionIsNotEarly, FindsOneThatNothingHadAskedFor) {
  EXPECT_EQ(opened_and("retransmission-is-not-early", R"(
    +0     > P. 1:101(100) ack 1 win 65535
    +.0002 > P. 1:101(100) ack 1 win 65535
  )"),
            "#4: sends 1..101 again at once, and nothing had asked for it");
}

TEST(RetransmissionIsNotEarly, IsSilentWhereAnythingWasHeardThatMayHaveShownALoss) {
  EXPECT_EQ(opened_and("retransmission-is-not-early", R"(
    +0     > P. 1:101(100) ack 1 win 65535
    +0     > P. 101:201(100) ack 1 win 65535
    +.0001 < . 1:1(0) ack 101 win 65535
    +.0001 > P. 101:201(100) ack 1 win 65535
  )"),
            "");
}

TEST(RetransmissionIsNotEarly, IsSilentWhereADuplicateAckAsked) {
  EXPECT_EQ(opened_and("retransmission-is-not-early", R"(
    +0     > P. 1:101(100) ack 1 win 65535
    +.0001 < . 1:1(0) ack 1 win 65535
    +.0001 > P. 1:101(100) ack 1 win 65535
  )"),
            "");
}

TEST(RetransmissionIsNotEarly, IsSilentWhereTheSegmentIsCutAnew) {
  EXPECT_EQ(opened_and("retransmission-is-not-early", R"(
    +0    > P. 1:1001(1000) ack 1 win 65535
    +.03  > . 1:501(500) ack 1 win 65535
  )"),
            "");  // ICMP may have asked for it
}

TEST(TimeoutIsASecond, IsSilentAfterASecond) {  // [RFC6298 2.4]
  EXPECT_EQ(opened_and("timeout-is-a-second", R"(
    +0    > P. 1:1001(1000) ack 1 win 65535
    +1    > P. 1:1001(1000) ack 1 win 65535
  )"),
            "");
}

TEST(TimeoutIsASecond, FindsAShorterOneOnce) {  // [RFC6298 2.4]
  EXPECT_EQ(opened_and("timeout-is-a-second", R"(
    +0    > P. 1:1001(1000) ack 1 win 65535
    +.3   > P. 1:1001(1000) ack 1 win 65535
    +.6   > P. 1:1001(1000) ack 1 win 65535
  )"),
            "#4: times out after 300 ms");
}

TEST(TimeoutIsASecond, IsSilentAboutFastRetransmissionAndWhatFollowsIt) {
  EXPECT_EQ(opened_and("timeout-is-a-second", R"(
    +0    > . 1:1001(1000) ack 1 win 65535
    +0    > . 1001:2001(1000) ack 1 win 65535
    +0    > . 2001:3001(1000) ack 1 win 65535
    +.1   < . 1:1(0) ack 1 win 65535
    +0    > . 1:1001(1000) ack 1 win 65535
    +.1   < . 1:1(0) ack 1001 win 65535
    +0    > . 1001:2001(1000) ack 1 win 65535
  )"),
            "");
}

TEST(TimeoutIsASecond, TakesTheFirstRepetitionOfTheTailForAProbeWhereSackIsUsed) {
  constexpr std::string_view kWithSack = R"(
    +0    > S 0:0(0) win 65535 <mss 1460,sackOK>
    +.1   < S. 0:0(0) ack 1 win 65535 <mss 1000,sackOK>
    +0    > . 1:1(0) ack 1 win 65535
    +0    > P. 1:101(100) ack 1 win 65535
    +.2   > P. 1:101(100) ack 1 win 65535
  )";
  EXPECT_EQ(judged_by("timeout-is-a-second", kWithSack), "");
  EXPECT_EQ(judged_by("timeout-is-a-second", std::string(kWithSack) + "+.3 > P. 1:101(100) ack 1 win 65535"),
            "#5: times out after 300 ms");
}

TEST(BackOffDoubles, IsSilentWhereItDoes) {  // [RFC6298 5.5]
  EXPECT_EQ(opened_and("back-off-doubles", R"(
    +0    > P. 1:101(100) ack 1 win 65535
    +1    > P. 1:101(100) ack 1 win 65535
    +2    > P. 1:101(100) ack 1 win 65535
    +4    > P. 1:101(100) ack 1 win 65535
    +8    > P. 1:101(100) ack 1 win 65535
  )"),
            "");
}

TEST(BackOffDoubles, FindsEqualWaits) {  // [RFC6298 5.5]
  EXPECT_EQ(opened_and("back-off-doubles", R"(
    +0    > P. 1:101(100) ack 1 win 65535
    +1    > P. 1:101(100) ack 1 win 65535
    +1    > P. 1:101(100) ack 1 win 65535
    +1    > P. 1:101(100) ack 1 win 65535
  )"),
            "#6: times out after 1 s, and had waited 1 s before");
}

TEST(BackOffDoubles, BeginsAnewWhenSomethingIsHeard) {
  EXPECT_EQ(opened_and("back-off-doubles", R"(
    +0    > P. 1:101(100) ack 1 win 65535
    +1    > P. 1:101(100) ack 1 win 65535
    +2    > P. 1:101(100) ack 1 win 65535
    +.1   < P. 1:11(10) ack 1 win 65535
    +1    > P. 1:101(100) ack 11 win 65535
  )"),
            "");
}

TEST(UnacknowledgedDataIsRepeated, IsSilentWhereItIs) {  // [RFC6298 5.4]
  EXPECT_EQ(opened_and("unacknowledged-data-is-repeated", R"(
    +0    > P. 1:101(100) ack 1 win 65535
    +1    > P. 1:101(100) ack 1 win 65535
    +30   > P. 101:201(100) ack 1 win 65535
  )"),
            "");
}

TEST(UnacknowledgedDataIsRepeated, FindsWhatIsForgotten) {  // [RFC6298 5.4]
  EXPECT_EQ(opened_and("unacknowledged-data-is-repeated", R"(
    +0    > P. 1:101(100) ack 1 win 65535
    +30   > P. 101:201(100) ack 1 win 65535
  )"),
            "#4: has not repeated 1 for 30 s, although nobody has acknowledged it");
}

TEST(UnacknowledgedDataIsRepeated, FindsAForgottenFinAtTheEnd) {
  EXPECT_EQ(opened_and("unacknowledged-data-is-repeated", "+0 > F. 1:1(0) ack 1 win 65535"),
            "#4: has not repeated 1 for 600 s, although nobody has acknowledged it");
}

TEST(UnacknowledgedDataIsRepeated, ExpectsNothingOfAHostThatMayHaveVanished) {
  Trace trace(std::string(kOpened) + "+0 > F. 1:1(0) ack 1 win 65535");
  trace.circumstances.order_is_exact = false;
  EXPECT_EQ(judged_by("unacknowledged-data-is-repeated", trace), "");
}

TEST(AcknowledgedIsNotRepeated, IsSilentAboutAKeepAliveWithAnOctet) {  // [RFC9293 3.10.7.4]
  EXPECT_EQ(opened_and("acknowledged-is-not-repeated", R"(
    +0    > P. 1:101(100) ack 1 win 65535
    +.1   < . 1:1(0) ack 101 win 65535
    +100  > . 100:101(1) ack 1 win 65535
  )"),
            "");
}

TEST(AcknowledgedIsNotRepeated, FindsWhatHadBeenAcknowledged) {  // [RFC9293 3.10.7.4]
  EXPECT_EQ(opened_and("acknowledged-is-not-repeated", R"(
    +0    > P. 1:101(100) ack 1 win 65535
    +.1   < . 1:1(0) ack 101 win 65535
    +1    > P. 1:101(100) ack 1 win 65535
  )"),
            "#5: sends 1..101 again, and had been told 101 long before");
}

TEST(FirstSynTimeoutIsASecond, IsSilentAfterASecond) {  // [RFC6298 2.1]
  EXPECT_EQ(judged_by("first-syn-timeout-is-a-second", R"(
    +0    > S 0:0(0) win 65535
    +1    > S 0:0(0) win 65535
  )"),
            "");
}

TEST(FirstSynTimeoutIsASecond, FindsAShorterOne) {  // [RFC6298 2.1]
  EXPECT_EQ(judged_by("first-syn-timeout-is-a-second", R"(
    +0    > S 0:0(0) win 65535
    +.2   > S 0:0(0) win 65535
  )"),
            "#1: repeats its SYN after 200 ms");
}

TEST(FirstSynTimeoutIsASecond, LetsASynAckAnswerASynThatComesAgain) {
  EXPECT_EQ(judged_by("first-syn-timeout-is-a-second", R"(
    +0    < S 0:0(0) win 65535
    +0    > S. 0:0(0) ack 1 win 65535
    +.2   < S 0:0(0) win 65535
    +0    > S. 0:0(0) ack 1 win 65535
  )"),
            "");
}

constexpr std::string_view kEqualSyns = R"(
  +0    > S 0:0(0) win 65535
  +1    > S 0:0(0) win 65535
  +1    > S 0:0(0) win 65535
)";

TEST(SynBackOffDoubles, IsSilentWhereItDoes) {  // [RFC9293 MUST-22]
  EXPECT_EQ(judged_by("syn-back-off-doubles", R"(
    +0    > S 0:0(0) win 65535
    +1    > S 0:0(0) win 65535
    +2    > S 0:0(0) win 65535
    +4    > S 0:0(0) win 65535
  )"),
            "");
}

TEST(SynBackOffDoubles, FindsEqualWaits) {  // [RFC9293 MUST-22]
  EXPECT_EQ(judged_by("syn-back-off-doubles", kEqualSyns), "#2: repeats its SYN after 1 s, and had waited 1 s before");
}

TEST(SynBackOffDoubles, SuspectsALostCopyWhereTheCaptureWasTakenElsewhere) {
  Trace trace("+0 > S 0:0(0) win 65535\n+3 > S 0:0(0) win 65535\n+4 > S 0:0(0) win 65535");
  EXPECT_NE(judged_by("syn-back-off-doubles", trace), "");
  trace.circumstances.is_near = false;
  EXPECT_EQ(judged_by("syn-back-off-doubles", trace), "");
}

TEST(SynIsRepeatedForThreeMinutes, IsSilentWhereItIs) {  // [RFC9293 MUST-23]
  EXPECT_EQ(judged_by("syn-is-repeated-for-three-minutes", R"(
    +0  connect()
    +0  > S 0:0(0) win 65535
    +1  > S 0:0(0) win 65535
    +2  > S 0:0(0) win 65535
    +4  > S 0:0(0) win 65535
    +8  > S 0:0(0) win 65535
    +16 > S 0:0(0) win 65535
    +32 > S 0:0(0) win 65535
    +64 > S 0:0(0) win 65535
  )"),
            "");
}

TEST(SynIsRepeatedForThreeMinutes, FindsAnEarlyEnd) {  // [RFC9293 MUST-23]
  const std::string early = "+0 connect()\n+0 > S 0:0(0) win 100\n+1 > S 0:0(0) win 100\n+2 > S 0:0(0) win 100\n";
  EXPECT_EQ(judged_by("syn-is-repeated-for-three-minutes", early), "#3: gives up opening after 7 s at most");
  EXPECT_EQ(judged_by("syn-is-repeated-for-three-minutes", early + "+1 close()"), "");  // the application may
}

}  // namespace
}  // namespace fourtuple::judge
