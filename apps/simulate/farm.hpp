// Runs seed after seed, on several threads where asked, until something is wrong, a number is reached or time is up.
#pragma once

#include <chrono>
#include <functional>
#include <optional>

#include "apps/simulate/world.hpp"

namespace fourtuple::simulate {

struct FarmWork {
  std::uint64_t first_seed = 1;
  std::uint64_t runs = 1;               // 0: as many as there is time for
  std::chrono::nanoseconds patience{};  // of real time; 0: no limit
  Mode mode = Mode::kSwarm;
  std::size_t jobs = 1;
  bool has_unsure_rules = false;               // see Plan
  static constexpr std::uint64_t kTwice = 50;  // each seed that this divides runs twice, and must be the same
};

struct Failure {
  Plan plan;
  Outcome outcome;
};

struct Harvest {
  std::uint64_t seeds = 0;
  std::uint64_t events = 0;
  std::uint64_t segments = 0;
  Duration virtual_time{};
  std::chrono::nanoseconds real_time{};
  std::optional<Failure> failure;  // of the lowest seed that failed
};

// `tell` is called now and then, by one thread at a time, with what there is so far.
[[nodiscard]] Harvest run_farm(const FarmWork& work, const std::function<void(const Harvest&)>& tell = {});

// live_through() a plan; with `twice` again, and a difference is a failure.
[[nodiscard]] Outcome run_plan(const Plan& plan, bool twice);

// "1234 seeds, 5 million events, ...": one line, without a newline.
[[nodiscard]] std::string summary(const Harvest& harvest);
// Seed, event, time, invariant, both control blocks, the last frames.
[[nodiscard]] std::string report(const Failure& failure);

}  // namespace fourtuple::simulate
