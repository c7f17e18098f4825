// The C face: the waiting calls that are given a signal mask and a timeout in nanoseconds.
#include <climits>
#include <csignal>
#include <ctime>

#include "fourtuple/socket.h"
#include "stack/socket/process.hpp"

namespace fourtuple::sockets {
namespace {

constexpr long kNanosecondsPerSecond = 1'000'000'000;

// The mask holds while this lives. A signal is handled when it comes, but our waits do not end with EINTR.
class SignalMask {
 public:
  explicit SignalMask(const sigset_t* mask)
      : is_set_(mask != nullptr && pthread_sigmask(SIG_SETMASK, mask, &before_) == 0) {}
  ~SignalMask() {
    if (is_set_) pthread_sigmask(SIG_SETMASK, &before_, nullptr);
  }
  SignalMask(const SignalMask&) = delete;
  SignalMask& operator=(const SignalMask&) = delete;

 private:
  sigset_t before_{};
  bool is_set_;
};

[[nodiscard]] bool is_sound(const timespec* time) {
  return time == nullptr || (time->tv_sec >= 0 && time->tv_nsec >= 0 && time->tv_nsec < kNanosecondsPerSecond);
}

// Rounded up, so that nobody is woken early; -1 for ever.
[[nodiscard]] int milliseconds_of(const timespec* time) {
  if (time == nullptr) return -1;
  if (time->tv_sec >= INT_MAX / 1000) return INT_MAX;
  return static_cast<int>(time->tv_sec * 1000 + (time->tv_nsec + 999'999) / 1'000'000);
}

}  // namespace
}  // namespace fourtuple::sockets

using namespace fourtuple;           // NOLINT: this file is the other side of a C interface
using namespace fourtuple::sockets;  // NOLINT

extern "C" {

int ft_pselect(int count, fd_set* readable, fd_set* writable, fd_set* exceptional, const timespec* timeout,
               const sigset_t* mask) {
  if (!is_sound(timeout)) return fail_with(std::errc::invalid_argument);
  const SignalMask masked(mask);
  if (timeout == nullptr) return ft_select(count, readable, writable, exceptional, nullptr);
  timeval time{.tv_sec = timeout->tv_sec, .tv_usec = (timeout->tv_nsec + 999) / 1000};
  if (time.tv_usec == 1'000'000) time = {.tv_sec = time.tv_sec + 1, .tv_usec = 0};
  return ft_select(count, readable, writable, exceptional, &time);
}

int ft_ppoll(pollfd* descriptors, nfds_t count, const timespec* timeout, const sigset_t* mask) {
  if (!is_sound(timeout)) return fail_with(std::errc::invalid_argument);
  const SignalMask masked(mask);
  return ft_poll(descriptors, count, milliseconds_of(timeout));
}

int ft_epoll_create(int size) { return size > 0 ? ft_epoll_create1(0) : fail_with(std::errc::invalid_argument); }

int ft_epoll_pwait(int epoll, epoll_event* events, int count, int timeout_ms, const sigset_t* mask) {
  const SignalMask masked(mask);
  return ft_epoll_wait(epoll, events, count, timeout_ms);
}

int ft_epoll_pwait2(int epoll, epoll_event* events, int count, const timespec* timeout, const sigset_t* mask) {
  if (!is_sound(timeout)) return fail_with(std::errc::invalid_argument);
  return ft_epoll_pwait(epoll, events, count, milliseconds_of(timeout), mask);
}

}  // extern "C"
