#include <gtest/gtest.h>

#include "tests/unit/judge/trace_maker.hpp"

namespace fourtuple::judge {
namespace {

using test::judged_by;
using test::Trace;

constexpr std::string_view kOpen = R"(
  +0    > S 0:0(0) win 8000 <mss 1000>
  +.1   < S. 0:0(0) ack 1 win 65535 <mss 1000>
  +0    > . 1:1(0) ack 1 win 8000
)";

std::string open_and(std::string_view rule, std::string_view script) {
  return judged_by(rule, std::string(kOpen) + std::string(script));
}

constexpr std::string_view kTwoSmallOnes = R"(
  +0    > P. 1:11(10) ack 1 win 8000
  +.01  > P. 11:21(10) ack 1 win 8000
)";

TEST(NagleGathersSmallWrites, IsSilentWhereTheyWaitForTheAck) {  // [RFC9293 SHLD-7]
  EXPECT_EQ(open_and("nagle-gathers-small-writes", R"(
    +0    > . 1:1001(1000) ack 1 win 8000
    +0    > P. 1001:1011(10) ack 1 win 8000
    +.1   < . 1:1(0) ack 1011 win 65535
    +0    > P. 1011:1021(10) ack 1 win 8000
  )"),
            "");
}

TEST(NagleGathersSmallWrites, FindsTwoSmallSegmentsInFlight) {  // [RFC9293 SHLD-7]
  EXPECT_EQ(open_and("nagle-gathers-small-writes", kTwoSmallOnes), "#4: sends 10 octets while 10 are unacknowledged");
}

TEST(NagleGathersSmallWrites, IsSilentWhereItIsOffOrWhereNobodyKnows) {  // [RFC9293 MUST-17]
  EXPECT_EQ(open_and("nagle-gathers-small-writes", "+0 nodelay()\n" + std::string(kTwoSmallOnes)), "");
  Trace trace(std::string(kOpen) + std::string(kTwoSmallOnes));
  trace.circumstances.calls_are_known = false;
  EXPECT_EQ(judged_by("nagle-gathers-small-writes", trace), "");
}

TEST(NagleGathersSmallWrites, TakesASegmentWithBlocksForFull) {
  EXPECT_EQ(open_and("nagle-gathers-small-writes", R"(
    +0    > P. 1:11(10) ack 1 win 8000
    +0    > . 11:999(988) ack 1 win 8000 <sack 101:201>
  )"),
            "");
}

TEST(NoSillySegments, FindsAWindowFilledWithACrumb) {  // [RFC9293 MUST-38]
  EXPECT_EQ(open_and("no-silly-segments", R"(
    +.1   < . 1:1(0) ack 1 win 2000
    +0    > . 1:1001(1000) ack 1 win 8000
    +0    > . 1001:2001(1000) ack 1 win 8000
    +.1   < . 1:1(0) ack 2001 win 100
    +0    > . 2001:2101(100) ack 1 win 8000
  )"),
            "");  // the edge did not move beyond what had been offered, and nothing shows that more waited
  EXPECT_EQ(judged_by("no-silly-segments", R"(
    +0    > S 0:0(0) win 8000 <mss 1000>
    +.1   < S. 0:0(0) ack 1 win 2000 <mss 1000>
    +0    > . 1:1(0) ack 1 win 8000
    +0    > . 1:1001(1000) ack 1 win 8000
    +0    > . 1001:2001(1000) ack 1 win 8000
    +.1   < . 1:1(0) ack 2001 win 100
    +0    > . 2001:2101(100) ack 1 win 8000
    +.1   < . 1:1(0) ack 2101 win 100
    +0    > . 2101:2201(100) ack 1 win 8000
  )"),
            "#6: fills the window with 100 octets, and more was waiting");
}

