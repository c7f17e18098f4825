// What became of the frames of one direction.
#pragma once

#include <cstdint>
#include <string>

namespace fourtuple::impair {

// entered + duplicated + reports = passed + all that was lost or dropped (but for want of memory) + what is under way.
struct LaneCounters {
  std::uint64_t entered = 0;
  std::uint64_t passed = 0;  // frames given back, copies included
  std::uint64_t lost_by_chance = 0;
  std::uint64_t lost_in_burst = 0;  // in the manner of Gilbert and Elliott
  std::uint64_t lost_while_down = 0;
  std::uint64_t dropped_by_rule = 0;
  std::uint64_t dropped_too_long = 0;    // above the wire's MTU
  std::uint64_t dropped_queue_full = 0;  // the rate's queue, or too many frames under way
  std::uint64_t dropped_by_codel = 0;
  std::uint64_t dropped_no_buffer = 0;
  std::uint64_t dropped_unnoticeable = 0;  // damaged so that no checksum would have told
  std::uint64_t duplicated = 0;
  std::uint64_t corrupted = 0;
  std::uint64_t marked = 0;  // CE
  std::uint64_t reordered = 0;
  std::uint64_t delayed_by_rule = 0;
  std::uint64_t reports = 0;  // ICMP messages of the wire itself, in this direction

  friend bool operator==(const LaneCounters&, const LaneCounters&) = default;
};

// "1000 frames, 40 lost by chance, 2 corrupted": only what is not zero.
[[nodiscard]] std::string to_string(const LaneCounters& counters);

}  // namespace fourtuple::impair
