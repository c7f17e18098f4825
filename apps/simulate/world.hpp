// Runs a plan in virtual time: first everything that the plan has in store (safety: nothing wrong may happen), then a
// good wire (liveness: everything must come to its end).
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "apps/simulate/plan.hpp"
#include "drivers/driver.hpp"
#include "stack/base/bytes.hpp"
#include "stack/trace/events.hpp"

namespace fourtuple::simulate {

struct Outcome {
  std::string problem;    // empty: all went well
  std::string invariant;  // the problem without its circumstances: what shrinking holds on to
  std::uint64_t event = 0;
  Duration took{};
  Duration talked{};  // until all that the plan has to say was said
  std::uint64_t hash = 0;
  std::uint64_t segments = 0;
  std::vector<Fault> faults;   // what befell the frames
  std::string last_frames;     // as a ladder; of a failure
  std::string control_blocks;  // of a failure
};

// Who wants to see more of a run.
struct Spectators {
  std::array<trace::Sink*, 2> sinks{};                                                    // nullptr: nobody
  std::function<void(int from, ByteView frame, const OffloadInfo&, Instant now)> frames;  // as they are sent
};

[[nodiscard]] Outcome live_through(const Plan& plan, const Spectators& spectators = {});

}  // namespace fourtuple::simulate
