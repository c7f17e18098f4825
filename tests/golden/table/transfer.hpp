// One transfer between two of our stacks over a bad wire, in virtual time: the same circumstances give the same numbers
// on every machine.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "stack/base/time.hpp"

namespace fourtuple::golden {

struct Circumstances {
  std::string rules;  // of the wire; "out:" is the way that the data goes
  std::string_view congestion = "cubic";
  bool asks_for_ecn = false;
  std::uint64_t seed = 1;
  std::uint64_t octets = 0;  // the transfer ends when so many have arrived, or when this time is over
  Duration limit{};
  std::size_t buffer_bytes = 0;  // of either end; 0: the default
  bool tunes_buffers = true;
};

struct Outcome {
  double megabits_per_second = 0;  // as the receiving application had them
  double repeated_percent = 0;     // octets sent again, of all that were sent
  double in_vain_percent = 0;      // segments sent again beyond what the wire lost, of all frames
  std::uint64_t timeouts = 0;
};

// Precondition: the rules can be parsed.
[[nodiscard]] Outcome transfer(const Circumstances& circumstances);

}  // namespace fourtuple::golden
