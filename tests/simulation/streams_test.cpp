// S14, S68: the stream is the same however it was written, cut, lost, doubled, reordered or damaged.
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <tuple>

#include "apps/simulate/world.hpp"

namespace fourtuple::simulate {
namespace {

using Case = std::tuple<const char*, std::size_t, std::size_t>;  // wire rules, MTU, largest write

// Two applications that have as much to say as each other, over this wire.
Plan talk_over(const char* rules, std::uint64_t octets) {
  Plan plan;
  plan.wire = impair::parse_rules(rules).value();
  plan.heals = std::chrono::hours(12);
  for (HostPlan& host : plan.hosts) host.options.syn_retries = host.tcp.syn_ack_retries = 100;
  for (AppPlan& app : plan.talks.emplace_back().apps) app.write = octets;
  return plan;
}

class Streams : public testing::TestWithParam<Case> {};

TEST_P(Streams, AreDeliveredWhole) {
  const auto& [rules, mtu, write] = GetParam();
  for (std::uint64_t seed = 1; seed <= 2; ++seed) {
    Plan plan = talk_over(rules, 40'000);
    plan.seed = seed;
    plan.mtu = mtu;
    for (AppPlan& app : plan.talks.front().apps) app.write_size = write;
    const Outcome outcome = live_through(plan);
    EXPECT_EQ(outcome.problem, "") << print(plan) << outcome.last_frames;
  }
}

INSTANTIATE_TEST_SUITE_P(OfAllSizesOverAllWires, Streams,
                         testing::Combine(testing::Values("delay 3ms", "delay 3ms; loss 10%", "delay 3ms; reorder 30%",
                                                          "delay 3ms; duplicate 20%", "delay 3ms; corrupt 5%",
                                                          "delay 3ms; loss 5%; reorder 20%; duplicate 10%; corrupt 2%"),
                                          testing::Values(std::size_t{296}, std::size_t{1500}, std::size_t{9000}),
                                          testing::Values(std::size_t{100}, std::size_t{1461}, std::size_t{20'000})),
                         [](const auto& named) { return fmt::format("Number{}", named.index); });

// What both stacks may hold is less than what the streams would like to have in flight.
TEST(LittleMemory, DelaysStreamsAndDeliversThem) {
  for (std::uint64_t seed = 1; seed <= 3; ++seed) {
    Plan plan = talk_over("delay 20ms; loss 3%; reorder 20%", 200'000);
    plan.seed = seed;
    for (HostPlan& host : plan.hosts) {
      host.tcp.memory_pressure_bytes = 20'000;
      host.tcp.memory_limit_bytes = 30'000;
    }
    const Outcome outcome = live_through(plan);
    EXPECT_EQ(outcome.problem, "") << print(plan) << outcome.last_frames;
  }
}

struct Named {
  const char* name;
  const char* rules;
};

class OneFault : public testing::TestWithParam<Named> {};

// One frame of a kind, once: the loss that hurts most.
TEST_P(OneFault, IsRepaired) {
  const Plan plan = talk_over(GetParam().rules, 30'000);
  const Outcome outcome = live_through(plan);
  EXPECT_EQ(outcome.problem, "") << print(plan) << outcome.last_frames;
  EXPECT_LT(outcome.talked, 5s);
}

INSTANTIATE_TEST_SUITE_P(
    LosesOnly, OneFault,
    testing::Values(Named{"Syn", "drop syn 1"}, Named{"SynAck", "drop synack 1"}, Named{"FirstAck", "drop ack 1"},
                    Named{"FirstData", "drop data 1"}, Named{"ThirdData", "drop data 3"},
                    Named{"TwoData", "drop data 2; drop data 4"}, Named{"ARow", "drop data 3..9"},
                    Named{"Fin", "drop fin 1"}, Named{"BothFins", "drop fin 1..2"}, Named{"AckRow", "drop ack 2..8"},
                    Named{"DoubledSyn", "duplicate syn 1"}, Named{"DoubledSynAck", "duplicate synack 1"},
                    Named{"DoubledFin", "duplicate fin"}, Named{"LateData", "delay data 2 by 300ms"},
                    Named{"LateSyn", "delay syn 1 by 1500ms"}),
    [](const auto& named) { return named.param.name; });

}  // namespace
}  // namespace fourtuple::simulate
