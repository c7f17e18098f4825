// When the player lets recorded frames come: each case of steering, on conversations made for it.
#include <algorithm>
#include <gtest/gtest.h>
#include <string>

#include "apps/replay/performance.hpp"
#include "tests/unit/replay/plan_maker.hpp"

namespace fourtuple::replay {
namespace {

using capture::Host;
using Kind = judge::Call::Kind;

PlanMaker steered_client() { return {Host::kClient, true}; }
PlanMaker steered_server() { return {Host::kServer, false}; }

// The delivery of the frame with this number (from 1); fails the test where there is none.
Delivery delivery_of(const Performance& played, std::size_t number) {
  const auto found = std::find_if(played.deliveries.begin(), played.deliveries.end(), [number](const Delivery& one) {
    return one.frame + 1 == number && !one.is_icmp && !one.is_synthetic;
  });
  if (found == played.deliveries.end()) {
    ADD_FAILURE() << "frame " << number << " was not delivered";
    return {};
  }
  return *found;
}

std::size_t count_of(const Performance& played, bool (*is_one)(const OurSegment&)) {
  return static_cast<std::size_t>(std::count_if(played.segments.begin(), played.segments.end(), is_one));
}
std::size_t repeats_of(const Performance& played) {
  return count_of(played, [](const OurSegment& one) { return one.retransmission; });
}

TEST(PlayerSteering, HoldsAnAcknowledgmentUntilOurStackHasSentTheOctets) {
  const auto made = make_open_conversation(R"(
      +0.010 c P. 1:101(100) ack 1
      +0.010 s .  1:1(0) ack 101)");
  const Performance played = play(*made, steered_client().write(60ms, 100));  // 40 ms later than the recorded host
  const Delivery acked = delivery_of(played, 5);
  EXPECT_EQ(played.ending, Ending::kPlayed);
  EXPECT_EQ(acked.delivered, played.begin + 70ms);
  EXPECT_EQ(acked.held_for, HeldFor::kData);
  EXPECT_EQ(acked.held, 40ms);
}

TEST(PlayerSteering, HoldsTheAcknowledgmentsOfSynAndFin) {
  const auto made = make_open_conversation(R"(
      +0.010 c F. 1:1(0) ack 1
      +0.010 s .  1:1(0) ack 2)");
  PlanMaker late = steered_client();
  ApplicationPlan plan = late.close(80ms);
  plan.calls.front().time = 5ms;
  const Performance played = play(*made, plan);
  EXPECT_EQ(delivery_of(played, 2).held_for, HeldFor::kSyn);
  EXPECT_EQ(delivery_of(played, 2).delivered, played.begin + 15ms);
  EXPECT_EQ(delivery_of(played, 5).held_for, HeldFor::kFin);
  EXPECT_EQ(delivery_of(played, 5).delivered, played.begin + 90ms);
}

TEST(PlayerSteering, DeliversEdgesInsideOurSegmentsAsTheyAre) {
  const auto made = make_open_conversation(R"(
      +0.010 c .  1:51(50) ack 1
      +0.000 c P. 51:101(50) ack 1
      +0.010 s .  1:1(0) ack 51
      +0.001 s .  1:1(0) ack 101)");
  const Performance played = play(*made, steered_client().write(20ms, 100, 2));
  EXPECT_EQ(played.ending, Ending::kPlayed);
  EXPECT_EQ(delivery_of(played, 6).segment.ack, made_initial(Host::kClient) + 51);
  EXPECT_EQ(delivery_of(played, 6).held_for, HeldFor::kNothing);
}

TEST(PlayerSteering, NeverDeliversBeforeTheRecordedTime) {
  const auto made = make_open_conversation(R"(
      +0.500 c P. 1:101(100) ack 1
      +0.010 s .  1:1(0) ack 101)");
  const Performance played = play(*made, steered_client().write(20ms, 100, 2));  // earlier than the recorded host
  EXPECT_EQ(delivery_of(played, 5).delivered, played.begin + 520ms);
}

TEST(PlayerSteering, MarksWhatATimerSendsBecauseTheRecordedAcknowledgmentComesLate) {
  const auto made = make_open_conversation(R"(
      +2.000 c P. 1:101(100) ack 1
      +0.010 s .  1:1(0) ack 101)");
  const Performance played = play(*made, steered_client().write(20ms, 100, 2));
  ASSERT_GE(repeats_of(played), 1U);
  for (const OurSegment& one : played.segments) EXPECT_EQ(one.ack_lag, one.retransmission);
}

TEST(PlayerSteering, AcknowledgesInTimeWhereItMay) {
  const auto made = make_open_conversation(R"(
      +2.000 c P. 1:101(100) ack 1
      +0.010 s .  1:1(0) ack 101)");
  const Performance played = play(*made, steered_client().write(20ms, 100, 2), {.elastic_acks = true});
  EXPECT_EQ(repeats_of(played), 0U);
  ASSERT_EQ(played.deliveries.size(), 3U);
  EXPECT_TRUE(played.deliveries[1].is_synthetic);
  EXPECT_EQ(played.deliveries[1].segment.ack, made_initial(Host::kClient) + 101);
  EXPECT_EQ(played.deliveries[1].segment.flags.bits, TcpFlags::kAck);
  EXPECT_EQ(played.deliveries[1].delivered, played.begin + 30ms);
}

// Twenty segments in flight at once, all acknowledged by one: our initial window lets ten go.
std::shared_ptr<capture::Conversation> stretched() {
  std::string lines;
  for (int i = 0; i < 20; ++i) {
    const int begin = 1 + i * 1460;
    lines += "+0.000 c .  " + std::to_string(begin) + ":" + std::to_string(begin + 1460) + "(1460) ack 1\n";
  }
  return make_open_conversation(lines + "+0.010 s .  1:1(0) ack 29201\n");
}

TEST(PlayerSteering, StopsWhereOurCongestionWindowKeepsBackWhatAFrameWaitsFor) {
  const Performance played = play(*stretched(), steered_client().write(10ms, 29200, 2));
  EXPECT_EQ(played.ending, Ending::kStalled);
  EXPECT_EQ(played.stalled_at, 23U);
  EXPECT_EQ(played.stalled_for, 14601);
  EXPECT_FALSE(played.window_allowed_more);
  EXPECT_EQ(played.undelivered, 1U);
  EXPECT_EQ(repeats_of(played), 0U);
}

TEST(PlayerSteering, GoesOnWithAnAcknowledgmentOfItsOwnWhereItMay) {
  const Performance played = play(*stretched(), steered_client().write(10ms, 29200, 2), {.elastic_acks = true});
  EXPECT_EQ(played.ending, Ending::kPlayed);
  ASSERT_EQ(played.deliveries.size(), 3U);
  EXPECT_TRUE(played.deliveries[1].is_synthetic);
  EXPECT_EQ(played.deliveries[1].segment.ack, made_initial(Host::kClient) + 14601);
  EXPECT_EQ(played.deliveries[1].delivered, played.begin + 20ms);
}

TEST(PlayerSteering, StallsWhereOurApplicationNeverWritesWhatWasAcknowledged) {
  const auto made = make_open_conversation(R"(
      +0.010 c P. 1:101(100) ack 1
      +0.010 s .  1:1(0) ack 101)");
  const Performance played = play(*made, steered_client());
  EXPECT_EQ(played.ending, Ending::kStalled);
  EXPECT_EQ(played.stalled_at, 4U);
  EXPECT_EQ(played.stalled_for, 1);
  EXPECT_FALSE(played.window_allowed_more);
}

TEST(PlayerSteering, NamesNoFrameWhereAnErrorWaitsForWhatItQuotes) {
  const auto made = make_open_conversation(R"(
      +0.010 c P. 1:101(100) ack 1
      +0.010 s icmp unreachable frag_needed mtu 1400 [1:101(100)])");
  const Performance played = play(*made, steered_client());
  EXPECT_EQ(played.ending, Ending::kStalled);
  EXPECT_EQ(played.stalled_at, std::nullopt);
  EXPECT_EQ(played.stalled_for, 1);
  EXPECT_EQ(played.undelivered, 1U);
}

TEST(PlayerSteering, HoldsWhatClosesAHoleUntilOurStackHasRepairedIt) {
  const auto made = make_open_conversation(R"(
      +0.010 c P. 1:101(100) ack 1
      +0.100 c P. 1:101(100) ack 1
      +0.010 s .  1:1(0) ack 101)");
  const Performance played = play(*made, steered_client().write(20ms, 100, 2));
  const Delivery closing = delivery_of(played, 6);
  const auto repair = std::find_if(played.segments.begin(), played.segments.end(),
                                   [](const OurSegment& one) { return one.retransmission; });
  ASSERT_NE(repair, played.segments.end());
  EXPECT_EQ(closing.delivered, std::max(played.begin + 130ms, repair->time + 10ms));
  EXPECT_EQ(repeats_of(played), 1U);
}

TEST(PlayerSteering, DeliversRetransmissionsAsTheyWereRecorded) {
  const auto made = make_open_conversation(R"(
      +0.010 s P. 1:101(100) ack 1
      +0.050 s P. 1:101(100) ack 1
      +0.000 c .  1:1(0) ack 101)");
  const Performance played = play(*made, steered_client());
  ASSERT_EQ(played.deliveries.size(), 3U);
  EXPECT_EQ(played.octets_read, 100U);
  EXPECT_EQ(played.segments.back().cause, Cause::kAckUnacceptable);
}

TEST(PlayerSteering, DeliversAnAcknowledgmentOfWhatNeverWasSentAtItsTime) {
  auto made = make_open_conversation(R"(
      +0.010 s .  1:1(0) ack 5001
      +0.000 c .  1:1(0) ack 1)");
  made->frames[3].odd.acks_unseen = true;
  const Performance played = play(*made, steered_client());
  EXPECT_EQ(delivery_of(played, 4).held_for, HeldFor::kNothing);
  EXPECT_EQ(delivery_of(played, 4).delivered, played.begin + 20ms);
  EXPECT_EQ(played.ending, Ending::kPlayed);
}

TEST(PlayerSteering, DeliversADamagedFrameDamaged) {
  const auto made = make_open_conversation(R"(
      +0.010 s P. 1:101(100) ack 1 # damaged
      +0.300 s P. 1:101(100) ack 1)");
  const Performance played = play(*made, steered_client());
  EXPECT_TRUE(delivery_of(played, 4).checksum_is_wrong);
  EXPECT_EQ(played.octets_read, 100U);
  EXPECT_EQ(played.segments.size(), 3U);  // SYN, ACK, and nothing for the damaged one
}

TEST(PlayerSteering, StopsWhereOurSideIsGoneAndTheRecordedOneWentOn) {
  const auto made = make_open_conversation(R"(
      +0.010 s P. 1:101(100) ack 1
      +0.000 c .  1:1(0) ack 101
      +0.100 s P. 101:201(100) ack 1
      +0.000 c .  1:1(0) ack 201)");
  const Performance played = play(*made, steered_client().call(Kind::kAbort, 50ms));
  EXPECT_EQ(played.ending, Ending::kEarly);
  EXPECT_EQ(played.undelivered, 1U);
  EXPECT_EQ(played.stalled_at, 5U);
}

TEST(PlayerSteering, KeepsTheDistanceBetweenFramesThatNothingEnabled) {
  const auto made = make_open_conversation(R"(
      +0.010 c P. 1:101(100) ack 1
      +0.010 s .  1:1(0) ack 101
      +0.025 s P. 1:11(10) ack 101)");
  const Performance played = play(*made, steered_client().write(60ms, 100));
  EXPECT_EQ(delivery_of(played, 6).delivered, delivery_of(played, 5).delivered + 25ms);
}

TEST(PlayerSteering, KeepsTheDistanceOfCallsToTheFrameTheyAnswer) {
  const auto made = make_open_conversation(R"(
      +0.010 c P. 1:101(100) ack 1
      +0.010 s P. 1:11(10) ack 101
      +0.005 c P. 101:201(100) ack 11
      +0.010 s .  11:11(0) ack 201)");
  const Performance played = play(*made, steered_client().write(60ms, 100).write(35ms, 100, 5));
  const auto second = std::find_if(played.calls.rbegin(), played.calls.rend(),
                                   [](const judge::Call& call) { return call.kind == Kind::kWrite; });
  ASSERT_NE(second, played.calls.rend());
  EXPECT_EQ(second->time, delivery_of(played, 5).delivered + 5ms);
}

TEST(PlayerSteering, MovesFramesByTheWayFromTheCapture) {
  const auto made = make_open_conversation(R"(
      +0.010 c P. 1:101(100) ack 1
      +0.010 s .  1:1(0) ack 101)");  // taken at the client, 5 ms from the server
  const Performance played = play(*made, steered_server());
  EXPECT_EQ(delivery_of(played, 1).delivered, played.begin + 5ms);
  EXPECT_EQ(delivery_of(played, 4).delivered, played.begin + 25ms);
}

TEST(PlayerSteering, LeavesOutASynThatOnlyALaterCopyOfWasAnswered) {
  const auto made = make_conversation(R"(
      0.000  c S  0:0(0) win 65535 <mss 1460>
      +1.000 c S  0:0(0) win 65535 <mss 1460>
      +0.000 s S. 0:0(0) ack 1 <mss 1460>
      +0.000 c .  1:1(0) ack 1)");
  const Performance played = play(*made, steered_server());
  EXPECT_EQ(played.deliveries.size(), 2U);
  EXPECT_EQ(played.segments.size(), 1U);
  ASSERT_EQ(played.adaptations.size(), 1U);
}

TEST(PlayerSteering, LeavesOutWhatWasLostBehindTheCapture) {
  const auto made = make_open_conversation(R"(
      +0.010 c P. 1:101(100) ack 1
      +0.000 c P. 101:201(100) ack 1
      +0.010 s .  1:1(0) ack 1 <nop,nop,sack 101:201>
      +0.001 c P. 1:101(100) ack 1
      +0.010 s .  1:1(0) ack 201)");
  const Performance played = play(*made, steered_server());
  EXPECT_EQ(played.octets_read, 200U);
  ASSERT_EQ(played.deliveries.size(), 4U);  // SYN, ACK, the second segment, the copy of the first
  EXPECT_EQ(played.deliveries[2].frame, 4U);
  EXPECT_EQ(count_of(played, [](const OurSegment& one) { return one.segment.options.sack_count == 1; }), 1U);
}

TEST(PlayerSteering, ForgetsTheConnectionWhereTheRecordedHostHadLostIt) {
  const auto made = make_open_conversation(R"(
      +0.010 s P. 1:101(100) ack 1
      +0.000 c R  1:1(0))");
  const Performance played =
      play(*made, steered_client().call(Kind::kAbort, 20ms, 0, 4).closes_by(CloseKind::kStackReset));
  ASSERT_EQ(played.segments.size(), 3U);
  EXPECT_EQ(played.segments[2].cause, Cause::kResetReply);
  EXPECT_EQ(played.segments[2].segment.seq, made_initial(Host::kClient) + 1);
  EXPECT_FALSE(played.segments[2].segment.flags.ack());
  EXPECT_EQ(played.final_state, TcpState::kClosed);
}

TEST(PlayerSteering, EndsInBoundedWork) {
  const auto made = make_open_conversation("+0.010 c P. 1:101(100) ack 1\n+0.010 s . 1:1(0) ack 101");
  const Performance played = play(*made, steered_client().write(20ms, 100, 2), {.max_events = 3});
  EXPECT_EQ(played.ending, Ending::kStalled);
  EXPECT_GE(played.undelivered, 1U);
}

}  // namespace
}  // namespace fourtuple::replay
