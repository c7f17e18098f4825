// Streams whose segments wait for their turn are delivered like others, and in time.
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <tuple>

#include "tests/simulation/swarm.hpp"

namespace fourtuple::test {
namespace {

using PacedCase = std::tuple<const char*, const char*, std::uint64_t>;  // wire rules, controller, SO_MAX_PACING_RATE

class PacedStreams : public testing::TestWithParam<PacedCase> {};

TEST_P(PacedStreams, AreDeliveredWhole) {
  const auto& [rules, congestion, limit] = GetParam();
  for (std::uint64_t seed = 1; seed <= 2; ++seed) {
    World world;
    world.hosts.seed = seed;
    world.hosts.rules = impair::parse_rules(rules).value();
    world.hosts.wire.latency = {10ms, 10ms};
    for (auto& config : world.hosts.tcp) {
      config.pacing = true;
      config.congestion = congestion;
    }
    for (auto& options : world.options) {
      options.syn_retries = 100;
      options.max_pacing_rate = limit;
    }
    for (auto& plan : world.plans) {
      plan.octets_to_write = plan.octets_to_read = 200'000;
      plan.max_write = 20'000;
    }
    const Outcome outcome = live_through(world);
    EXPECT_EQ(outcome.problem, "") << world.text();
    if (limit != 0) {
      EXPECT_GT(outcome.took, 170'000 * 1s / static_cast<std::int64_t>(limit));
    }
  }
}

INSTANTIATE_TEST_SUITE_P(OverAllWires, PacedStreams,
                         testing::Combine(testing::Values("", "loss 5%", "reorder 30%", "rate 5mbit; queue 20kB",
                                                          "loss 3%; reorder 20%; duplicate 10%; corrupt 2%"),
                                          testing::Values("cubic", "reno"), testing::Values(0U, 100'000U)),
                         [](const auto& named) { return fmt::format("Number{}", named.index); });

}  // namespace
}  // namespace fourtuple::test
