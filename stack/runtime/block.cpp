// How a thread waits in a blocking call: on a condition variable where another thread drives the links; by driving them
// itself where nobody else may be doing so; by moving time where time is virtual.
#include <algorithm>
#include <array>
#include <cstdint>
#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "stack/runtime/core.hpp"

namespace fourtuple {

bool RuntimeCore::block(Signal& signal, Instant deadline) {
  if (!clock_->is_real()) return block_virtually(signal, deadline);
  return has_thread_ ? signal.wait_until(deadline) : block_driving(signal, deadline);
}

bool RuntimeCore::block_virtually(Signal& signal, Instant deadline) {
  while (!signal.is_raised()) {
    if (clock_->now() >= deadline || !while_blocked_ || !while_blocked_(deadline)) return signal.is_raised();
  }
  return true;
}

// The eventfds that wake driving threads are kept for the next one; each serves one thread at a time.
int RuntimeCore::take_nudge() {
  const std::lock_guard lock(token_);
  if (nudges_.empty()) return ::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
  const int nudge = nudges_.back();
  nudges_.pop_back();
  return nudge;
}

void RuntimeCore::give_back_nudge(int nudge) {
  std::uint64_t count = 0;
  [[maybe_unused]] const ssize_t got = ::read(nudge, &count, sizeof count);
  const std::lock_guard lock(token_);
  nudges_.push_back(nudge);
}

bool RuntimeCore::block_driving(Signal& signal, Instant deadline) {
  const int nudge = take_nudge();
  signal.set_nudge(nudge);
  while (!signal.is_raised() && clock_->now() < deadline) {
    sleep_on_links(nudge, deadline);
    poll();
  }
  signal.set_nudge(-1);
  if (nudge >= 0) give_back_nudge(nudge);
  return signal.is_raised();
}

// Sleeps until a link has something, something is due, or `nudge` is written; at the latest until `deadline`.
void RuntimeCore::sleep_on_links(int nudge, Instant deadline) {
  static constexpr std::size_t kMaxLinks = 16;  // links beyond these are looked at when others wake us
  std::array<pollfd, kMaxLinks + 1> waits{};
  nfds_t count = 1;
  waits[0] = {nudge, POLLIN, 0};  // a negative one is passed over by poll(2)
  {
    const std::lock_guard lock(token_);
    for (std::size_t i = 0; i < links_.size() && count <= kMaxLinks; ++i) {
      if (!link_is_gone(i) && links_[i].driver->descriptor() >= 0) {
        waits[count++] = {links_[i].driver->descriptor(), POLLIN, 0};
      }
    }
    deadline = std::min(deadline, next_deadline());
  }
  const Duration wait = std::clamp(deadline - clock_->now(), Duration::zero(), Duration(std::chrono::hours(1)));
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(wait);
  const timespec timeout{seconds.count(), (wait - seconds).count()};
  ::ppoll(waits.data(), count, &timeout, nullptr);
}

}  // namespace fourtuple
