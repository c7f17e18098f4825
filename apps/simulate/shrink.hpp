// Makes a failing plan as small as it gets while the same invariant still fails: fewer talks, fewer faults and
// features, smaller numbers; in the end single faults of single frames by Zeller's ddmin.
#pragma once

#include <chrono>
#include <functional>

#include "apps/simulate/farm.hpp"

namespace fourtuple::simulate {

struct ShrinkLimits {
  std::chrono::nanoseconds patience = std::chrono::seconds(60);  // of real time
  std::uint64_t runs = 20'000;
};

struct Shrunk {
  Failure failure;
  std::uint64_t runs = 0;
};

// `run` lives through a plan; other than live_through() in tests only.
[[nodiscard]] Shrunk shrink(
    const Failure& failure, const ShrinkLimits& limits = {},
    const std::function<Outcome(const Plan&)>& run = [](const Plan& plan) { return live_through(plan); });

// A GoogleTest that runs the plan.
[[nodiscard]] std::string test_of(const Failure& failure);

}  // namespace fourtuple::simulate
