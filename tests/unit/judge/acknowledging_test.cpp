#include <gtest/gtest.h>

#include "tests/unit/judge/trace_maker.hpp"

namespace fourtuple::judge {
namespace {

using test::judged_by;
using test::Trace;

// The endpoint is called; full segments of the peer carry 1000 octets.
constexpr std::string_view kCalled = R"(
  +0    < S 0:0(0) win 65535 <mss 1460,sackOK>
  +0    > S. 0:0(0) ack 1 win 8000 <mss 1000,sackOK>
  +.01  < . 1:1(0) ack 1 win 65535
)";

std::string called_and(std::string_view rule, std::string_view script) {
  return judged_by(rule, std::string(kCalled) + std::string(script));
}

TEST(AckWithinHalfASecond, IsSilentAboutADelayOfAFifth) {  // [RFC9293 MUST-40]
  EXPECT_EQ(called_and("ack-within-half-a-second", R"(
    +0   < P. 1:101(100) ack 1 win 65535
    +.2  > . 1:1(0) ack 101 win 8000
  )"),
            "");
}

TEST(AckWithinHalfASecond, FindsTheAckThatComesLater) {  // [RFC9293 MUST-40]
  EXPECT_EQ(called_and("ack-within-half-a-second", R"(
    +0   < P. 1:101(100) ack 1 win 65535
    +.6  > . 1:1(0) ack 101 win 8000
  )"),
            "#4: acknowledges segment 3 only after 600 ms");
}

TEST(AckWithinHalfASecond, DoesNotCountFromACopyThatMayHaveBeenLost) {
  EXPECT_EQ(called_and("ack-within-half-a-second", R"(
    +0   < P. 1:101(100) ack 1 win 65535
    +1   < P. 1:101(100) ack 1 win 65535
    +.1  > . 1:1(0) ack 101 win 8000
  )"),
            "");
}

TEST(AckWithinHalfASecond, SaysNothingAboutAHostFarAway) {
  Trace trace(std::string(kCalled) + "+0 < P. 1:101(100) ack 1 win 65535\n+.6 > . 1:1(0) ack 101 win 8000\n");
  trace.circumstances.is_near = false;
  trace.circumstances.distance = 300ms;
  EXPECT_EQ(judged_by("ack-within-half-a-second", trace), "");
}

TEST(AckEverySecondSegment, IsSilentWhereTheSecondIsAcknowledgedAtOnce) {  // [RFC9293 SHLD-19]
  EXPECT_EQ(called_and("ack-every-second-segment", R"(
    +0     < . 1:1001(1000) ack 1 win 65535
    +0     < . 1001:2001(1000) ack 1 win 65535
    +.001  > . 1:1(0) ack 2001 win 8000
    +0     < . 2001:3001(1000) ack 1 win 65535
    +.2    > . 1:1(0) ack 3001 win 8000
  )"),
            "");
}

TEST(AckEverySecondSegment, FindsTwoFullSegmentsThatWait) {  // [RFC9293 SHLD-19]
  EXPECT_EQ(called_and("ack-every-second-segment", R"(
    +0     < . 1:1001(1000) ack 1 win 65535
    +0     < . 1001:2001(1000) ack 1 win 65535
    +.04   > . 1:1(0) ack 2001 win 8000
  )"),
            "#5: is the first ACK after segment 4, 40 ms later");
}

TEST(AckEverySecondSegment, LetsSmallSegmentsWait) {
  EXPECT_EQ(called_and("ack-every-second-segment", R"(
    +0     < P. 1:501(500) ack 1 win 65535
    +0     < P. 501:1001(500) ack 1 win 65535
    +.04   > . 1:1(0) ack 1001 win 8000
  )"),
            "");
}

TEST(DuplicateAckAtAHole, IsSilentWhereItComesAtOnce) {  // [RFC5681 4.2(a)]
  EXPECT_EQ(called_and("duplicate-ack-at-a-hole", R"(
    +0     < . 1001:2001(1000) ack 1 win 65535
    +.0001 > . 1:1(0) ack 1 win 8000 <sack 1001:2001>
  )"),
            "");
}

TEST(DuplicateAckAtAHole, FindsTheOneThatWaitsForATimer) {  // [RFC5681 4.2(a)]
  EXPECT_EQ(called_and("duplicate-ack-at-a-hole", R"(
    +0     < . 1001:2001(1000) ack 1 win 65535
    +.04   > . 1:1(0) ack 1 win 8000 <sack 1001:2001>
  )"),
            "#4: is the first ACK after segment 3, 40 ms later");
}

TEST(DuplicateAckAtAHole, FindsTheOneThatNeverComes) {
  EXPECT_EQ(called_and("duplicate-ack-at-a-hole", "+0 < . 1001:2001(1000) ack 1 win 65535"), "#3: is never answered");
}

TEST(AckWhenAHoleFills, IsSilentWhereItComesAtOnce) {  // [RFC5681 4.2(a)]
  EXPECT_EQ(called_and("ack-when-a-hole-fills", R"(
    +0     < . 1001:2001(1000) ack 1 win 65535
    +0     > . 1:1(0) ack 1 win 8000 <sack 1001:2001>
    +.1    < . 1:1001(1000) ack 1 win 65535
    +0     > . 1:1(0) ack 2001 win 8000
  )"),
            "");
}

TEST(AckWhenAHoleFills, FindsTheOneThatWaitsForATimer) {  // [RFC5681 4.2(a)]
  EXPECT_EQ(called_and("ack-when-a-hole-fills", R"(
    +0     < . 1001:2001(1000) ack 1 win 65535
    +0     > . 1:1(0) ack 1 win 8000 <sack 1001:2001>
    +.1    < . 1:1001(1000) ack 1 win 65535
    +.2    > . 1:1(0) ack 2001 win 8000
  )"),
            "#6: is the first ACK after segment 5, 200 ms later");
}

constexpr std::string_view kRepeated = R"(
  +0    < P. 1:101(100) ack 1 win 65535
  +0    > . 1:1(0) ack 101 win 8000
  +.3   < P. 1:101(100) ack 1 win 65535
)";

