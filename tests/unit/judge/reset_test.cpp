#include <gtest/gtest.h>

#include "tests/unit/judge/openings.hpp"
#include "tests/unit/judge/trace_maker.hpp"

namespace fourtuple::test {
namespace {

TEST(ResetAnswersNoReset, OrIsFound) {  // [RFC9293 3.10.7.1]
  EXPECT_EQ(judged_by("reset-answers-no-reset", called_and("+0 < R. 1:1(0) ack 1 win 0")), "");
  EXPECT_EQ(judged_by("reset-answers-no-reset", called_and("+0 < R. 1:1(0) ack 1 win 0\n+0 > R 1:1(0) win 0")),
            "#4: a RST is sent after a RST came, and nothing else");
  EXPECT_EQ(judged_by("reset-answers-no-reset", called_and("+0 < R. 1:1(0) ack 1 win 0\n+0 < . 1:1(0) ack 1 win 100\n"
                                                           "+0 > R 1:1(0) win 0")),
            "");
}

TEST(NothingAfterOwnReset, ButMoreResets) {  // [RFC9293 3.10.5]
  const std::string aborted = called_and("+0 abort()\n+0 > R. 1:1(0) ack 1 win 0\n+0 < P. 1:11(10) ack 1 win 100\n");
  EXPECT_EQ(judged_by("nothing-after-own-reset", aborted + "+0 > R 1:1(0) win 0"), "");
  EXPECT_EQ(judged_by("nothing-after-own-reset", aborted + "+0 > . 1:1(0) ack 11 win 100"),
            "#5: sends a segment with the flags . after its RST");
}

TEST(ResetHasANumberOfItsOwn, OrOneOfTheSegmentThatItAnswers) {  // [RFC9293 3.5.2]
  const std::string sent = called_and("+0 write(10)\n+0 > P. 1:11(10) ack 1 win 30000\n+0 < . 1:1(0) ack 11 win 100\n");
  EXPECT_EQ(judged_by("reset-has-a-number-of-its-own", sent + "+0 > R. 11:11(0) ack 1 win 0"), "");
  EXPECT_EQ(judged_by("reset-has-a-number-of-its-own", sent + "+0 < . 1:1(0) ack 500 win 100\n+0 > R 500:500(0) win 0"),
            "");
  EXPECT_EQ(judged_by("reset-has-a-number-of-its-own", sent + "+0 > R. 7:7(0) ack 1 win 0"),
            "#5: the RST stands at 7, and SND.NXT is 11");
}

TEST(ResetOfAClosedPort, HasTheFormOfTheBook) {  // [RFC9293 3.10.7.1]
  Trace refused("+0 < S 0:0(0) win 100\n+0 > R. 0:0(0) ack 1 win 0");
  refused.segment(1).segment.seq = {0};
  EXPECT_EQ(judged_by("reset-of-a-closed-port", refused), "");
  refused.segment(1).segment.ack = Trace::kPeerInitial;
  EXPECT_EQ(judged_by("reset-of-a-closed-port", refused),
            "#1: the RST has SEQ 0 and ACK 4294960000; it should have SEQ 0 and ACK 4294960001");
  EXPECT_EQ(judged_by("reset-of-a-closed-port", "+0 < . 5:15(10) ack 77 win 100\n+0 > R 77:77(0) win 0"), "");
  EXPECT_EQ(judged_by("reset-of-a-closed-port", "+0 < . 5:15(10) ack 77 win 100\n+0 > R 78:78(0) win 0"),
            "#1: the RST has SEQ 4294967078, but SEG.ACK was 4294967077");
}

TEST(ExactResetIsBelieved, OrIsFound) {  // [RFC5961 3.2]
  const std::string talking = called_and("+0 write(20)\n+0 > P. 1:11(10) ack 1 win 30000\n");
  EXPECT_EQ(judged_by("exact-reset-is-believed", talking + "+0 < R 1:1(0) win 0"), "");
  EXPECT_EQ(judged_by("exact-reset-is-believed", talking + "+0 < R 1:1(0) win 0\n+.2 > P. 11:21(10) ack 1 win 30000"),
            "#5: goes on with the flags P. after a RST at RCV.NXT");
  EXPECT_EQ(judged_by("exact-reset-is-believed", talking + "+0 < R 2:2(0) win 0\n+.2 > P. 11:21(10) ack 1 win 30000"),
            "");
}

TEST(ResetInTheWindowIsChallenged, OrIsFound) {  // [RFC5961 3.2]
  const std::string attacked = called_and("+0 < R 500:500(0) win 0\n");
  EXPECT_EQ(judged_by("reset-in-the-window-is-challenged", attacked + "+0 > . 1:1(0) ack 1 win 30000"), "");
  EXPECT_EQ(judged_by("reset-in-the-window-is-challenged", attacked), "#4: there was no ACK for a RST in the window");
  EXPECT_EQ(
      judged_by("reset-in-the-window-is-challenged", attacked + "+.1 < P. 1:11(10) ack 1 win 100\n+0 > R 1:1(0) win 0"),
      "#5: a RST in the window, not at RCV.NXT, has reset the connection");
  EXPECT_EQ(judged_by("reset-in-the-window-is-challenged", called_and("+0 < R 40000:40000(0) win 0")), "");
}

TEST(ResetInTheWindowIsChallenged, IsNotProvenByTheSilenceOfARecordedHost) {
  Trace silent(called_and("+0 < R 500:500(0) win 0\n"));
  silent.circumstances.order_is_exact = false;
  EXPECT_EQ(judged_by("reset-in-the-window-is-challenged", silent), "");
}

TEST(SynInEstablishedIsChallenged, OrIsFound) {  // [RFC5961 4.2]
  const std::string attacked = called_and("+0 < S 500:500(0) win 100\n");
  EXPECT_EQ(judged_by("syn-in-established-is-challenged", attacked + "+0 > . 1:1(0) ack 1 win 30000"), "");
  EXPECT_EQ(judged_by("syn-in-established-is-challenged", attacked),
            "#4: there was no ACK for a SYN on a synchronized connection");
}

TEST(AckOfWhatWasNeverSentIsAnswered, OrIsFound) {  // [RFC9293 3.10.7.4]
  const std::string attacked = called_and("+0 < . 1:11(10) ack 5000 win 100\n");
  EXPECT_EQ(judged_by("ack-of-what-was-never-sent-is-answered", attacked + "+0 > . 1:1(0) ack 1 win 30000"), "");
  EXPECT_EQ(judged_by("ack-of-what-was-never-sent-is-answered", attacked),
            "#4: there was no ACK for a segment that acknowledges what was never sent");
}

}  // namespace
}  // namespace fourtuple::test
