#include <gtest/gtest.h>

#include "tests/unit/judge/openings.hpp"
#include "tests/unit/judge/trace_maker.hpp"

namespace fourtuple::test {
namespace {

TEST(SynAckAcknowledgesTheSyn, OrIsFound) {  // [RFC9293 3.10.7.2]
  EXPECT_EQ(judged_by("syn-ack-acknowledges-the-syn", kCalled), "");
  EXPECT_EQ(judged_by("syn-ack-acknowledges-the-syn", "+0 < S 0:0(0) win 100\n+0 > S. 0:0(0) ack 2 win 100"),
            "#1: the SYN-ACK acknowledges ISN+2, not ISN+1");
}

TEST(SynAckAcknowledgesTheSyn, InACaptureOnlyThePeersNextSegmentTellsWhoIsRight) {
  const std::string wrong = "+0 < S 0:0(0) win 100\n+0 > S. 0:0(0) ack 2 win 100\n";
  Trace alone(wrong);
  alone.circumstances.order_is_exact = false;
  EXPECT_EQ(judged_by("syn-ack-acknowledges-the-syn", alone), "");
  Trace told(wrong + "+.01 < . 1:1(0) ack 1 win 100");
  told.circumstances.order_is_exact = false;
  EXPECT_EQ(judged_by("syn-ack-acknowledges-the-syn", told), "#1: the SYN-ACK acknowledges ISN+2, not ISN+1");
}

TEST(SynKeepsItsNumber, WhenItIsRepeated) {  // [RFC9293 3.10.8]
  const auto repeated = [](std::string_view seq) {
    return "+0 > S 0:0(0) win 100 <mss 1000>\n+1 > S " + std::string(seq) +
           "(0) win 100 <mss 1000>\n+.01 < S. 0:0(0) ack 1 win 100\n+0 > . 1:1(0) ack 1 win 100";
  };
  EXPECT_EQ(judged_by("syn-keeps-its-number", repeated("0:0")), "");
  EXPECT_EQ(judged_by("syn-keeps-its-number", repeated("7:7")), "#1: the SYN is sent again with another number");
}

TEST(SynKeepsItsNumber, ButAnotherAttemptHasItsOwn) {
  EXPECT_EQ(judged_by("syn-keeps-its-number",
                      "+0 > S 0:0(0) win 100\n+0 < R. 0:0(0) ack 1 win 0\n"
                      "+1 > S 7:7(0) win 100\n+.01 < S. 0:0(0) ack 1 win 100"),
            "");
}

TEST(SynKeepsItsNumber, AlsoInASynAckThatNobodyAskedForAgain) {
  const std::string first = "+0 < S 0:0(0) win 100\n+0 > S. 0:0(0) ack 1 win 100\n";
  EXPECT_EQ(judged_by("syn-keeps-its-number", first + "+1 > S. 7:7(0) ack 1 win 100\n+.01 < . 1:1(0) ack 8 win 100"),
            "#2: the SYN-ACK is sent again with another number");
  EXPECT_EQ(judged_by("syn-keeps-its-number",
                      first + "+1 < S 0:0(0) win 100\n+0 > S. 7:7(0) ack 1 win 100\n+.01 < . 1:1(0) ack 8 win 100"),
            "");
}

TEST(OptionsOfASynAck, AreOnesThatTheSynHad) {  // [RFC7323 1.3]
  const auto answered = [](std::string_view syn, std::string_view syn_ack) {
    return "+0 < S 0:0(0) win 100 <" + std::string(syn) + ">\n+0 > S. 0:0(0) ack 1 win 100 <" + std::string(syn_ack) +
           ">";
  };
  EXPECT_EQ(judged_by("scaling-only-if-offered", answered("wscale 2", "wscale 7")), "");
  EXPECT_EQ(judged_by("scaling-only-if-offered", answered("mss 1000", "wscale 7")),
            "#1: the SYN-ACK has a window scale though the SYN had none");
  EXPECT_EQ(judged_by("timestamps-only-if-offered", answered("TS val 1 ecr 0", "TS val 2 ecr 1")), "");
  EXPECT_EQ(judged_by("timestamps-only-if-offered", answered("mss 1000", "TS val 2 ecr 1")),
            "#1: the SYN-ACK has timestamps though the SYN had none");
}

TEST(ShiftIsAtMost14, OrIsFound) {  // [RFC7323 2.3]
  EXPECT_EQ(judged_by("shift-is-at-most-14", "+0 > S 0:0(0) win 100 <wscale 14>"), "");
  EXPECT_EQ(judged_by("shift-is-at-most-14", "+0 > S 0:0(0) win 100 <wscale 15>"), "#0: offers a window scale of 15");
}

TEST(OptionsOfASyn, StandOnNothingElse) {  // [RFC9293 MUST-65] [RFC7323 2.1]
  const auto later = [](std::string_view options) {
    return calling_and("+0 write(10)\n+0 > P. 1:11(10) ack 1 win 30000 <" + std::string(options) + ">");
  };
  EXPECT_EQ(judged_by("mss-only-on-a-syn", later("nop")), "");
  EXPECT_EQ(judged_by("mss-only-on-a-syn", later("mss 1000")),
            "#3: a segment without SYN has the maximum segment size option");
  EXPECT_EQ(judged_by("window-scale-only-on-a-syn", later("nop")), "");
  EXPECT_EQ(judged_by("window-scale-only-on-a-syn", later("wscale 3")),
            "#3: a segment without SYN has the window scale option");
}

TEST(AckFlagAfterTheSyn, IsOnEverySegment) {  // [RFC9293 3.1]
  EXPECT_EQ(judged_by("ack-flag-after-the-syn", calling_and("+0 > P. 1:11(10) ack 1 win 30000")), "");
  EXPECT_EQ(judged_by("ack-flag-after-the-syn", calling_and("+0 > P 1:11(10) win 30000")),
            "#3: a segment has the flags P and no ACK");
}

TEST(DataWaitsForTheHandshake, UnlessItIsFast) {  // [RFC9293 3.10.2]
  EXPECT_EQ(judged_by("data-waits-for-the-handshake", calling_and("+0 > P. 1:11(10) ack 1 win 30000")), "");
  const std::string early = " win 100 <mss 1000>\n+0 > S. 0:0(0) ack 1 win 100\n+0 > P. 1:11(10) ack 1 win 100";
  EXPECT_EQ(judged_by("data-waits-for-the-handshake", "+0 < S 0:0(0)" + early),
            "#2: sends data before its SYN was acknowledged");
  EXPECT_EQ(judged_by("data-waits-for-the-handshake", "+0 < S 0:10(10)" + early), "");
}

}  // namespace
}  // namespace fourtuple::test
