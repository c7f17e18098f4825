// Waiting while the cable is looked after: for a process to end, for something to be true, or for Ctrl-C.
#pragma once

#include <chrono>
#include <functional>
#include <optional>

#include "apps/record/cable.hpp"
#include "drivers/descriptor.hpp"
#include "stack/base/result.hpp"

namespace fourtuple::record {

class Waiting {
 public:
  enum class Outcome : unsigned char { kHappened, kEnded, kLate, kSignal };
  using Patience = std::optional<std::chrono::milliseconds>;  // nothing: for ever

  // From here on SIGINT, SIGTERM and SIGHUP are ours to answer.
  [[nodiscard]] static SetupResult<Waiting> open(Cable cable);

  // Until `happened` (asked every few milliseconds), the process behind `ended` (-1: none) has ended, or a signal came.
  [[nodiscard]] Outcome until(const std::function<bool()>& happened, int ended, Patience patience);
  Outcome until_ended(int ended, Patience patience) {
    return until([] { return false; }, ended, patience);
  }

  // The signal that came, 0: none.
  [[nodiscard]] int signal() const { return signal_; }
  [[nodiscard]] int first_signal() const { return first_signal_; }
  // It has been answered; a further one counts again.
  void forget_signal() { signal_ = 0; }

 private:
  Waiting(Cable cable, Descriptor signals);
  // Waits for frames, an end or a signal, at most until `limit`. True where the process has ended.
  bool wait_once(int ended, std::chrono::steady_clock::time_point limit);
  void take_signal();

  Cable cable_;
  Descriptor signals_;
  int signal_ = 0;
  int first_signal_ = 0;
};

}  // namespace fourtuple::record
