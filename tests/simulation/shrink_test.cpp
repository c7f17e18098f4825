// A failure is made small without becoming another one.
#include "apps/simulate/shrink.hpp"

#include <algorithm>
#include <gtest/gtest.h>

namespace fourtuple::simulate {
namespace {

std::ptrdiff_t lines_in(const std::string& text) { return std::ranges::count(text, '\n'); }

// The canary takes one octet for another, so every run of it fails.
TEST(Shrink, MakesAFailureSmallAndKeepsItsInvariant) {
  for (std::uint64_t seed = 1; seed <= 5; ++seed) {
    const Plan plan = draw_plan(seed, Mode::kCanary);
    const Failure failure{plan, live_through(plan)};
    ASSERT_NE(failure.outcome.problem, "") << "seed " << seed;
    const Shrunk small = shrink(failure);
    EXPECT_EQ(small.failure.outcome.invariant, failure.outcome.invariant) << "seed " << seed;
    const std::string text = print(small.failure.plan);
    EXPECT_LE(lines_in(text), 20) << text;
    const auto again = parse(text);
    ASSERT_TRUE(again.has_value()) << again.error();
    EXPECT_EQ(live_through(*again).invariant, failure.outcome.invariant) << text;
  }
}

bool loses_the_fourth_frame_of_a(const Fault& fault) { return fault.from == 0 && fault.frame == 4; }

// What counts as a failure here is that something befalls one certain frame.
Outcome fails_where_the_fourth_frame_is_hit(const Plan& plan) {
  Outcome outcome = live_through(plan);
  outcome.problem = outcome.invariant = "";
  if (std::ranges::any_of(outcome.faults, loses_the_fourth_frame_of_a)) {
    outcome.problem = outcome.invariant = "the fourth frame was hit";
  }
  return outcome;
}

TEST(Shrink, FindsTheOneFaultThatMatters) {
  std::size_t tried = 0;
  for (std::uint64_t seed = 1; seed <= 60 && tried < 3; ++seed) {
    const Plan plan = draw_plan(seed, Mode::kSwarm);
    const Failure failure{plan, fails_where_the_fourth_frame_is_hit(plan)};
    if (failure.outcome.problem.empty()) continue;
    ++tried;
    const Shrunk small = shrink(failure, {}, fails_where_the_fourth_frame_is_hit);
    EXPECT_EQ(small.failure.plan.faults.size(), 1U) << print(small.failure.plan);
  }
  EXPECT_EQ(tried, 3U);
}

}  // namespace
}  // namespace fourtuple::simulate
