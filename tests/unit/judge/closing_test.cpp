#include <gtest/gtest.h>

#include "tests/unit/judge/openings.hpp"
#include "tests/unit/judge/trace_maker.hpp"

namespace fourtuple::test {
namespace {

TEST(FinKeepsItsPlace, WhenItIsRepeated) {  // [RFC9293 3.6]
  const std::string closed = called_and("+0 write(10)\n+0 close()\n+0 > FP. 1:11(10) ack 1 win 30000\n");
  EXPECT_EQ(judged_by("fin-keeps-its-place", closed + "+1 > FP. 1:11(10) ack 1 win 30000"), "");
  EXPECT_EQ(judged_by("fin-keeps-its-place", closed + "+1 > F. 11:11(0) ack 1 win 30000"), "");
  EXPECT_EQ(judged_by("fin-keeps-its-place", closed + "+1 > F. 12:12(0) ack 1 win 30000"),
            "#4: a FIN stands at 12, and another one stood at 11");
}

TEST(NothingAfterTheFin, OrIsFound) {  // [RFC9293 3.6]
  const std::string closed = called_and("+0 write(10)\n+0 close()\n+0 > FP. 1:11(10) ack 1 win 30000\n");
  EXPECT_EQ(judged_by("nothing-after-the-fin", closed + "+1 > P. 1:11(10) ack 1 win 30000"), "");
  EXPECT_EQ(judged_by("nothing-after-the-fin", closed + "+1 > P. 12:22(10) ack 1 win 30000"),
            "#4: sends octets up to 22 behind its FIN at 11");
  EXPECT_EQ(judged_by("nothing-after-the-fin", called_and("+0 > P. 1:11(10) ack 1 win 30000\n"
                                                          "+0 > F. 6:6(0) ack 1 win 30000")),
            "#4: a FIN stands at 6 though octets up to 11 were sent");
}

TEST(FinIsAcknowledged, OnceItHasCome) {  // [RFC9293 3.10.7.4]
  const std::string closed = called_and("+0 < F. 1:1(0) ack 1 win 20000\n+0 write(10)\n");
  EXPECT_EQ(judged_by("fin-is-acknowledged", closed + "+2 > P. 1:11(10) ack 2 win 30000"), "");
  EXPECT_EQ(judged_by("fin-is-acknowledged", closed + "+2 > P. 1:11(10) ack 1 win 30000"),
            "#4: acknowledges 1 and not the FIN that came at 1");
}

TEST(FinIsAcknowledged, OnlyWhenNothingIsMissingBeforeIt) {
  EXPECT_EQ(judged_by("fin-is-acknowledged", called_and("+0 < F. 11:11(0) ack 1 win 20000\n"
                                                        "+2 > . 1:1(0) ack 1 win 30000")),
            "");
}

TEST(ResetForUnreadOctets, IsTheAnswerOfAClosingApplication) {  // [RFC9293 SHLD-3]
  const std::string came = called_and("+0 < P. 1:101(100) ack 1 win 20000\n+0 > . 1:1(0) ack 101 win 29900\n");
  const std::string fin = "+0 close()\n+0 > F. 1:1(0) ack 101 win 30000";
  EXPECT_EQ(judged_by("reset-for-unread-octets", came + "+0 read(100)\n" + fin), "");
  EXPECT_EQ(judged_by("reset-for-unread-octets", came + "+0 close()\n+0 > R. 1:1(0) ack 101 win 0"), "");
  EXPECT_EQ(judged_by("reset-for-unread-octets", came + "+0 read(40)\n" + fin),
            "#5: closes with FIN though 60 octets were not read");
}

}  // namespace
}  // namespace fourtuple::test
