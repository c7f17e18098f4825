#include <array>
#include <gtest/gtest.h>

#include "tests/unit/judge/openings.hpp"
#include "tests/unit/judge/trace_maker.hpp"

namespace fourtuple::test {
namespace {

TEST(AckGoesBack, IsFoundInAnyLaterSegment) {  // [RFC9293 3.10.7.4]
  const std::string came = called_and(R"(
    +0 < P. 1:101(100) ack 1 win 20000
    +0 > . 1:1(0) ack 101 win 30000
  )");
  EXPECT_EQ(judged_by("ack-goes-back", came + "+0 write(10)\n+.1 > P. 1:11(10) ack 101 win 30000"), "");
  EXPECT_EQ(judged_by("ack-goes-back", came + "+0 write(10)\n+.1 > P. 1:11(10) ack 51 win 30000"),
            "#5: acknowledges 51 after it had acknowledged 101");
}

TEST(AckGoesBack, IsNoMatterWhereTheNetworkMayHaveTurnedSegmentsRound) {
  Trace turned(called_and(R"(
    +0 < . 1:1001(1000) ack 1 win 20000
    +0 < . 1001:2001(1000) ack 1 win 20000
    +0 > . 1:1(0) ack 2001 win 28000
    +.1 > . 1:1(0) ack 1001 win 29000
  )"));
  EXPECT_NE(judged_by("ack-goes-back", turned), "");
  turned.circumstances.is_near = false;
  turned.circumstances.order_is_exact = false;
  EXPECT_EQ(judged_by("ack-goes-back", turned), "");
}

TEST(AckGoesBack, IsFoundWhereTheNumbersOfDatagramsTellTheOrder) {
  const auto judged_with = [](std::array<std::uint16_t, 4> numbers) {
    Trace captured(called_and(R"(
      +0 < . 1:1001(1000) ack 1 win 20000
      +0 > . 1:1(0) ack 1001 win 29000
      +0 < . 1001:2001(1000) ack 1 win 20000
      +0 > . 1:1(0) ack 2001 win 28000
      +0 > . 1:1(0) ack 1001 win 29000
      +1 > . 1:1(0) ack 2001 win 28000
    )"));
    captured.circumstances.is_near = captured.circumstances.order_is_exact = false;
    captured.segment(1).identification = 9;
    captured.segment(4).identification = numbers[0];
    captured.segment(6).identification = numbers[1];
    captured.segment(7).identification = numbers[2];
    captured.segment(8).identification = numbers[3];
    return judged_by("ack-goes-back", captured);
  };
  EXPECT_EQ(judged_with({0, 0, 0, 0}), "");
  EXPECT_EQ(judged_with({700, 31, 9000, 2}), "");  // they are no count
  EXPECT_EQ(judged_with({10, 12, 11, 13}), "");    // it was overtaken
  EXPECT_EQ(judged_with({10, 11, 12, 13}), "#7: acknowledges 1001 after it had acknowledged 2001");
}

TEST(AckOfWhatNeverCame, IsFoundAtOnceWhereTheOrderIsExact) {  // [RFC9293 3.4]
  const std::string came = called_and("+0 < P. 1:101(100) ack 1 win 20000\n");
  EXPECT_EQ(judged_by("ack-of-what-never-came", came + "+0 > . 1:1(0) ack 101 win 30000"), "");
  EXPECT_EQ(judged_by("ack-of-what-never-came", came + "+0 > . 1:1(0) ack 102 win 30000"),
            "#4: acknowledges 102, but only 101 had come");
}

TEST(AckOfWhatNeverCame, IsFoundOverAHole) {
  EXPECT_EQ(judged_by("ack-of-what-never-came", called_and(R"(
              +0 < . 1:1001(1000) ack 1 win 20000
              +0 < F. 2001:3001(1000) ack 1 win 20000
              +0 > . 1:1(0) ack 3002 win 28000
            )")),
            "#5: acknowledges 3002, but only 1001 had come");
}

TEST(AckOfWhatNeverCame, IsProvenInACaptureByWhatComesLater) {
  const std::string script = called_and(R"(
    +0  < P. 1:101(100) ack 1 win 20000
    +0  > . 1:1(0) ack 111 win 30000
    +.1 < P. 101:201(100) ack 1 win 20000
  )");
  Trace captured(script);
  captured.circumstances.order_is_exact = false;
  EXPECT_EQ(judged_by("ack-of-what-never-came", captured), "#4: acknowledges 111, but only 101 had come");
  Trace missed(called_and("+0 > . 1:1(0) ack 101 win 30000\n+.1 < P. 101:201(100) ack 1 win 20000"));
  missed.circumstances.order_is_exact = false;
  EXPECT_EQ(judged_by("ack-of-what-never-came", missed), "");
  Trace gaps(script);
  gaps.circumstances.has_gaps = true;
  EXPECT_EQ(judged_by("ack-of-what-never-came", gaps), "");
}

TEST(AckStaysBehind, IsFoundWhereTheOrderIsExact) {  // [RFC9293 3.10.7.4]
  const std::string came = called_and("+0 < P. 1:101(100) ack 1 win 20000\n+0 write(10)\n");
  EXPECT_EQ(judged_by("ack-stays-behind", came + "+0 > P. 1:11(10) ack 101 win 30000"), "");
  EXPECT_EQ(judged_by("ack-stays-behind", came + "+0 > P. 1:11(10) ack 1 win 30000"),
            "#4: acknowledges 1 although all up to 101 had come");
}

TEST(AckStaysBehind, MayMeanThatTheHostLostWhatCame) {
  const std::string lost = called_and(R"(
    +0  < P. 1:101(100) ack 1 win 20000
    +.3 > P. 1:11(10) ack 1 win 30000
  )");
  Trace again(lost + "+.2 < P. 1:101(100) ack 11 win 20000\n+0 > . 11:11(0) ack 101 win 30000");
  again.circumstances.order_is_exact = false;
  EXPECT_EQ(judged_by("ack-stays-behind", again), "");
  Trace had_it(lost + "+.2 > . 11:11(0) ack 101 win 30000");
  had_it.circumstances.order_is_exact = false;
  EXPECT_EQ(judged_by("ack-stays-behind", had_it), "#4: acknowledges 1 although all up to 101 had come");
}

TEST(AckStaysBehind, IsNoMatterBeyondTheWindow) {
  EXPECT_EQ(judged_by("ack-stays-behind", called_and("+0 < . 1:30002(30001) ack 1 win 20000\n"
                                                     "+0 > . 1:1(0) ack 1 win 30000")),
            "");
}

TEST(AckStaysBehind, IsSilentWhereMoreCameApartThanIsRemembered) {
  const std::string many = called_and_many_holes("+0 < . 1:11(10) ack 1 win 20000\n+0 > . 1:1(0) ack 12 win 30000");
  EXPECT_EQ(judged_by("ack-stays-behind", many), "");
}

TEST(AckInsideASegment, IsFoundWhereNoSegmentEnded) {  // [RFC9293 3.4]
  const std::string came = called_and("+0 < . 1:1001(1000) ack 1 win 20000\n+0 < P. 1001:1501(500) ack 1 win 20000\n");
  EXPECT_EQ(judged_by("ack-inside-a-segment", came + "+0 > . 1:1(0) ack 1001 win 30000"), "");
  EXPECT_EQ(judged_by("ack-inside-a-segment", came + "+0 > . 1:1(0) ack 1501 win 30000"), "");
  EXPECT_EQ(judged_by("ack-inside-a-segment", came + "+0 > . 1:1(0) ack 1101 win 30000"),
            "#5: acknowledges 1101, where no segment that came has ended");
}

TEST(AckInsideASegment, IsNoMatterWhereTheCutsAreOurs) {
  Trace trace(
      called_and("+0 < . 1:1001(1000) ack 1 win 20000\n+0 < P. 1001:1501(500) ack 1 win 20000\n"
                 "+0 > . 1:1(0) ack 1101 win 30000"));
  trace.segment(3).cut_from_super_segment = true;
  EXPECT_EQ(judged_by("ack-inside-a-segment", trace), "");
}

TEST(GapInWhatIsSent, IsFound) {  // [RFC9293 3.4]
  EXPECT_EQ(judged_by("gap-in-what-is-sent", called_and("+0 write(20)\n+0 > P. 1:11(10) ack 1 win 30000\n"
                                                        "+0 > P. 11:21(10) ack 1 win 30000")),
            "");
  EXPECT_EQ(judged_by("gap-in-what-is-sent", called_and("+0 write(20)\n+0 > P. 1:11(10) ack 1 win 30000\n"
                                                        "+0 > P. 12:21(9) ack 1 win 30000")),
            "#4: begins at 12 though SND.NXT is 11");
}

TEST(SequenceOfAPureAck, IsAnEdgeOfWhatWasSent) {  // [RFC9293 3.10.7.4]
  const std::string sent = called_and(
      "+0 write(1500)\n+0 > . 1:1001(1000) ack 1 win 30000\n"
      "+0 > P. 1001:1501(500) ack 1 win 30000\n+.1 < P. 1:2(1) ack 1 win 20000\n");
  EXPECT_EQ(judged_by("sequence-of-a-pure-ack", sent + "+0 > . 1501:1501(0) ack 2 win 30000"), "");
  EXPECT_EQ(judged_by("sequence-of-a-pure-ack", sent + "+0 > . 1001:1001(0) ack 2 win 30000"), "");  // taken back
  EXPECT_EQ(judged_by("sequence-of-a-pure-ack", sent + "+0 > . 1101:1101(0) ack 2 win 30000"),
            "#6: stands at 1101 in the middle of what was sent; SND.NXT is 1501");
}

}  // namespace
}  // namespace fourtuple::test
