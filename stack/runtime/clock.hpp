// Where time comes from: the only place that reads a clock, or the hand of a test.
#pragma once

#include <atomic>
#include <chrono>

#include "stack/base/time.hpp"

namespace fourtuple {

class Clock {
 public:
  virtual ~Clock() = default;
  // Never runs backwards. Called from any thread.
  [[nodiscard]] virtual Instant now() const = 0;
  // False where time moves only by somebody's call: then nothing waits on system timers.
  [[nodiscard]] virtual bool is_real() const { return true; }
};

// CLOCK_MONOTONIC.
class SteadyClock final : public Clock {
 public:
  [[nodiscard]] Instant now() const override {
    return Instant(std::chrono::duration_cast<Duration>(std::chrono::steady_clock::now().time_since_epoch()));
  }
};

// Virtual time for tests, simulation and replay.
class ManualClock final : public Clock {
 public:
  explicit ManualClock(Instant start = Instant(std::chrono::hours(1))) : now_(start.time_since_epoch().count()) {}
  [[nodiscard]] Instant now() const override { return Instant(Duration(now_.load(std::memory_order_relaxed))); }
  [[nodiscard]] bool is_real() const override { return false; }
  void advance(Duration step) { now_.fetch_add(step.count(), std::memory_order_relaxed); }
  // Earlier moments are ignored: time does not run backwards.
  void advance_to(Instant moment) {
    if (moment > now()) now_.store(moment.time_since_epoch().count(), std::memory_order_relaxed);
  }

 private:
  std::atomic<Duration::rep> now_;
};

}  // namespace fourtuple
