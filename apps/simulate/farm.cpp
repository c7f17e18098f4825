#include "apps/simulate/farm.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <mutex>
#include <thread>

namespace fourtuple::simulate {
namespace {

using SteadyTime = std::chrono::steady_clock::time_point;
constexpr std::chrono::seconds kTellEvery(1);

// What the threads share.
class Farm {
 public:
  Farm(const FarmWork& work, const std::function<void(const Harvest&)>& tell)
      : work_(work), tell_(tell), begin_(std::chrono::steady_clock::now()), told_(begin_) {}

  void work() {
    while (const auto seed = next_seed()) {
      Plan plan = draw_plan(*seed, work_.mode);
      plan.has_unsure_rules = work_.has_unsure_rules;
      Outcome outcome = run_plan(plan, *seed % FarmWork::kTwice == 0);
      take(std::move(plan), std::move(outcome));
    }
  }
  [[nodiscard]] Harvest harvest() {
    harvest_.real_time = std::chrono::steady_clock::now() - begin_;
    return std::move(harvest_);
  }

 private:
  std::optional<std::uint64_t> next_seed() {
    const std::scoped_lock lock(mutex_);
    const bool enough = work_.runs != 0 && begun_ == work_.runs;
    const auto age = std::chrono::steady_clock::now() - begin_;
    const bool late = work_.patience != std::chrono::nanoseconds{} && age >= work_.patience;
    if (enough || late || harvest_.failure) return std::nullopt;
    return work_.first_seed + begun_++;
  }

  void take(Plan plan, Outcome outcome) {
    const std::scoped_lock lock(mutex_);
    ++harvest_.seeds;
    harvest_.events += outcome.event;
    harvest_.segments += outcome.segments;
    harvest_.virtual_time += outcome.took;
    const bool is_first = !harvest_.failure || plan.seed < harvest_.failure->plan.seed;
    if (!outcome.problem.empty() && is_first) harvest_.failure = Failure{std::move(plan), std::move(outcome)};
    const auto now = std::chrono::steady_clock::now();
    if (!tell_ || now - told_ < kTellEvery) return;
    told_ = now;
    harvest_.real_time = now - begin_;
    tell_(harvest_);
  }

  const FarmWork& work_;
  const std::function<void(const Harvest&)>& tell_;
  const SteadyTime begin_;
  SteadyTime told_;
  std::mutex mutex_;
  std::uint64_t begun_ = 0;
  Harvest harvest_;
};

}  // namespace

Outcome run_plan(const Plan& plan, bool twice) {
  Outcome outcome = live_through(plan);
  if (!twice || live_through(plan).hash == outcome.hash) return outcome;
  outcome.problem = outcome.invariant = "the same seed gave another run";
  return outcome;
}

Harvest run_farm(const FarmWork& work, const std::function<void(const Harvest&)>& tell) {
  Farm farm(work, tell);
  std::vector<std::jthread> others;
  for (std::size_t i = 1; i < work.jobs; ++i) others.emplace_back([&farm] { farm.work(); });
  farm.work();
  others.clear();  // joins
  return farm.harvest();
}

std::string summary(const Harvest& harvest) {
  const double seconds = std::chrono::duration<double>(harvest.real_time).count();
  const double minutes = std::max(seconds / 60, 1e-6);
  return fmt::format("{} seeds, {} events, {} segments, {:.0f} virtual s in {:.1f} s: {:.0f} seeds a minute",
                     harvest.seeds, harvest.events, harvest.segments,
                     std::chrono::duration<double>(harvest.virtual_time).count(), seconds,
                     static_cast<double>(harvest.seeds) / minutes);
}

std::string report(const Failure& failure) {
  const auto& [plan, outcome] = failure;
  return fmt::format(
      "seed {} fails at event {}, after {:.6f} s of its time:\n  {}\n\n{}\nthe last frames as they were sent:\n{}",
      plan.seed, outcome.event, std::chrono::duration<double>(outcome.took).count(), outcome.problem,
      outcome.control_blocks, outcome.last_frames);
}

}  // namespace fourtuple::simulate
