#include "apps/replay/consequences.hpp"

#include <gtest/gtest.h>

namespace fourtuple::replay {
namespace {

Detail recorded_finding(std::string_view clause, std::size_t frame, Verdict verdict = Verdict::kViolationMust) {
  Detail detail;
  detail.party = Party::kRecorded;
  detail.clause = clause;
  detail.recorded_frame = frame;
  detail.verdict = verdict;
  return detail;
}

// Even frames are the client's, odd ones the server's; the first two are SYNs. The role is the client's.
Outcome outcome_with_frames() {
  auto conversation = std::make_shared<capture::Conversation>();
  conversation->frames.resize(80);
  for (std::size_t i = 0; i < conversation->frames.size(); ++i) {
    conversation->frames[i].from = i % 2 == 0 ? capture::Host::kClient : capture::Host::kServer;
    if (i < 2) conversation->frames[i].segment.flags = {TcpFlags::kSyn};
  }
  Outcome outcome;
  outcome.role = capture::Host::kClient;
  outcome.conversation = conversation;
  return outcome;
}

std::size_t kept(Detail detail, const std::vector<Detail>& others) {
  std::vector<Detail> details{std::move(detail)};
  drop_consequences(details, others, outcome_with_frames());
  return details.size();
}

TEST(Consequences, AreNotToldBesideTheirCause) {
  EXPECT_EQ(kept(recorded_finding("RFC7323 4.3", 8), {recorded_finding("RFC7323 3.2", 7)}), 0U);
}

TEST(Consequences, DoNotComeBeforeTheirCause) {
  EXPECT_EQ(kept(recorded_finding("RFC7323 4.3", 6), {recorded_finding("RFC7323 3.2", 7)}), 1U);
}

TEST(Consequences, DoNotComeLongAfterTheirCause) {
  EXPECT_EQ(kept(recorded_finding("RFC7323 4.3", 60), {recorded_finding("RFC7323 3.2", 7)}), 1U);
}

TEST(Consequences, AreOfTheSameMatter) {
  EXPECT_EQ(kept(recorded_finding("RFC9293 MUST-16", 8), {recorded_finding("RFC7323 3.2", 7)}), 1U);
  EXPECT_EQ(kept(recorded_finding("RFC5961 5.2", 8), {recorded_finding("RFC9293 3.4", 7)}), 0U);
  EXPECT_EQ(kept(recorded_finding("RFC2018 3", 8), {recorded_finding("RFC9293 3.4", 7)}), 1U);
}

TEST(Consequences, DoNotFollowFromABrokenShould) {
  EXPECT_EQ(kept(recorded_finding("RFC9293 3.4", 8), {recorded_finding("RFC6298 2.4", 7, Verdict::kViolationShould)}),
            1U);
}

TEST(Consequences, FollowFromAFrameOfTheOtherHostOnly) {
  EXPECT_EQ(kept(recorded_finding("RFC7323 3.2", 8), {recorded_finding("RFC7323 5.3", 8)}), 1U);
  EXPECT_EQ(kept(recorded_finding("RFC7323 5.3", 7), {recorded_finding("RFC7323 3.2", 7)}), 0U);
}

TEST(Consequences, OfABrokenSynAreEverywhere) {
  EXPECT_EQ(kept(recorded_finding("RFC9293 SHLD-14", 70), {recorded_finding("RFC7323 1.3", 1)}), 0U);
}

TEST(Consequences, OfOurStackAreKnownByWhatItHadHeard) {
  Outcome outcome = outcome_with_frames();
  Performance& performance = outcome.performance;
  performance.deliveries.resize(2);
  performance.deliveries[1].frame = 7;
  performance.segments.resize(1);
  performance.segments[0].deliveries_before = 2;
  Detail ours = recorded_finding("RFC7323 4.3", 0);
  ours.party = Party::kOurs;
  ours.recorded_frame.reset();
  ours.our_segment = 0;
  std::vector<Detail> details{ours};
  drop_consequences(details, {recorded_finding("RFC7323 3.2", 9)}, outcome);
  EXPECT_EQ(details.size(), 1U);
  drop_consequences(details, {recorded_finding("RFC7323 3.2", 7)}, outcome);
  EXPECT_TRUE(details.empty());
}

}  // namespace
}  // namespace fourtuple::replay
