#include <gtest/gtest.h>

#include "tests/unit/judge/trace_maker.hpp"

namespace fourtuple::judge {
namespace {

using test::judged_by;
using test::Trace;

constexpr std::string_view kStamped = R"(
  +0    < S 0:0(0) win 65535 <mss 1000,TS val 100 ecr 0>
  +0    > S. 0:0(0) ack 1 win 8000 <mss 1000,TS val 900 ecr 100>
  +.1   < . 1:1(0) ack 1 win 65535 <TS val 200 ecr 900>
)";

std::string stamped_and(std::string_view rule, std::string_view script) {
  return judged_by(rule, std::string(kStamped) + std::string(script));
}

TEST(TimestampOnEverySegment, IsSilentWhereItIsOrWhereAResetHasNone) {  // [RFC7323 3.2]
  EXPECT_EQ(stamped_and("timestamp-on-every-segment", R"(
    +0  > P. 1:11(10) ack 1 win 8000 <TS val 910 ecr 200>
    +0  > R. 11:11(0) ack 1 win 0
  )"),
            "");
}

TEST(TimestampOnEverySegment, FindsASegmentWithout) {  // [RFC7323 3.2]
  EXPECT_EQ(stamped_and("timestamp-on-every-segment", "+0 > P. 1:11(10) ack 1 win 8000"),
            "#3: has no timestamps, though both sides had agreed to use them");
}

TEST(TimestampOnEverySegment, BlamesNobodyForAStrangersSegment) {
  EXPECT_EQ(stamped_and("timestamp-on-every-segment", "+0 > P. 1:11(10) ack 70000 win 8000"), "");
}

TEST(TimestampOnEverySegment, IsSilentWhereARetryLeftThemOut) {
  EXPECT_EQ(judged_by("timestamp-on-every-segment", R"(
    +0    > S 0:0(0) win 65535 <TS val 100 ecr 0>
    +1    > S 0:0(0) win 65535
    +0    < S. 0:0(0) ack 1 win 8000 <TS val 900 ecr 100>
    +0    > . 1:1(0) ack 1 win 65535
  )"),
            "");
}

TEST(TimestampsOnlyIfAgreed, IsSilentWhereTheyAre) {  // [RFC7323 3.2]
  EXPECT_EQ(stamped_and("timestamps-only-if-agreed", "+0 > P. 1:11(10) ack 1 win 8000 <TS val 910 ecr 200>"), "");
}

TEST(TimestampsOnlyIfAgreed, FindsThemWhereThePeerHadOfferedNone) {  // [RFC7323 3.2]
  EXPECT_EQ(judged_by("timestamps-only-if-agreed", R"(
    +0    > S 0:0(0) win 65535 <TS val 100 ecr 0>
    +0    < S. 0:0(0) ack 1 win 8000
    +0    > . 1:1(0) ack 1 win 65535 <TS val 100 ecr 0>
  )"),
            "#2: has timestamps, and nobody had agreed to use them");
}

TEST(TimestampNeverGoesBack, IsSilentWhereItStandsStillOrWraps) {  // [RFC7323 5.2]
  EXPECT_EQ(judged_by("timestamp-never-goes-back", R"(
    +0    > S 0:0(0) win 65535 <TS val 4294967290 ecr 0>
    +0    < S. 0:0(0) ack 1 win 8000 <TS val 900 ecr 4294967290>
    +0    > . 1:1(0) ack 1 win 65535 <TS val 4294967290 ecr 900>
    +.1   > P. 1:11(10) ack 1 win 65535 <TS val 94 ecr 900>
  )"),
            "");
}

TEST(TimestampNeverGoesBack, FindsOneThatDoes) {  // [RFC7323 5.2]
  EXPECT_EQ(stamped_and("timestamp-never-goes-back", "+1 > P. 1:11(10) ack 1 win 8000 <TS val 890 ecr 200>"),
            "#3: has TSval 890, 10 less than before");
}

TEST(TimestampNeverGoesBack, IsSilentWhereThePathMayHaveSwappedSegments) {
  Trace trace(std::string(kStamped) + R"(
    +1  > P. 11:21(10) ack 1 win 8000 <TS val 960 ecr 200>
    +.1 > P. 1:11(10) ack 1 win 8000 <TS val 950 ecr 200>
  )");
  trace.circumstances.is_near = false;
  EXPECT_EQ(judged_by("timestamp-never-goes-back", trace), "");
}

TEST(TimestampNeverGoesBack, FindsOneOlderThanTheSynEvenFromFarAway) {
  Trace trace(std::string(kStamped) + "+1 > P. 1:11(10) ack 1 win 8000 <TS val 800 ecr 200>");
  trace.circumstances.is_near = false;
  EXPECT_EQ(judged_by("timestamp-never-goes-back", trace), "#3: has TSval 800, 100 less than before");
}

TEST(NoEchoWithoutAck, IsSilentAboutZero) {  // [RFC7323 3.2]
  EXPECT_EQ(judged_by("no-echo-without-ack", "+0 > S 0:0(0) win 65535 <TS val 100 ecr 0>"), "");
}

TEST(NoEchoWithoutAck, FindsAnEchoOfNothing) {  // [RFC7323 3.2]
  EXPECT_EQ(judged_by("no-echo-without-ack", "+0 > S 0:0(0) win 65535 <TS val 100 ecr 77>"),
            "#0: echoes 77 in a segment without ACK");
}

constexpr std::string_view kThreeCame = R"(
  +.1   < P. 1:101(100) ack 1 win 65535 <TS val 300 ecr 900>
  +0    > . 1:1(0) ack 101 win 8000 <TS val 1000 ecr 300>
  +.1   < P. 201:301(100) ack 1 win 65535 <TS val 400 ecr 1000>
)";

