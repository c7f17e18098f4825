// A host's own clock: it began elsewhere, runs a little fast or slow, and may jump forward.
#pragma once

#include <algorithm>
#include <cstdint>

#include "stack/base/time.hpp"

namespace fourtuple::simulate {

class HostClock {
 public:
  // At the world's `begin` it shows `begin + offset`.
  HostClock(Instant begin, Duration offset, std::int32_t drift) : begin_(begin), offset_(offset), drift_(drift) {}

  void jump(Duration forward) { offset_ += forward; }
  [[nodiscard]] Instant local(Instant world) const {
    const Duration age = world - begin_;
    return world + offset_ + age / 1'000'000 * drift_;
  }
  // The first moment of the world at which the clock shows `shown` or more; kNever for kNever.
  [[nodiscard]] Instant world(Instant shown) const {
    if (shown == kNever) return kNever;
    Instant guess = shown - offset_;
    const Duration age = guess - begin_;
    guess -= age / 1'000'000 * drift_;
    while (local(guess) < shown) guess += std::max(shown - local(guess), Duration(1));
    return guess;
  }

 private:
  Instant begin_;
  Duration offset_;
  std::int32_t drift_;
};

}  // namespace fourtuple::simulate