TEST(NoSillySegments, IsSilentWhereTheOverrideTimeoutSendsIt) {  // [RFC9293 3.8.6.2.1]
  EXPECT_EQ(judged_by("no-silly-segments", R"(
    +0    > S 0:0(0) win 8000 <mss 1000>
    +.1   < S. 0:0(0) ack 1 win 2000 <mss 1000>
    +0    > . 1:1(0) ack 1 win 8000
    +0    > . 1:1001(1000) ack 1 win 8000
    +0    > . 1001:2001(1000) ack 1 win 8000
    +.1   < . 1:1(0) ack 2001 win 100
    +.3   > . 2001:2101(100) ack 1 win 8000
    +.1   < . 1:1(0) ack 2101 win 100
    +.3   > . 2101:2201(100) ack 1 win 8000
  )"),
            "");
}

TEST(NoSillyWindows, IsSilentWhereTheEdgeWaits) {  // [RFC9293 MUST-39]
  EXPECT_EQ(judged_by("no-silly-windows", R"(
    +0    < S 0:0(0) win 65535 <mss 1000>
    +0    > S. 0:0(0) ack 1 win 4000 <mss 1000>
    +.1   < . 1:1(0) ack 1 win 65535
    +0    < . 1:4001(4000) ack 1 win 65535
    +0    > . 1:1(0) ack 4001 win 0
    +.1   > . 1:1(0) ack 4001 win 1000
    +.1   > . 1:1(0) ack 4001 win 3000
  )"),
            "");
}

TEST(NoSillyWindows, FindsAWindowThatOpensInCrumbs) {  // [RFC9293 MUST-39]
  EXPECT_EQ(judged_by("no-silly-windows", R"(
    +0    < S 0:0(0) win 65535 <mss 1000>
    +0    > S. 0:0(0) ack 1 win 4000 <mss 1000>
    +.1   < . 1:1(0) ack 1 win 65535
    +0    < . 1:4001(4000) ack 1 win 65535
    +0    > . 1:1(0) ack 4001 win 0
    +.1   > . 1:1(0) ack 4001 win 10
    +.1   > . 1:1(0) ack 4001 win 20
  )"),
            "#6: moves the edge of its window by 10 octets to 20");
}

std::string burst_of(int segments) {
  std::string script;
  for (int i = 0; i < segments; ++i) {
    const std::string from = std::to_string(i * 1000 + 1);
    const std::string to = std::to_string(i * 1000 + 1001);
    script += "+0 > . " + from + ":" + to + "(1000) ack 1 win 8000\n";
  }
  return script;
}

TEST(InitialWindow, IsTenSegments) {  // [RFC6928 2]
  EXPECT_EQ(open_and("initial-window", burst_of(10)), "");
}

TEST(InitialWindow, IsExceededOnceByElevenAndMore) {  // [RFC6928 2]
  EXPECT_EQ(open_and("initial-window", burst_of(13)),
            "#13: has 11000 octets on their way before anything was acknowledged, 10000 are allowed");
}

TEST(InitialWindow, LetsAProbeOfTheTailLeave) {  // [RFC8985 7.3]
  EXPECT_EQ(open_and("initial-window", burst_of(10) + "+.2 > . 10001:11001(1000) ack 1 win 8000"), "");
}

constexpr std::string_view kLostTwice = R"(
  +0    > S 0:0(0) win 8000 <mss 1000>
  +1    > S 0:0(0) win 8000 <mss 1000>
  +2    > S 0:0(0) win 8000 <mss 1000>
  +.1   < S. 0:0(0) ack 1 win 65535 <mss 1000>
  +0    > . 1:1(0) ack 1 win 8000
)";

TEST(OneSegmentAfterLostSyns, IsSilentAboutOne) {  // [RFC5681 3.1(a)]
  EXPECT_EQ(judged_by("one-segment-after-lost-syns", std::string(kLostTwice) + burst_of(1)), "");
}

TEST(OneSegmentAfterLostSyns, FindsTwo) {  // [RFC5681 3.1(a)]
  EXPECT_EQ(judged_by("one-segment-after-lost-syns", std::string(kLostTwice) + burst_of(3)),
            "#6: has 2000 octets on their way after its SYN was lost 2 times");
}

}  // namespace
}  // namespace fourtuple::judge
