#include "stack/judge/endpoint.hpp"

#include <gtest/gtest.h>

#include "tests/unit/judge/trace_maker.hpp"

namespace fourtuple::judge {
namespace {

using test::Trace;

constexpr std::string_view kPassiveOpening = R"(
  +0   < S 0:0(0) win 65535 <mss 1000,sackOK,TS val 100 ecr 0,wscale 7>
  +0   > S. 0:0(0) ack 1 win 5000 <mss 1460,sackOK,TS val 900 ecr 100,wscale 2>
  +.01 < . 1:1(0) ack 1 win 20 <TS val 110 ecr 900>
)";

Endpoint after(std::string_view script) { return Trace(script).endpoint(); }
Endpoint opened_and(std::string_view script) { return after(std::string(kPassiveOpening) + std::string(script)); }

TEST(JudgedEndpoint, LearnsFromBothSynsWhatWasAgreedOn) {
  const Endpoint endpoint = after(kPassiveOpening);
  EXPECT_TRUE(endpoint.is_open());
  EXPECT_FALSE(endpoint.is_active());
  EXPECT_TRUE(endpoint.uses_sack() && endpoint.uses_timestamps() && endpoint.uses_scaling());
  EXPECT_EQ(endpoint.own_shift(), 2U);
  EXPECT_EQ(endpoint.peer_shift(), 7U);
  EXPECT_EQ(endpoint.send_limit(), 1000U);
  EXPECT_EQ(endpoint.own().window, 20U << 7U);
  EXPECT_EQ(endpoint.peer().right_edge, 5001);  // the window of a SYN is not scaled
  EXPECT_EQ(endpoint.own().right_edge, 65536);
  EXPECT_EQ(endpoint.own().last_edge, 1 + (20 << 7));
}

TEST(JudgedEndpoint, WithoutOptionsAgreesOnNothing) {
  const Endpoint endpoint = after("+0 > S 0:0(0) win 65535 <wscale 3,sackOK>\n+0 < S. 0:0(0) ack 1 win 100");
  EXPECT_TRUE(endpoint.is_active());
  EXPECT_FALSE(endpoint.uses_sack() || endpoint.uses_timestamps() || endpoint.uses_scaling());
  EXPECT_EQ(endpoint.send_limit(), 536U);
  EXPECT_EQ(endpoint.own_shift(), 0U);
}

TEST(JudgedEndpoint, CountsWhatCameAndWhatIsMissing) {
  const Endpoint endpoint = opened_and(R"(
    +0 < P. 1:101(100) ack 1 win 20 <TS val 111 ecr 900>
    +0 < P. 201:301(100) ack 1 win 20 <TS val 111 ecr 900>
    +0 > . 1:1(0) ack 101 win 1000 <TS val 911 ecr 111,sack 201:301>
  )");
  EXPECT_EQ(endpoint.rcv_nxt(), 101);
  EXPECT_EQ(endpoint.peer().max_end, 301);
  EXPECT_EQ(endpoint.acked_by_own(), 101);
  EXPECT_EQ(endpoint.offered_edge(), 5001);
  EXPECT_EQ(endpoint.peer().last_edge, 101 + 4000);
  EXPECT_FALSE(endpoint.has_doubtful_arrivals());
}

TEST(JudgedEndpoint, CountsWhatItSentAndWhatIsInFlight) {
  const Endpoint endpoint = opened_and(R"(
    +0 > P. 1:101(100) ack 1 win 5000 <TS val 911 ecr 110>
    +0 > P. 101:201(100) ack 1 win 5000 <TS val 911 ecr 110>
    +0 < . 1:1(0) ack 101 win 20 <TS val 112 ecr 911>
  )");
  EXPECT_EQ(endpoint.snd_una(), 101);
  EXPECT_EQ(endpoint.snd_nxt(), 201);
  EXPECT_TRUE(endpoint.has_in_flight());
}

TEST(JudgedEndpoint, HasSentWhatWasDamagedBehindIt) {
  const auto snd_nxt_after = [](std::string_view damaged) {
    Trace trace(std::string(kPassiveOpening) + std::string(damaged));
    trace.segment(3).checksum_is_wrong = true;
    return trace.endpoint().snd_nxt();
  };
  EXPECT_EQ(snd_nxt_after("+0 > P. 1:101(100) ack 1 win 5000 <TS val 911 ecr 110>"), 101);
  EXPECT_EQ(snd_nxt_after("+0 > P. 501:601(100) ack 1 win 5000 <TS val 911 ecr 110>"), 1);  // damaged, too
  EXPECT_EQ(snd_nxt_after("+0 > S 1:1(0) win 5000"), 1);
}

TEST(JudgedEndpoint, IgnoresWhatAnEndpointMustIgnore) {
  const Endpoint endpoint = opened_and(R"(
    +0 < P 1:101(100) win 20 <TS val 111 ecr 900>
    +0 < P. 1:101(100) ack 5000 win 20 <TS val 111 ecr 900>
    +0 < P. 900000:900100(100) ack 1 win 20 <TS val 111 ecr 900>
    +0 < S 7777:7777(0) win 20 <mss 1460>
    +0 < R 4000000:4000000(0) win 0
  )");
  EXPECT_EQ(endpoint.rcv_nxt(), 1);
  EXPECT_EQ(endpoint.peer().max_end, 1);
  EXPECT_EQ(endpoint.peer().syns, 1U);
  EXPECT_FALSE(endpoint.is_over());
}

TEST(JudgedEndpoint, DoubtsWhatOneEndpointTakesAndAnotherDrops) {
  EXPECT_TRUE(opened_and("+0 < P. 1:101(100) ack 1 win 20 <TS val 9 ecr 900>").has_doubtful_arrivals());
  EXPECT_TRUE(opened_and("+0 < P. 1:101(100) ack 1 win 20").has_doubtful_arrivals());
  const Endpoint probed = opened_and("+0 < . 5001:5002(1) ack 1 win 20 <TS val 111 ecr 900>");
  EXPECT_TRUE(probed.has_doubtful_arrivals());
  EXPECT_FALSE(probed.peer().seen.touches(5001, 5002));  // it need not take what lies beyond the window
}

TEST(JudgedEndpoint, BelievesAResetAtRcvNxtAndMayBelieveOneInTheWindow) {
  EXPECT_EQ(opened_and("+0 < R 1:1(0) win 0").state(), TcpState::kClosed);
  const Endpoint challenged = opened_and("+0 < R 2:2(0) win 0");
  EXPECT_TRUE(challenged.is_over());  // for all that can be known
  EXPECT_EQ(challenged.state(), TcpState::kEstablished);
  EXPECT_FALSE(opened_and("+0 < R 2:2(0) win 0\n+0 > . 1:1(0) ack 1 win 5000 <TS val 911 ecr 110>").is_over());
}

TEST(JudgedEndpoint, WalksFigure5WhenThePeerClosesFirst) {
  EXPECT_EQ(after("+0 < S 0:0(0) win 100").state(), TcpState::kListen);
  EXPECT_EQ(after("+0 < S 0:0(0) win 100\n+0 > S. 0:0(0) ack 1 win 100").state(), TcpState::kSynReceived);
  EXPECT_EQ(after(kPassiveOpening).state(), TcpState::kEstablished);
  std::string script = "+0 < F. 1:1(0) ack 1 win 20 <TS val 111 ecr 900>\n";
  EXPECT_EQ(opened_and(script).state(), TcpState::kCloseWait);
  script += "+0 > F. 1:1(0) ack 2 win 5000 <TS val 911 ecr 111>\n";
  EXPECT_EQ(opened_and(script).state(), TcpState::kLastAck);
  script += "+0 < . 2:2(0) ack 2 win 20 <TS val 112 ecr 911>\n";
  EXPECT_EQ(opened_and(script).state(), TcpState::kClosed);
}

TEST(JudgedEndpoint, WalksFigure5WhenItClosesFirst) {
  EXPECT_EQ(after("+0 > S 0:0(0) win 100").state(), TcpState::kSynSent);
  const std::string closing = "+0 > F. 1:1(0) ack 1 win 5000 <TS val 911 ecr 110>\n";
  EXPECT_EQ(opened_and(closing).state(), TcpState::kFinWait1);
  const std::string acknowledged = closing + "+0 < . 1:1(0) ack 2 win 20 <TS val 112 ecr 911>\n";
  EXPECT_EQ(opened_and(acknowledged).state(), TcpState::kFinWait2);
  EXPECT_EQ(opened_and(acknowledged + "+0 < F. 1:1(0) ack 2 win 20 <TS val 112 ecr 911>\n").state(),
            TcpState::kTimeWait);
  EXPECT_EQ(opened_and(closing + "+0 < F. 1:1(0) ack 1 win 20 <TS val 112 ecr 911>\n").state(), TcpState::kClosing);
}

TEST(JudgedEndpoint, KnowsTheCallsOfItsApplication) {
  const Endpoint endpoint = after("+0 connect()\n+0 write(100)\n+0 write(20)\n+0 read(7)\n+0 close()");
  EXPECT_EQ(endpoint.written(), 120U);
  EXPECT_EQ(endpoint.read(), 7U);
  EXPECT_TRUE(endpoint.has_closed());
  EXPECT_FALSE(endpoint.has_called(Call::Kind::kAbort));
}

}  // namespace
}  // namespace fourtuple::judge
