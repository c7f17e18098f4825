#include <gtest/gtest.h>

#include "tests/unit/judge/trace_maker.hpp"

namespace fourtuple::judge {
namespace {

using test::judged_by;
using test::Trace;

constexpr std::string_view kIdle = R"(
  +0    connect()
  +0    > S 0:0(0) win 8000 <mss 1000>
  +.1   < S. 0:0(0) ack 1 win 65535 <mss 1000>
  +0    > . 1:1(0) ack 1 win 8000
)";

std::string idle_and(std::string_view rule, std::string_view script) {
  return judged_by(rule, std::string(kIdle) + std::string(script));
}

TEST(KeepAliveIsOffByDefault, IsSilentWhereItWasAskedFor) {  // [RFC9293 MUST-25]
  EXPECT_EQ(idle_and("keep-alive-is-off-by-default", "+0 keepalive()\n+7200 > . 0:0(0) ack 1 win 8000"), "");
}

TEST(KeepAliveIsOffByDefault, FindsOneThatNobodyAskedFor) {  // [RFC9293 MUST-25]
  EXPECT_EQ(idle_and("keep-alive-is-off-by-default", "+7200 > . 0:0(0) ack 1 win 8000"),
            "#3: sends a keep-alive, and nobody has asked for any");
}

TEST(KeepAliveIsOffByDefault, IsSilentWhereNobodyKnowsTheCalls) {
  Trace trace(std::string(kIdle) + "+7200 > . 0:0(0) ack 1 win 8000");
  trace.circumstances.calls_are_known = false;
  EXPECT_EQ(judged_by("keep-alive-is-off-by-default", trace), "");
}

TEST(KeepAliveWaitsTwoHours, IsSilentAfterTwoHoursOrWhereLessWasSet) {  // [RFC9293 MUST-28]
  EXPECT_EQ(idle_and("keep-alive-waits-two-hours", "+0 keepalive()\n+7200 > . 0:0(0) ack 1 win 8000"), "");
  EXPECT_EQ(idle_and("keep-alive-waits-two-hours", "+0 keepalive(60)\n+60 > . 0:0(0) ack 1 win 8000"), "");
}

TEST(KeepAliveWaitsTwoHours, FindsOneAfterAMinute) {  // [RFC9293 MUST-28]
  EXPECT_EQ(idle_and("keep-alive-waits-two-hours", "+0 keepalive()\n+60 > . 0:0(0) ack 1 win 8000"),
            "#3: asks after 60 s of silence");
}

TEST(KeepAliveOnlyWhenIdle, IsSilentAfterASecond) {  // [RFC9293 MUST-26]
  EXPECT_EQ(idle_and("keep-alive-only-when-idle", "+1 > . 0:0(0) ack 1 win 8000"), "");
}

TEST(KeepAliveOnlyWhenIdle, FindsOneRightBehindAnAck) {  // [RFC9293 MUST-26]
  EXPECT_EQ(idle_and("keep-alive-only-when-idle", R"(
    +1    < P. 1:11(10) ack 1 win 65535
    +.01  > . 0:0(0) ack 11 win 8000
  )"),
            "#4: sends a keep-alive 10 ms after something was heard");
}

TEST(OneLostKeepAliveIsNoDeath, IsSilentAfterSeveral) {  // [RFC9293 MUST-29]
  EXPECT_EQ(idle_and("one-lost-keep-alive-is-no-death", R"(
    +0    keepalive()
    +7200 > . 0:0(0) ack 1 win 8000
    +75   > . 0:0(0) ack 1 win 8000
    +75   > R. 1:1(0) ack 1 win 0
  )"),
            "");
}

TEST(OneLostKeepAliveIsNoDeath, FindsAResetAfterOne) {  // [RFC9293 MUST-29]
  EXPECT_EQ(idle_and("one-lost-keep-alive-is-no-death", R"(
    +0    keepalive()
    +7200 > . 0:0(0) ack 1 win 8000
    +75   > R. 1:1(0) ack 1 win 0
  )"),
            "#4: resets the connection after a single keep-alive");
}

constexpr std::string_view kFinAgain = R"(
  +0    > F. 1:1(0) ack 1 win 8000
  +.1   < F. 1:1(0) ack 2 win 65535
  +0    > . 2:2(0) ack 2 win 8000
  +1    < F. 1:1(0) ack 2 win 65535
)";

TEST(TimeWaitAnswersARepeatedFin, IsSilentAboutAnAck) {  // [RFC9293 MUST-13]
  EXPECT_EQ(idle_and("time-wait-answers-a-repeated-fin", std::string(kFinAgain) + "+0 > . 2:2(0) ack 2 win 8000"), "");
}

TEST(TimeWaitAnswersARepeatedFin, FindsAReset) {  // [RFC9293 MUST-13]
  EXPECT_EQ(idle_and("time-wait-answers-a-repeated-fin", std::string(kFinAgain) + "+0 > R 2:2(0) win 0"),
            "#7: resets a connection that is 1 s old in TIME-WAIT, where the peer's FIN came again");
}

}  // namespace
}  // namespace fourtuple::judge