TEST(UnacceptableSegmentIsAnswered, IsSilentWhereARepetitionGetsItsAck) {  // [RFC9293 3.10.7.4]
  EXPECT_EQ(called_and("unacceptable-segment-is-answered", std::string(kRepeated) + "+0 > . 1:1(0) ack 101 win 8000"),
            "");
}

TEST(UnacceptableSegmentIsAnswered, FindsARepetitionThatGetsNone) {  // [RFC9293 3.10.7.4]
  EXPECT_EQ(
      called_and("unacceptable-segment-is-answered", std::string(kRepeated) + "+2 > P. 1:11(10) ack 101 win 8000"),
      "#6: is the first ACK after segment 5, 2 s later");
}

constexpr std::string_view kClosed = R"(
  +0    < . 1:1001(1000) ack 1 win 65535
  +0    > . 1:1(0) ack 1001 win 0
  +.3   < . 1001:1002(1) ack 1 win 65535
)";

TEST(ClosedWindowAnswers, IsSilentWhereAProbeGetsItsAnswer) {  // [RFC9293 3.8.6.1]
  EXPECT_EQ(called_and("closed-window-answers", std::string(kClosed) + "+0 > . 1:1(0) ack 1001 win 0"), "");
}

TEST(ClosedWindowAnswers, FindsAProbeThatGetsNone) {  // [RFC9293 3.8.6.1]
  EXPECT_EQ(called_and("closed-window-answers", std::string(kClosed) + "+.7 > . 1:1(0) ack 1001 win 8000"),
            "#6: is the first ACK after segment 5, 700 ms later");
}

}  // namespace
}  // namespace fourtuple::judge
