#include <gtest/gtest.h>

#include "tests/unit/judge/trace_maker.hpp"

namespace fourtuple::judge {
namespace {

using test::judged_by;
using test::Trace;

// The window of 1000 octets is full, and the peer says zero. More was written.
constexpr std::string_view kClosing = R"(
  +0    connect()
  +0    > S 0:0(0) win 65535 <mss 1460>
  +.1   < S. 0:0(0) ack 1 win 1000 <mss 1000>
  +0    > . 1:1(0) ack 1 win 65535
  +0    write(3000)
  +0    > . 1:1001(1000) ack 1 win 65535
  +.1   < . 1:1(0) ack 1001 win 0
)";
constexpr std::string_view kOpening = R"(
  +0    < . 1:1(0) ack 1001 win 2000
  +0    > . 1001:2001(1000) ack 1 win 65535
)";

std::string closing_and(std::string_view rule, std::string_view script) {
  return judged_by(rule, std::string(kClosing) + std::string(script) + std::string(kOpening));
}

TEST(ClosedWindowIsProbed, IsSilentWhereItIs) {  // [RFC9293 MUST-36]
  EXPECT_EQ(closing_and("closed-window-is-probed", R"(
    +1    > . 1001:1002(1) ack 1 win 65535
    +.1   < . 1:1(0) ack 1001 win 0
    +20   < . 1:1(0) ack 1001 win 0
  )"),
            "");
}

TEST(ClosedWindowIsProbed, FindsSilenceInFrontOfOne) {  // [RFC9293 MUST-36]
  EXPECT_EQ(closing_and("closed-window-is-probed", "+20 < . 1:1(0) ack 1001 win 0"),
            "#7: had octets to send and has not probed the window that segment 4 closed, for 20 s");
}

TEST(ClosedWindowIsProbed, FindsSilenceForEver) {
  EXPECT_EQ(judged_by("closed-window-is-probed", kClosing),
            "#5: had octets to send and has not probed the window that segment 4 closed, for 600 s");
}

TEST(ClosedWindowIsProbed, ExpectsNothingWhereNothingWaits) {
  EXPECT_EQ(judged_by("closed-window-is-probed", std::string(kClosing) + R"(
    +60   < . 1:1(0) ack 1001 win 2000
    +1    > . 1001:2001(1000) ack 1 win 65535
  )"),
            "");
}

TEST(FirstProbeAfterOneTimeout, IsSilentAboutAUsualTimeout) {  // [RFC9293 SHLD-29]
  EXPECT_EQ(closing_and("first-probe-after-one-timeout", "+.3 > . 1001:1002(1) ack 1 win 65535"), "");
}

TEST(FirstProbeAfterOneTimeout, FindsAProbeWithinTheRoundTrip) {  // [RFC9293 SHLD-29]
  EXPECT_EQ(closing_and("first-probe-after-one-timeout", "+.01 > . 1001:1002(1) ack 1 win 65535"),
            "#5: probes after 10 ms, which is less than any round trip was");
}

TEST(FirstProbeAfterOneTimeout, FindsAProbeAfterAMinute) {  // [RFC9293 SHLD-29]
  EXPECT_EQ(closing_and("first-probe-after-one-timeout", "+60 > . 1001:1002(1) ack 1 win 65535"),
            "#5: first probes after 60 s");
}

TEST(ProbesBackOff, IsSilentWhereTheyDo) {  // [RFC9293 SHLD-30]
  EXPECT_EQ(closing_and("probes-back-off", R"(
    +.3  > . 1001:1002(1) ack 1 win 65535
    +.6  > . 1001:1002(1) ack 1 win 65535
    +1.2 > . 1001:1002(1) ack 1 win 65535
  )"),
            "");
}

TEST(ProbesBackOff, FindsEqualWaits) {  // [RFC9293 SHLD-30]
  EXPECT_EQ(closing_and("probes-back-off", R"(
    +.3  > . 1001:1002(1) ack 1 win 65535
    +.3  > . 1001:1002(1) ack 1 win 65535
    +.3  > . 1001:1002(1) ack 1 win 65535
  )"),
            "#7: probes after 300 ms, and had waited 300 ms before");
}

TEST(ProbesBackOff, MayBeginAnewWhenAnOctetWasTaken) {
  EXPECT_EQ(closing_and("probes-back-off", R"(
    +.3  > . 1001:1002(1) ack 1 win 65535
    +.05 < . 1:1(0) ack 1002 win 0
    +.3  > . 1002:1003(1) ack 1 win 65535
    +.05 < . 1:1(0) ack 1003 win 0
    +.3  > . 1003:1004(1) ack 1 win 65535
  )"),
            "");
}

TEST(ProbeCarriesAnOctet, IsSilentWhereItDoes) {  // [RFC9293 3.8.6.1]
  EXPECT_EQ(closing_and("probe-carries-an-octet", "+.3 > . 1001:1002(1) ack 1 win 65535"), "");
}

TEST(ProbeCarriesAnOctet, FindsAnEmptyProbeOnce) {  // [RFC9293 3.8.6.1]
  EXPECT_EQ(closing_and("probe-carries-an-octet", "+.3 > . 1000:1000(0) ack 1 win 65535"),
            "#5: probes a closed window without an octet, and has octets to send");
}

TEST(ProbeCarriesAnOctet, SeesByWhatFollowsThatSomethingWaited) {
  Trace trace(std::string(kClosing) + "+.3 > . 1000:1000(0) ack 1 win 65535\n" + std::string(kOpening));
  trace.circumstances.calls_are_known = false;
  EXPECT_EQ(judged_by("probe-carries-an-octet", trace),
            "#5: probes a closed window without an octet, and has octets to send");
}

constexpr std::string_view kAnswered = R"(
  +.3   > . 1001:1002(1) ack 1 win 65535
  +.1   < . 1:1(0) ack 1001 win 0
)";

TEST(ClosedWindowKeepsTheConnection, IsSilentWhereTheApplicationAborts) {  // [RFC9293 MUST-37]
  EXPECT_EQ(judged_by("closed-window-keeps-the-connection",
                      std::string(kClosing) + std::string(kAnswered) + "+9 abort()\n+0 > R. 1001:1001(0) ack 1 win 0"),
            "");
}

TEST(ClosedWindowKeepsTheConnection, FindsAResetAlthoughProbesAreAnswered) {  // [RFC9293 MUST-37]
  EXPECT_EQ(judged_by("closed-window-keeps-the-connection",
                      std::string(kClosing) + std::string(kAnswered) + "+9 > R. 1001:1001(0) ack 1 win 0"),
            "#7: resets in front of a closed window although its probes are answered");
}

}  // namespace
}  // namespace fourtuple::judge
