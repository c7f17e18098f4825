// Time as the stack knows it: points and spans of a clock that nobody below the runtime can read.
#pragma once

#include <chrono>
#include <cstdint>

namespace fourtuple {

// A clock without now(). The runtime samples a real or virtual clock once per event and hands the
// sample down, so the same inputs give the same outputs.
struct StackClock {
  using rep = std::int64_t;
  using period = std::nano;
  using duration = std::chrono::nanoseconds;
  using time_point = std::chrono::time_point<StackClock>;
  static constexpr bool is_steady = true;
};

using Duration = StackClock::duration;
using Instant = StackClock::time_point;

// A deadline that never comes.
inline constexpr Instant kNever = Instant::max();

using namespace std::chrono_literals;

}  // namespace fourtuple
