// Random worlds by the hundred: a fixed set, and fresh ones for as long as there is time. FOURTUPLE_SEEDS=A-B runs
// those instead of the fresh ones. A failure prints its seed and all that is known.
#include <cstdlib>
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <string>

#include "apps/simulate/farm.hpp"

namespace fourtuple::simulate {
namespace {

struct Seeds {
  std::uint64_t first;
  std::uint64_t last;  // 0: as there is time
};

// The day's seeds where nobody asked for others.
Seeds fresh_seeds() {
  const char* text = std::getenv("FOURTUPLE_SEEDS");
  if (text == nullptr) {
    const auto today = std::chrono::system_clock::now().time_since_epoch() / std::chrono::hours(24);
    return {static_cast<std::uint64_t>(today) * 1'000'000, 0};
  }
  char* end = nullptr;
  const std::uint64_t first = std::strtoull(text, &end, 10);
  return {first, *end == '-' ? std::strtoull(end + 1, nullptr, 10) : first};
}

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr std::uint64_t kFixedSeeds = 60;
constexpr std::chrono::seconds kTimeForFresh(5);
#else
constexpr std::uint64_t kFixedSeeds = 200;
constexpr std::chrono::seconds kTimeForFresh(15);
#endif

// More of them are for `fourtuple simulate --minutes`, whose finds somebody looks at: one world in some thousands is
// one that the wire's observer misreads.
constexpr std::uint64_t kFreshSeeds = 100;

void run(const FarmWork& work) {
  const Harvest harvest = run_farm(work);
  std::printf("%s\n", summary(harvest).c_str());
  if (!harvest.failure) return;
  ADD_FAILURE() << report(*harvest.failure) << "\nthe plan:\n" << print(harvest.failure->plan);
}

TEST(Simulation, FindsNothingWrongInTheFixedSeeds) { run({.first_seed = 1, .runs = kFixedSeeds}); }

TEST(Simulation, FindsNothingWrongInFreshSeeds) {
  const auto [first, last] = fresh_seeds();
  std::printf("seeds from %llu on (FOURTUPLE_SEEDS=A-B for others)\n", static_cast<unsigned long long>(first));
  if (last == 0) return run({.first_seed = first, .runs = kFreshSeeds, .patience = kTimeForFresh});
  run({.first_seed = first, .runs = last - first + 1});
}

TEST(Simulation, IsTheSameForTheSameSeed) {
  for (std::uint64_t seed = 1; seed <= 300; seed += 50) {
    const Plan plan = draw_plan(seed, Mode::kSwarm);
    EXPECT_EQ(live_through(plan).hash, live_through(plan).hash) << "seed " << seed;
  }
}

TEST(Simulation, IsAnotherRunForAnotherSeed) {
  EXPECT_NE(live_through(draw_plan(1, Mode::kSwarm)).hash, live_through(draw_plan(2, Mode::kSwarm)).hash);
}

TEST(Simulation, RunsTheSamePlanFromItsText) {
  for (std::uint64_t seed = 1; seed <= 100; ++seed) {
    const Plan plan = draw_plan(seed, Mode::kSwarm);
    const auto again = parse(print(plan));
    ASSERT_TRUE(again.has_value()) << again.error();
    EXPECT_EQ(print(*again), print(plan));
    if (seed % 20 != 0) continue;
    EXPECT_EQ(live_through(*again).hash, live_through(plan).hash) << "seed " << seed;
  }
}

// What befell each frame by the dice is a list; the list alone gives the same run.
TEST(Simulation, RunsTheSameByItsFaultsAlone) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    Plan plan = draw_plan(seed, Mode::kSwarm);
    const Outcome by_dice = live_through(plan);
    plan.by_faults = true;
    plan.faults = by_dice.faults;
    EXPECT_EQ(live_through(plan).hash, by_dice.hash) << "seed " << seed;
  }
}

TEST(Simulation, HearsTheCanary) {
  for (std::uint64_t seed = 1; seed <= 5; ++seed) {
    const Outcome outcome = live_through(draw_plan(seed, Mode::kCanary));
    EXPECT_NE(outcome.problem.find("read a wrong octet"), std::string::npos) << "seed " << seed << outcome.problem;
  }
}

TEST(Simulation, FindsCleanLinksUsed) { run({.first_seed = 1, .runs = 12, .mode = Mode::kPerformance}); }

TEST(Simulation, FindsNothingWrongOnMildWires) { run({.first_seed = 1, .runs = 50, .mode = Mode::kLite}); }

TEST(PlanText, SaysWhatIsWrongAndWhere) {
  EXPECT_EQ(parse("world seed=1\ntalk\nhost c: sack=off\n").error(), "line 3: 'host c: sack=off' is not understood");
  EXPECT_EQ(parse("talk\nhost a: sack=perhaps\n").error(), "line 2: 'sack=perhaps' is not understood");
  EXPECT_EQ(parse("world seed=1\n").error(), "there is no talk in it");
  EXPECT_EQ(parse("talk\nfault a 17 explode\n").error(), "line 2: 'fault a 17 explode' is no fault");
}

}  // namespace
}  // namespace fourtuple::simulate
