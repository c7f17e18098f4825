// The deadlines of one connection. A deadline is a field, written by the event that decides it; nothing recomputes it.
#pragma once

#include <algorithm>
#include <array>

#include "stack/base/time.hpp"
#include "stack/trace/events.hpp"

namespace fourtuple::tcp {

using Timer = trace::Timer;

class TimerSet {
 public:
  TimerSet() { deadlines_.fill(kNever); }

  [[nodiscard]] Instant deadline(Timer timer) const { return deadlines_[index(timer)]; }
  [[nodiscard]] bool is_armed(Timer timer) const { return deadline(timer) != kNever; }
  [[nodiscard]] Instant earliest() const { return *std::min_element(deadlines_.begin(), deadlines_.end()); }
  // The earliest armed timer; meaningful where earliest() != kNever.
  [[nodiscard]] Timer earliest_timer() const {
    return static_cast<Timer>(std::min_element(deadlines_.begin(), deadlines_.end()) - deadlines_.begin());
  }

  void arm(Timer timer, Instant deadline, trace::ConnectionNumber connection, const trace::Tracer& trace) {
    if (deadlines_[index(timer)] == deadline) return;
    deadlines_[index(timer)] = deadline;
    if (trace) trace.emit(connection, trace::TimerArmed{timer, deadline});
  }
  void cancel(Timer timer, trace::ConnectionNumber connection, const trace::Tracer& trace) {
    if (deadlines_[index(timer)] == kNever) return;
    deadlines_[index(timer)] = kNever;
    if (trace) trace.emit(connection, trace::TimerCancelled{timer});
  }
  // Takes a due timer out: it has fired.
  void disarm(Timer timer) { deadlines_[index(timer)] = kNever; }
  void cancel_all() { deadlines_.fill(kNever); }

 private:
  static std::size_t index(Timer timer) { return static_cast<std::size_t>(timer); }

  std::array<Instant, trace::kTimerCount> deadlines_{};
};

}  // namespace fourtuple::tcp
