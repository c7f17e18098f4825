// What one blocked thread waits for. Raised once, from any thread; shared, so that a late raise finds it alive.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <unistd.h>

#include "stack/runtime/clock.hpp"

namespace fourtuple {

class Signal {
 public:
  void raise() {
    {
      const std::lock_guard lock(mutex_);
      raised_ = true;
      // A thread that drives the links while it waits sleeps in poll(2), not on the condition variable.
      const std::uint64_t one = 1;
      if (nudge_ >= 0) [[maybe_unused]]
        const ssize_t written = ::write(nudge_, &one, sizeof one);
    }
    condition_.notify_one();
  }
  void reset() {
    const std::lock_guard lock(mutex_);
    raised_ = false;
  }
  [[nodiscard]] bool is_raised() const {
    const std::lock_guard lock(mutex_);
    return raised_;
  }
  // From now on raise() also writes to this eventfd; -1: no more.
  void set_nudge(int descriptor) {
    const std::lock_guard lock(mutex_);
    nudge_ = descriptor;
  }
  // Real time only. False where `deadline` passed first.
  bool wait_until(Instant deadline) {
    std::unique_lock lock(mutex_);
    const auto is_raised = [this] { return raised_; };
    if (deadline == kNever) {
      condition_.wait(lock, is_raised);
      return true;
    }
    const std::chrono::steady_clock::time_point moment(
        std::chrono::duration_cast<std::chrono::steady_clock::duration>(deadline.time_since_epoch()));
    return condition_.wait_until(lock, moment, is_raised);
  }

 private:
  mutable std::mutex mutex_;
  std::condition_variable condition_;
  bool raised_ = false;
  int nudge_ = -1;
};

}  // namespace fourtuple
