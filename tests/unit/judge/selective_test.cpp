#include <gtest/gtest.h>

#include "tests/unit/judge/trace_maker.hpp"

namespace fourtuple::judge {
namespace {

using test::judged_by;
using test::Trace;

// 1001..2001 has come above a hole.
constexpr std::string_view kHole = R"(
  +0    < S 0:0(0) win 65535 <mss 1000,sackOK>
  +0    > S. 0:0(0) ack 1 win 8000 <mss 1000,sackOK>
  +.1   < . 1:1(0) ack 1 win 65535
  +0    < . 1001:2001(1000) ack 1 win 65535
)";

std::string hole_and(std::string_view rule, std::string_view script) {
  return judged_by(rule, std::string(kHole) + std::string(script));
}

TEST(SackOnlyIfPermitted, IsSilentWhereItIs) {  // [RFC2018 4(c)]
  EXPECT_EQ(hole_and("sack-only-if-permitted", "+0 > . 1:1(0) ack 1 win 8000 <sack 1001:2001>"), "");
}

TEST(SackOnlyIfPermitted, FindsBlocksThatNobodyWants) {  // [RFC2018 4(c)]
  EXPECT_EQ(judged_by("sack-only-if-permitted", R"(
    +0    < S 0:0(0) win 65535 <mss 1000>
    +0    > S. 0:0(0) ack 1 win 8000 <mss 1000>
    +.1   < . 1:1(0) ack 1 win 65535
    +0    < . 1001:2001(1000) ack 1 win 65535
    +0    > . 1:1(0) ack 1 win 8000 <sack 1001:2001>
  )"),
            "#4: carries SACK blocks, and the peer's SYN had not permitted any");
}

TEST(SackPermittedOnSynOnly, IsSilentAboutSyns) {  // [RFC2018 2]
  EXPECT_EQ(judged_by("sack-permitted-on-syn-only", kHole), "");
}

TEST(SackPermittedOnSynOnly, FindsItElsewhere) {  // [RFC2018 2]
  EXPECT_EQ(hole_and("sack-permitted-on-syn-only", "+0 > . 1:1(0) ack 1 win 8000 <sackOK>"),
            "#4: carries SACK-permitted without SYN");
}

TEST(SackIsTruthful, IsSilentAboutPartsOfWhatCame) {  // [RFC2018 3]
  EXPECT_EQ(hole_and("sack-is-truthful", "+0 > . 1:1(0) ack 1 win 8000 <sack 1001:1501>"), "");
}

TEST(SackIsTruthful, FindsOctetsThatNeverCame) {  // [RFC2018 3]
  EXPECT_EQ(hole_and("sack-is-truthful", "+0 > . 1:1(0) ack 1 win 8000 <sack 1001:2101>"),
            "#4: names 1001..2101, which has not come");
}

TEST(SackIsTruthful, FindsABlockThatEndsBeforeItBegins) {
  EXPECT_EQ(hole_and("sack-is-truthful", "+0 > . 1:1(0) ack 1 win 8000 <sack 2001:1001>"),
            "#4: names 2001..1001, which has not come");
}

TEST(SackNamesOctetsOnly, IsSilentAboutOctets) {  // [RFC2883 4]
  EXPECT_EQ(hole_and("sack-names-octets-only", "+0 > . 1:1(0) ack 1 win 8000 <sack 1001:2001>"), "");
}

TEST(SackNamesOctetsOnly, FindsASynInABlock) {  // [RFC2883 4]
  EXPECT_EQ(hole_and("sack-names-octets-only", "+0 > . 1:1(0) ack 1 win 8000 <sack 0:1>"),
            "#4: names the peer's SYN in a block");
}

constexpr std::string_view kFilled = "+.1 < . 1:1001(1000) ack 1 win 65535\n";

TEST(SackBlocksAboveTheAck, IsSilentAboutADuplicateInFront) {  // [RFC2883 4]
  EXPECT_EQ(
      hole_and("sack-blocks-above-the-ack", std::string(kFilled) + "+0 > . 1:1(0) ack 2001 win 8000 <sack 1001:2001>"),
      "");
}

TEST(SackBlocksAboveTheAck, FindsOldBlocksBehindTheFirst) {  // [RFC2883 4]
  EXPECT_EQ(hole_and("sack-blocks-above-the-ack", R"(
    +0    < . 3001:4001(1000) ack 1 win 65535
    +.1   < . 1:1001(1000) ack 1 win 65535
    +0    > . 1:1(0) ack 2001 win 8000 <sack 3001:4001 1001:2001>
  )"),
            "#6: names 1001..2001 and acknowledges 2001");
}

TEST(SackBlocksAboveTheAck, FindsABlockAcrossTheAck) {
  EXPECT_EQ(
      hole_and("sack-blocks-above-the-ack", std::string(kFilled) + "+0 > . 1:1(0) ack 1501 win 8000 <sack 1001:2001>"),
      "#5: names 1001..2001 and acknowledges 1501");
}

constexpr std::string_view kSecondHole = R"(
  +0    > . 1:1(0) ack 1 win 8000 <sack 1001:2001>
  +.1   < . 3001:4001(1000) ack 1 win 65535
)";

