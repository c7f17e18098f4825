// F9: both ends are ours, and the input is what befalls single frames of theirs: two octets choose a world, and each
// further four a frame and its fate. All that the simulation looks at holds, and everything comes to its end.
#include <algorithm>

#include "apps/simulate/world.hpp"
#include "tests/fuzz/support.hpp"

namespace {

using namespace fourtuple;
using namespace fourtuple::simulate;

constexpr std::size_t kMostFaults = 200;
constexpr std::uint64_t kMostOctets = 20'000;

// A world of the swarm with a wire that has no dice, small enough to be lived through by the thousand.
Plan small_world(std::uint16_t seed) {
  Plan plan = draw_plan(seed, Mode::kSwarm);
  plan.wire = {};
  plan.wire.outbound.delay = plan.wire.inbound.delay = 5ms;
  plan.by_faults = true;
  plan.heals = std::chrono::hours(1);
  plan.talks.resize(std::min<std::size_t>(plan.talks.size(), 2));
  for (TalkPlan& talk : plan.talks) {
    for (AppPlan& app : talk.apps) app.write = std::min({app.write, kMostOctets, app.write_size * 30});
  }
  return plan;
}

// The next fault: its frame is so many behind the one before it.
Fault next_fault(fuzz::Input& input, std::array<std::uint32_t, 2>& frames) {
  const std::uint8_t what = input.octet();
  Fault fault;
  fault.from = what & 1U;
  fault.kind = static_cast<FaultKind>(what >> 1U & 3U);
  fault.frame = frames[fault.from] += 1U + input.octet() % 32U;
  const std::uint16_t value = input.word();
  const bool is_time = fault.kind == FaultKind::kDelay || fault.kind == FaultKind::kCopy;
  if (is_time) fault.value = std::uint64_t{value} * 100'000;
  if (fault.kind == FaultKind::kCorrupt) fault.value = value;
  return fault;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::Input input(data, size);
  Plan plan = small_world(input.word());
  std::array<std::uint32_t, 2> frames{};
  while (!input.empty() && plan.faults.size() < kMostFaults) plan.faults.push_back(next_fault(input, frames));
  const Outcome outcome = live_through(plan);
  if (!outcome.problem.empty()) std::fprintf(stderr, "%s", print(plan).c_str());
  fuzz::require(outcome.problem.empty(), outcome.problem.c_str());
  return 0;
}
