// Random worlds by the hundred. A failure prints its seed; FOURTUPLE_SEEDS=A-B runs others.
#include <cstdlib>
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <string>

#include "tests/simulation/swarm.hpp"

namespace fourtuple::test {
namespace {

struct Seeds {
  std::uint64_t first;
  std::uint64_t last;
};

Seeds wanted_seeds() {
  const char* text = std::getenv("FOURTUPLE_SEEDS");
  if (text == nullptr) return {1, 300};
  char* end = nullptr;
  const std::uint64_t first = std::strtoull(text, &end, 10);
  return {first, *end == '-' ? std::strtoull(end + 1, nullptr, 10) : first};
}

TEST(Simulation, DeliversEveryStreamInEveryWorld) {
  const auto [first, last] = wanted_seeds();
  int failures = 0;
  for (std::uint64_t seed = first; seed <= last && failures < 5; ++seed) {
    const World world = world_of(seed);
    const Outcome outcome = live_through(world);
    if (outcome.problem.empty()) continue;
    ++failures;
    Story story(Instant{std::chrono::hours(1)});
    static_cast<void>(live_through(world, &story));
    ADD_FAILURE() << outcome.problem << "\nin the world of " << world.text() << "\nafter " << outcome.frames
                  << " frames. The last of them:\n"
                  << story.text(std::getenv("FOURTUPLE_STORY_LINES") != nullptr ? 100'000 : 60);
  }
}

TEST(Simulation, IsTheSameForTheSameSeed) {
  for (std::uint64_t seed = 1; seed <= 300; seed += 50) {
    const World world = world_of(seed);
    EXPECT_EQ(live_through(world).hash, live_through(world).hash) << "seed " << seed;
  }
}

}  // namespace
}  // namespace fourtuple::test
