// Streams whose segments wait for their turn are delivered like others, and in time.
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <tuple>

#include "apps/simulate/world.hpp"

namespace fourtuple::simulate {
namespace {

using PacedCase = std::tuple<const char*, const char*, std::uint64_t>;  // wire rules, controller, SO_MAX_PACING_RATE

class PacedStreams : public testing::TestWithParam<PacedCase> {};

TEST_P(PacedStreams, AreDeliveredWhole) {
  const auto& [rules, congestion, limit] = GetParam();
  for (std::uint64_t seed = 1; seed <= 2; ++seed) {
    Plan plan;
    plan.seed = seed;
    plan.wire = impair::parse_rules(rules).value();
    plan.heals = std::chrono::hours(12);
    for (HostPlan& host : plan.hosts) {
      host.tcp.pacing = true;
      host.tcp.congestion = congestion;
      host.options.syn_retries = host.tcp.syn_ack_retries = 100;
      host.options.max_pacing_rate = limit;
    }
    for (AppPlan& app : plan.talks.emplace_back().apps) {
      app.write = 200'000;
      app.write_size = 20'000;
    }
    const Outcome outcome = live_through(plan);
    EXPECT_EQ(outcome.problem, "") << print(plan) << outcome.last_frames;
    if (limit != 0) {
      EXPECT_GT(outcome.talked, 170'000 * 1s / static_cast<std::int64_t>(limit));
    }
  }
}

INSTANTIATE_TEST_SUITE_P(
    OverAllWires, PacedStreams,
    testing::Combine(testing::Values("delay 10ms", "delay 10ms; loss 5%", "delay 10ms; reorder 30%",
                                     "delay 10ms; rate 5mbit; queue 20kB",
                                     "delay 10ms; loss 3%; reorder 20%; duplicate 10%; corrupt 2%"),
                     testing::Values("cubic", "reno", "bbr"), testing::Values(0U, 100'000U)),
    [](const auto& named) { return fmt::format("Number{}", named.index); });

}  // namespace
}  // namespace fourtuple::simulate
