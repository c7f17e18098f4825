#include "apps/wire/patch.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <fmt/format.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>

#include "apps/report.hpp"

namespace fourtuple::apps {
namespace {

constexpr std::size_t kAtOnce = 64;
// Timers may be late by this much; the kernel's own choice is fifty times as long.
constexpr unsigned long kTimerSlackNanoseconds = 1000;
// Descriptors and signals are looked at after so many turns even when frames keep coming.
constexpr unsigned kTurnsBetweenLooks = 32;

sigset_t our_signals() {
  sigset_t signals;
  ::sigemptyset(&signals);
  for (const int number : {SIGINT, SIGTERM, SIGHUP, SIGUSR1}) ::sigaddset(&signals, number);
  return signals;
}

timespec span_of(Duration duration) {
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(duration);
  return {.tv_sec = seconds.count(), .tv_nsec = (duration - seconds).count()};
}

bool is_readable(int descriptor) {
  pollfd entry{.fd = descriptor, .events = POLLIN, .revents = 0};
  return descriptor >= 0 && ::poll(&entry, 1, 0) == 1;
}

std::string one_way(const char* name, const impair::LaneCounters& lane, const Relay& relay) {
  std::string text = fmt::format("{}: {}", name, to_string(lane));
  if (lane == impair::LaneCounters{}) text = fmt::format("{}: {} frames", name, relay.frames());
  return relay.refused() == 0 ? text : text + fmt::format(", {} refused by the device", relay.refused());
}

}  // namespace

Instant steady_now() {
  return Instant(std::chrono::duration_cast<Duration>(std::chrono::steady_clock::now().time_since_epoch()));
}

SetupResult<Patch> Patch::open(Ways ways) {
  const sigset_t wanted = our_signals();
  ::sigprocmask(SIG_BLOCK, &wanted, nullptr);
  Descriptor signals(::signalfd(-1, &wanted, SFD_NONBLOCK | SFD_CLOEXEC));
  if (!signals)
    return failure(SetupError{.cause = "no descriptor for signals: " + error_text(errno), .cure = "raise `ulimit -n`"});
  ::prctl(PR_SET_TIMERSLACK, kTimerSlackNanoseconds);
  return Patch(std::move(ways), std::move(signals));
}

Patch::Patch(Ways ways, Descriptor signals)
    : ways_(std::move(ways)),
      signals_(std::move(signals)),
      forth_(std::make_unique<Relay>(*ways_.a, *ways_.b)),
      back_(std::make_unique<Relay>(*ways_.b, *ways_.a)) {}

SetupResult<bool> Patch::run(Instant until, int ended) {
  for (unsigned turn = 0;; ++turn) {
    const Instant now = steady_now();
    if (now >= until) return true;
    const bool busy = carry(now);
    if (busy && turn % kTurnsBetweenLooks != 0) continue;
    if (!busy) wait(std::min({until, ways_.a->next_deadline(), ways_.b->next_deadline()}), now, ended);
    if (take_signal() || is_readable(ended)) return true;
    if (const std::string gone = failure_text(); !gone.empty())
      return failure(SetupError{.cause = "the wire has lost an end: " + gone, .cure = "start again when it is back"});
  }
}

bool Patch::carry(Instant now) {
  const std::size_t forth = forth_->carry(kAtOnce, now);
  const std::size_t back = back_->carry(kAtOnce, now);
  return forth + back != 0;
}

void Patch::wait(Instant deadline, Instant now, int ended) {
  std::array<pollfd, 4> entries{};
  const std::array<int, 4> descriptors{ways_.a->descriptor(), ways_.b->descriptor(), signals_.get(), ended};
  for (std::size_t i = 0; i < entries.size(); ++i) entries[i] = {.fd = descriptors[i], .events = POLLIN, .revents = 0};
  const timespec patience = span_of(deadline == kNever ? Duration{} : std::max(Duration{}, deadline - now));
  static_cast<void>(::ppoll(entries.data(), entries.size(), deadline == kNever ? nullptr : &patience, nullptr));
}

// True where it is time to stop.
bool Patch::take_signal() {
  signalfd_siginfo signal{};
  while (::read(signals_.get(), &signal, sizeof(signal)) == sizeof(signal)) {
    if (signal.ssi_signo != SIGUSR1) return true;
    remark(statistics());
  }
  return false;
}

std::string Patch::failure_text() const {
  const std::string a = ways_.a->failure_text();
  return a.empty() ? ways_.b->failure_text() : a;
}

std::string Patch::statistics() const {
  return one_way("a to b", ways_.b->outbound_counters(), *forth_) + "\n" +
         "fourtuple: " + one_way("b to a", ways_.b->inbound_counters(), *back_);
}

}  // namespace fourtuple::apps
