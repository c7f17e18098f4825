// A token bucket: the bound on every answer that a stranger can provoke.
#pragma once

#include <cstdint>

#include "stack/base/time.hpp"

namespace fourtuple {

class RateLimiter {
 public:
  // Allows `per_second` events a second on average and `burst` at once. Zero `per_second` allows nothing.
  constexpr RateLimiter(std::uint32_t per_second, std::uint32_t burst) : per_second_(per_second), burst_(burst) {}

  // Takes one token if there is one.
  [[nodiscard]] bool allow(Instant now) {
    if (per_second_ == 0) return false;
    const Duration cost = Duration(std::chrono::seconds(1)) / per_second_;
    const Duration depth = cost * burst_;
    if (!started_ || full_at_ < now) full_at_ = now, started_ = true;
    if (full_at_ + cost > now + depth) return false;
    full_at_ += cost;
    return true;
  }

 private:
  std::uint32_t per_second_;
  std::uint32_t burst_;
  bool started_ = false;
  Instant full_at_{};  // when the bucket would be full again (GCRA's theoretical arrival time)
};

}  // namespace fourtuple
