// S14, S68: the stream is the same however it was written, cut, lost, doubled, reordered or damaged.
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <tuple>

#include "tests/simulation/swarm.hpp"

namespace fourtuple::test {
namespace {

using Case = std::tuple<const char*, std::size_t, std::size_t>;  // wire rules, MTU, largest write

class Streams : public testing::TestWithParam<Case> {};

TEST_P(Streams, AreDeliveredWhole) {
  const auto& [rules, mtu, write] = GetParam();
  for (std::uint64_t seed = 1; seed <= 2; ++seed) {
    World world;
    world.hosts.seed = seed;
    world.hosts.rules = impair::parse_rules(rules).value();
    world.hosts.wire.mtu = mtu;
    world.hosts.wire.latency = {3ms, 3ms};
    for (auto& options : world.options) options.syn_retries = 100;
    for (auto& plan : world.plans) {
      plan.octets_to_write = plan.octets_to_read = 40'000;
      plan.max_write = write;
    }
    const Outcome outcome = live_through(world);
    EXPECT_EQ(outcome.problem, "") << world.text();
  }
}

INSTANTIATE_TEST_SUITE_P(OfAllSizesOverAllWires, Streams,
                         testing::Combine(testing::Values("", "loss 10%", "reorder 30%", "duplicate 20%", "corrupt 5%",
                                                          "loss 5%; reorder 20%; duplicate 10%; corrupt 2%"),
                                          testing::Values(std::size_t{296}, std::size_t{1500}, std::size_t{9000}),
                                          testing::Values(std::size_t{100}, std::size_t{1461}, std::size_t{20'000})),
                         [](const auto& named) { return fmt::format("Number{}", named.index); });

struct Named {
  const char* name;
  const char* rules;
};

class OneFault : public testing::TestWithParam<Named> {};

// One frame of a kind, once: the loss that hurts most.
TEST_P(OneFault, IsRepaired) {
  World world;
  world.hosts.rules = impair::parse_rules(GetParam().rules).value();
  world.hosts.wire.latency = {5ms, 5ms};
  for (auto& plan : world.plans) plan.octets_to_write = plan.octets_to_read = 30'000;
  const Outcome outcome = live_through(world);
  EXPECT_EQ(outcome.problem, "");
  EXPECT_LT(outcome.took, 5s);
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
}  // namespace fourtuple::test