TEST(FirstSackBlockIsTheNewest, IsSilentWhereItIs) {  // [RFC2018 4(a)]
  EXPECT_EQ(hole_and("first-sack-block-is-the-newest",
                     std::string(kSecondHole) + "+0 > . 1:1(0) ack 1 win 8000 <sack 3001:4001 1001:2001>"),
            "");
}

TEST(FirstSackBlockIsTheNewest, FindsAnOlderBlockInFront) {  // [RFC2018 4(a)]
  EXPECT_EQ(hole_and("first-sack-block-is-the-newest",
                     std::string(kSecondHole) + "+0 > . 1:1(0) ack 1 win 8000 <sack 1001:2001 3001:4001>"),
            "#6: names 1001..2001 first, and 3001..4001 came last");
}

TEST(SackOnEveryAckAtAHole, IsSilentWhereItIs) {  // [RFC2018 4]
  EXPECT_EQ(hole_and("sack-on-every-ack-at-a-hole",
                     std::string(kSecondHole) + "+.1 > . 1:1(0) ack 1 win 8000 <sack 3001:4001 1001:2001>"),
            "");
}

TEST(SackOnEveryAckAtAHole, FindsAnAckWithoutBlocks) {  // [RFC2018 4]
  EXPECT_EQ(hole_and("sack-on-every-ack-at-a-hole", std::string(kSecondHole) + "+.1 > . 1:1(0) ack 1 win 8000"),
            "#6: acknowledges 1 without blocks, though 3001..4001 had come");
}

TEST(SackOnEveryAckAtAHole, LetsAReceiverDoWithoutSackAltogether) {
  EXPECT_EQ(hole_and("sack-on-every-ack-at-a-hole", "+.1 > . 1:1(0) ack 1 win 8000"), "");
}

TEST(DSackNamesWhatCameTwice, IsSilentAboutTheTruth) {  // [RFC2883 4]
  EXPECT_EQ(hole_and("d-sack-names-what-came-twice", R"(
    +.1   < . 1:1001(1000) ack 1 win 65535
    +0    < . 1:1001(1000) ack 1 win 65535
    +0    > . 1:1(0) ack 2001 win 8000 <sack 1:1001>
  )"),
            "");
}

TEST(DSackNamesWhatCameTwice, FindsAnInventedDuplicate) {  // [RFC2883 4]
  EXPECT_EQ(
      hole_and("d-sack-names-what-came-twice", std::string(kFilled) + "+0 > . 1:1(0) ack 2001 win 8000 <sack 1:1001>"),
      "#5: tells of 1..1001 as a duplicate, which came once");
}

TEST(DSackNamesWhatCameTwice, IsSilentWhereThePathMayHaveDoubledIt) {
  Trace trace(std::string(kHole) + std::string(kFilled) + "+0 > . 1:1(0) ack 2001 win 8000 <sack 1:1001>");
  trace.circumstances.is_near = false;
  EXPECT_EQ(judged_by("d-sack-names-what-came-twice", trace), "");
}

}  // namespace
}  // namespace fourtuple::judge
