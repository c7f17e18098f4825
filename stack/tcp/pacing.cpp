// When the next segment may leave: the pace of one connection (RFC 9002 7.7; SO_MAX_PACING_RATE).
#include <algorithm>

#include "stack/tcp/connection.hpp"

namespace fourtuple::tcp {

// What the congestion window and the round trip amount to; 0 before the first round trip has been timed.
std::uint64_t Connection::window_rate() const {
  if (!congestion_ || !rtt_.has_sample()) return 0;
  return Pacer::rate_of(congestion_->window(), rtt_.smoothed(), congestion_->window() < congestion_->threshold());
}

// Octets a second; 0: nothing waits. A limit paces also where nothing else does.
std::uint64_t Connection::wanted_pace() const {
  const std::uint64_t limit = options_.max_pacing_rate;
  std::uint64_t rate = congestion_ ? congestion_->pacing_rate() : 0;
  if (rate == 0 && shared_.config.pacing) rate = window_rate();
  if (limit == 0) return rate;
  return rate == 0 ? limit : std::min(rate, limit);
}

// A super-segment of two costs a device no more than one; below that there is nothing to gain from offloading.
void Connection::set_pace(Instant now) {
  waits_its_turn_ = false;
  const std::size_t mss = send_mss();
  const std::size_t least = path_.max_super_segment >= 2 * mss ? 2 * mss : mss;
  pacer_.set_rate(wanted_pace(), least, now, Pacer::quantum_time(rtt_.min()));
}

// Asked where everything else allows the next segment: pacing alone may hold it back.
bool Connection::must_wait_its_turn(Context& context) {
  if (pacer_.may_send(context.now)) return false;
  waits_its_turn_ = true;
  timers_.arm(Timer::kPacing, pacer_.next(), number_, context.trace);
  return true;
}

// Before the flight takes it up: a silent connection may begin with a burst of the initial window. [RFC6928 2]
void Connection::note_paced(std::uint64_t bytes, Instant now) {
  if (!pacer_.is_active()) return;
  const std::uint64_t burst = std::uint64_t{shared_.config.initial_window_segments} * send_mss();
  pacer_.note_sent(bytes, flight_.empty() ? burst : 0, now);
}

}  // namespace fourtuple::tcp
