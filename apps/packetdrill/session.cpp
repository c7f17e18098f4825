#include "apps/packetdrill/session.hpp"

#include <algorithm>
#include <utility>

#include "fourtuple/socket.h"

namespace fourtuple::packetdrill {

using namespace std::chrono_literals;

namespace {

[[nodiscard]] laboratory::Setup with_waiting(laboratory::Setup setup, std::function<bool(Instant)> wait) {
  setup.while_blocked = std::move(wait);
  return setup;
}

}  // namespace

Session::Session(laboratory::Setup setup)
    : bench_(with_waiting(std::move(setup), [this](Instant limit) { return wait(limit); })) {}

Session::~Session() {
  // Connections are dropped with the stack that has them; there is nobody left to say good-bye to.
  for (const int left : descriptors_.forget_all()) {
    const linger at_once{.l_onoff = 1, .l_linger = 0};
    ft_setsockopt(left, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    ft_close(left);
  }
}

void Session::begin_call() { is_main() ? handoff_.await_others() : handoff_.enter(); }

void Session::end_call() {
  bench_.settle();
  is_main() ? handoff_.let_others_run() : handoff_.leave();
}

void Session::give(ByteView datagram) {
  handoff_.await_others();
  bench_.give(datagram);
  handoff_.let_others_run();
}

std::optional<laboratory::Emitted> Session::receive() {
  handoff_.await_others();
  for (int i = 0; i < kMaxSilentMoments; ++i) {
    if (auto oldest = bench_.take()) return oldest;
    const Instant next = next_moment();
    if (next == kNever) return std::nullopt;
    pass_until(next);
  }
  return std::nullopt;
}

void Session::sleep(Duration time) {
  if (is_main()) {
    handoff_.await_others();
    pass_until(bench_.now() + time);
  } else {
    bench_.advance_to(bench_.now() + time);
  }
}

Instant Session::look_at_clock() {
  if (!is_main()) {
    const Instant now = bench_.now();
    bench_.advance_to(now + 1us);
    handoff_.look_at_clock();
    return now;
  }
  handoff_.await_others();
  const Instant now = bench_.now();
  pass_until(now + 1us);
  return now;
}

// A call of the main thread that would block makes time pass by itself, since nobody else does.
bool Session::wait(Instant limit) {
  if (!is_main()) return handoff_.sleep(limit);
  const bool happened = bench_.step(std::min(limit, handoff_.earliest_limit()));
  const bool is_early = bench_.now() < limit;
  const bool others_wait = handoff_.earliest_limit() < limit;
  handoff_.let_others_run();
  return happened || !is_early || others_wait;
}

Instant Session::next_moment() const { return std::min(bench_.next_deadline(), handoff_.earliest_limit()); }

void Session::pass_until(Instant moment) {
  // Were something due for ever, time would pass over it.
  Instant least = bench_.now();
  for (Instant next = next_moment(); next <= moment; next = std::max(next_moment(), least)) {
    bench_.advance_to(next);
    least = bench_.now() + 1us;
    handoff_.let_others_run();
  }
  bench_.advance_to(moment);
}

}  // namespace fourtuple::packetdrill