TEST(TimestampEchoIsTsRecent, IsSilentWhereAHoleKeepsTheOldOne) {  // [RFC7323 4.3]
  EXPECT_EQ(stamped_and("timestamp-echo-is-ts-recent",
                        std::string(kThreeCame) + "+.1 > . 1:1(0) ack 101 win 8000 <TS val 1100 ecr 300>"),
            "");
}

TEST(TimestampEchoIsTsRecent, FindsTheEchoOfASegmentAboveTheHole) {  // [RFC7323 4.3]
  EXPECT_EQ(stamped_and("timestamp-echo-is-ts-recent",
                        std::string(kThreeCame) + "+.1 > . 1:1(0) ack 101 win 8000 <TS val 1100 ecr 400>"),
            "#6: echoes 400, and TS.Recent is 300");
}

TEST(TimestampEchoIsTsRecent, FindsAnEchoOfLongAgo) {
  EXPECT_EQ(stamped_and("timestamp-echo-is-ts-recent",
                        std::string(kThreeCame) + "+.1 > . 1:1(0) ack 101 win 8000 <TS val 1100 ecr 100>"),
            "#6: echoes 100, and TS.Recent is 300");
}

TEST(TimestampEchoHasCome, IsSilentAboutWhatCame) {  // [RFC7323 3.2]
  EXPECT_EQ(stamped_and("timestamp-echo-has-come", "+0 > P. 1:11(10) ack 1 win 8000 <TS val 910 ecr 100>"), "");
}

TEST(TimestampEchoHasCome, FindsAnInventionEvenFromFarAway) {  // [RFC7323 3.2]
  Trace trace(std::string(kStamped) + "+0 > P. 1:11(10) ack 1 win 8000 <TS val 910 ecr 150>");
  trace.circumstances.is_near = false;
  EXPECT_EQ(judged_by("timestamp-echo-has-come", trace), "#3: echoes 150, which has never come");
}

constexpr std::string_view kOldCame = R"(
  +.1   < P. 1:101(100) ack 1 win 65535 <TS val 300 ecr 900>
  +0    > . 1:1(0) ack 101 win 8000 <TS val 1000 ecr 300>
  +.1   < P. 101:201(100) ack 1 win 65535 <TS val 150 ecr 900>
)";

TEST(OldTimestampIsNotTaken, IsSilentAboutADuplicateAck) {  // [RFC7323 5.3]
  EXPECT_EQ(stamped_and("old-timestamp-is-not-taken",
                        std::string(kOldCame) + "+0 > . 1:1(0) ack 101 win 8000 <TS val 1100 ecr 300>"),
            "");
}

TEST(OldTimestampIsNotTaken, FindsOctetsThatAreTaken) {  // [RFC7323 5.3]
  EXPECT_EQ(stamped_and("old-timestamp-is-not-taken",
                        std::string(kOldCame) + "+0 > . 1:1(0) ack 201 win 8000 <TS val 1100 ecr 300>"),
            "#6: acknowledges 101..201 of segment 5, whose timestamp is too old");
}

}  // namespace
}  // namespace fourtuple::judge
