// The player on conversations as simple as they come.
#include <gtest/gtest.h>

#include "apps/replay/performance.hpp"
#include "tests/unit/replay/plan_maker.hpp"

namespace fourtuple::replay {
namespace {

using capture::Host;
using Kind = judge::Call::Kind;

// A client that asks, is answered, and closes first.
constexpr std::string_view kEcho = R"(
    +0.010 c P. 1:101(100) ack 1
    +0.011 s .  1:1(0) ack 101
    +0.004 s P. 1:101(100) ack 101
    +0.000 c .  101:101(0) ack 101
    +0.020 c F. 101:101(0) ack 101
    +0.010 s F. 101:101(0) ack 102
    +0.000 c .  102:102(0) ack 102)";

ApplicationPlan echo_client() { return PlanMaker(Host::kClient, true).write(20ms, 100, 2).close(55ms, 6); }
ApplicationPlan echo_server() { return PlanMaker(Host::kServer, false).write(35ms, 100, 4).close(65ms, 8); }

TEST(PlayerEcho, TakesTheClientsPlace) {
  const auto made = make_open_conversation(kEcho);
  const Performance played = play(*made, echo_client());
  EXPECT_EQ(played.ending, Ending::kPlayed);
  EXPECT_EQ(played.undelivered, 0U);
  EXPECT_EQ(played.octets_read, 100U);
  EXPECT_TRUE(played.stream_is_whole);
  EXPECT_EQ(played.final_state, TcpState::kTimeWait);
  ASSERT_EQ(played.deliveries.size(), 4U);
  for (const Delivery& delivery : played.deliveries) {
    EXPECT_EQ(delivery.held_for, HeldFor::kNothing);
    EXPECT_EQ(delivery.delivered, played.begin + delivery.recorded);
  }
}

TEST(PlayerEcho, TakesTheServersPlace) {
  const auto made = make_open_conversation(kEcho);
  const Performance played = play(*made, echo_server());
  EXPECT_EQ(played.ending, Ending::kPlayed);
  EXPECT_EQ(played.octets_read, 100U);
  EXPECT_TRUE(played.stream_is_whole);
  EXPECT_EQ(played.final_state, TcpState::kClosed);
  ASSERT_EQ(played.states.size(), 5U);
  EXPECT_EQ(played.states.back().from, TcpState::kLastAck);
}

TEST(PlayerEcho, BeginsWithTheRecordedSequenceNumber) {
  const auto made = make_open_conversation(kEcho);
  const Performance played = play(*made, echo_client());
  ASSERT_FALSE(played.segments.empty());
  EXPECT_EQ(played.segments.front().segment.seq, made_initial(Host::kClient));
  EXPECT_EQ(played.segments.front().cause, Cause::kUserConnect);
  EXPECT_EQ(played.segments.front().time, played.begin);
  EXPECT_EQ(played.segments.front().segment.source_port, 40000);
}

TEST(PlayerEcho, OffersWhatTheRecordedHostOffered) {
  const auto made = make_conversation(R"(
      0.000  c S  0:0(0) win 8192 <mss 1200,sackOK,eol>
      +0.010 s S. 0:0(0) ack 1 <mss 1460>
      +0.000 c .  1:1(0) ack 1 win 8192)");
  const Performance played = play(*made, PlanMaker(Host::kClient, true));
  ASSERT_FALSE(played.segments.empty());
  const SegmentOptions& offered = played.segments.front().segment.options;
  EXPECT_EQ(offered.mss, 1200);
  EXPECT_TRUE(offered.sack_permitted);
  EXPECT_FALSE(offered.timestamps);
  EXPECT_FALSE(offered.window_scale);
  EXPECT_EQ(played.segments.front().segment.window, 8192);
}

TEST(PlayerEcho, KeepsTheOctetsOfItsSegments) {
  const auto made = make_open_conversation(kEcho);
  const Performance played = play(*made, echo_server());
  StreamOffset octets = 0;
  for (const OurSegment& sent : played.segments) {
    for (const std::uint8_t octet : sent.segment.payload) EXPECT_EQ(octet, made_octet(Host::kServer, ++octets));
  }
  EXPECT_EQ(octets, 100);
}

TEST(PlayerEcho, WritesDownCallsAsTheyWereMade) {
  const auto made = make_open_conversation(kEcho);
  const Performance played = play(*made, echo_client());
  ASSERT_EQ(played.calls.size(), 4U);
  EXPECT_EQ(played.calls[0].kind, Kind::kConnect);
  EXPECT_EQ(played.calls[1].kind, Kind::kWrite);
  EXPECT_EQ(played.calls[1].time, played.begin + 20ms);
  EXPECT_EQ(played.calls[1].octets, 100U);
  EXPECT_EQ(played.calls[2].kind, Kind::kRead);
  EXPECT_EQ(played.calls[3].kind, Kind::kClose);
}

// Everything that may be compared, as one line a thing.
std::vector<std::string> told(const Performance& played) {
  std::vector<std::string> lines;
  for (const OurSegment& sent : played.segments) {
    lines.push_back(std::to_string(sent.time.time_since_epoch().count()) + " " + to_string(sent.segment.flags) + " " +
                    std::to_string(sent.segment.seq.value) + " " + std::to_string(sent.segment.payload.size()) + " " +
                    std::to_string(sent.segment.ack.value) + " " + std::to_string(sent.segment.window));
  }
  for (const Delivery& delivery : played.deliveries) {
    lines.push_back(std::to_string(delivery.frame) + " " +
                    std::to_string(delivery.delivered.time_since_epoch().count()));
  }
  return lines;
}

TEST(PlayerEcho, GivesTheSamePerformanceEachTime) {
  const auto made = make_open_conversation(kEcho);
  EXPECT_EQ(told(play(*made, echo_server())), told(play(*made, echo_server())));
}

TEST(PlayerEcho, AnswersForAPortThatNobodyListensOn) {
  const auto made = make_conversation(R"(
      0.000  c S  0:0(0) win 8192 <mss 1460>
      +0.001 s R. 0:0(0) ack 1)");
  ApplicationPlan nobody;
  nobody.host = Host::kServer;
  nobody.close = CloseKind::kRefused;
  const Performance played = play(*made, nobody);
  ASSERT_EQ(played.segments.size(), 1U);
  EXPECT_TRUE(played.segments[0].segment.flags.rst());
  EXPECT_EQ(played.segments[0].cause, Cause::kResetReply);
  EXPECT_EQ(played.ending, Ending::kPlayed);
}

TEST(PlayerEcho, TakesARefusalForItsSyn) {
  const auto made = make_conversation(R"(
      0.000  c S  0:0(0) win 8192 <mss 1460>
      +0.001 s R. 0:0(0) ack 1)");
  const Performance played = play(*made, PlanMaker(Host::kClient, true));
  EXPECT_EQ(played.ending, Ending::kPlayed);
  EXPECT_EQ(played.final_state, TcpState::kClosed);
  EXPECT_EQ(played.segments.size(), 1U);
}

}  // namespace
}  // namespace fourtuple::replay
