#include "apps/record/waiting.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <poll.h>
#include <sys/signalfd.h>
#include <unistd.h>
#include <utility>

#include "apps/report.hpp"

namespace fourtuple::record {
namespace {

using Clock = std::chrono::steady_clock;

constexpr auto kLookAgain = std::chrono::milliseconds(10);
constexpr int kMaxCarries = 16;  // then signals and ends have their turn

Descriptor catch_signals() {
  sigset_t ours;
  ::sigemptyset(&ours);
  for (const int number : {SIGINT, SIGTERM, SIGHUP}) ::sigaddset(&ours, number);
  ::sigprocmask(SIG_BLOCK, &ours, nullptr);
  return Descriptor(::signalfd(-1, &ours, SFD_CLOEXEC | SFD_NONBLOCK));
}

Instant as_instant(Clock::time_point time) {
  return Instant(std::chrono::duration_cast<Duration>(time.time_since_epoch()));
}

timespec as_timespec(Clock::duration span) {
  const auto nanoseconds = std::max<std::int64_t>(std::chrono::nanoseconds(span).count(), 0);
  return {.tv_sec = nanoseconds / 1'000'000'000, .tv_nsec = nanoseconds % 1'000'000'000};
}

}  // namespace

SetupResult<Waiting> Waiting::open(Cable cable) {
  Descriptor signals = catch_signals();
  if (signals) return Waiting(std::move(cable), std::move(signals));
  return failure(
      SetupError{.cause = "no descriptor for signals: " + apps::error_text(errno), .cure = "raise `ulimit -n`"});
}

Waiting::Waiting(Cable cable, Descriptor signals) : cable_(std::move(cable)), signals_(std::move(signals)) {}

Waiting::Outcome Waiting::until(const std::function<bool()>& happened, int ended, Patience patience) {
  const auto deadline = patience ? Clock::now() + *patience : Clock::time_point::max();
  for (auto look = Clock::now(); signal_ == 0;) {
    if (Clock::now() >= look) {
      if (happened()) return Outcome::kHappened;
      if (Clock::now() >= deadline) return Outcome::kLate;
      look = std::min(Clock::now() + kLookAgain, deadline);
    }
    if (wait_once(ended, look)) return Outcome::kEnded;
  }
  return Outcome::kSignal;
}

bool Waiting::wait_once(int ended, Clock::time_point limit) {
  std::array<pollfd, 4> sources{{{cable_.first_descriptor(), POLLIN, 0},
                                 {cable_.second_descriptor(), POLLIN, 0},
                                 {signals_.get(), POLLIN, 0},
                                 {ended, POLLIN, 0}}};  // a negative descriptor is passed over
  const Instant next = std::min(cable_.next_deadline(), as_instant(limit));
  const timespec time = as_timespec(next - as_instant(Clock::now()));
  ::ppoll(sources.data(), sources.size(), &time, nullptr);
  for (int round = 0; round < kMaxCarries && cable_.carry(as_instant(Clock::now())); ++round) {
  }
  if (sources[2].revents != 0) take_signal();
  return (sources[3].revents & POLLIN) != 0;
}

void Waiting::take_signal() {
  signalfd_siginfo information{};
  if (::read(signals_.get(), &information, sizeof(information)) != static_cast<ssize_t>(sizeof(information))) return;
  signal_ = static_cast<int>(information.ssi_signo);
  if (first_signal_ == 0) first_signal_ = signal_;
}

}  // namespace fourtuple::record
