// The times at which copies of one segment were sent, and whether a timer between them was backed off.
#pragma once

#include <deque>

#include "stack/base/time.hpp"

namespace fourtuple::judge {

class Copies {
 public:
  void add(Instant time) {
    times_.push_back(time);
    if (times_.size() > kKept) times_.pop_front();
  }
  void begin_anew(Instant time) { times_.assign(1, time); }
  void clear() { times_.clear(); }
  [[nodiscard]] std::size_t size() const { return times_.size(); }
  // Precondition: size() > 0.
  [[nodiscard]] Instant last() const { return times_.back(); }
  // The wait before the last copy, and the wait before that; zero where there are not as many.
  [[nodiscard]] Duration last_wait() const { return wait(1); }
  [[nodiscard]] Duration wait_before() const { return wait(2); }

  // RFC 6298 5.5 asks for twice the wait; half as much again is forgiven to clocks that tick slowly, and RFC 6298 2.5
  // lets the timeout stop growing at 60 seconds.
  [[nodiscard]] bool grow_too_slowly() const {
    return size() >= 3 && last_wait() < kLongest && 2 * last_wait() < 3 * wait_before();
  }

 private:
  static constexpr std::size_t kKept = 8;
  static constexpr Duration kLongest = 50s;
  [[nodiscard]] Duration wait(std::size_t back) const {
    if (times_.size() <= back) return {};
    return times_[times_.size() - back] - times_[times_.size() - back - 1];
  }
  std::deque<Instant> times_;
};

}  // namespace fourtuple::judge
