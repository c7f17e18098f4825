#include "apps/replay/consequences.hpp"

#include <gmock/gmock.h>
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

std::size_t kept(Detail detail, const std::vector<Detail>& others) {
  std::vector<Detail> details{std::move(detail)};
  drop_consequences(details, others, {});
  return details.size();
}

TEST(Consequences, AreNotToldBesideTheirCause) {
  EXPECT_EQ(kept(recorded_finding("RFC7323 4.3", 7), {recorded_finding("RFC7323 3.2", 6)}), 0U);
}

TEST(Consequences, DoNotComeBeforeTheirCause) {
  EXPECT_EQ(kept(recorded_finding("RFC7323 4.3", 5), {recorded_finding("RFC7323 3.2", 6)}), 1U);
}

TEST(Consequences, DoNotComeLongAfterTheirCause) {
  EXPECT_EQ(kept(recorded_finding("RFC7323 4.3", 60), {recorded_finding("RFC7323 3.2", 6)}), 1U);
}

TEST(Consequences, AreOfTheSameMatter) {
  EXPECT_EQ(kept(recorded_finding("RFC9293 MUST-16", 7), {recorded_finding("RFC7323 3.2", 6)}), 1U);
  EXPECT_EQ(kept(recorded_finding("RFC5961 5.2", 7), {recorded_finding("RFC9293 3.4", 6)}), 0U);
  EXPECT_EQ(kept(recorded_finding("RFC2018 3", 7), {recorded_finding("RFC9293 3.4", 6)}), 1U);
}

TEST(Consequences, DoNotFollowFromABrokenShould) {
  EXPECT_EQ(kept(recorded_finding("RFC9293 3.4", 7), {recorded_finding("RFC6298 2.4", 6, Verdict::kViolationShould)}),
            1U);
}

TEST(Consequences, OfOurStackAreKnownByWhatItHadHeard) {
  Performance performance;
  performance.deliveries.resize(2);
  performance.deliveries[1].frame = 7;
  performance.segments.resize(1);
  performance.segments[0].deliveries_before = 2;
  Detail ours = recorded_finding("RFC7323 4.3", 0);
  ours.party = Party::kOurs;
  ours.recorded_frame.reset();
  ours.our_segment = 0;
  std::vector<Detail> details{ours};
  drop_consequences(details, {recorded_finding("RFC7323 3.2", 8)}, performance);
  EXPECT_EQ(details.size(), 1U);
  drop_consequences(details, {recorded_finding("RFC7323 3.2", 7)}, performance);
  EXPECT_TRUE(details.empty());
}

}  // namespace
}  // namespace fourtuple::replay
