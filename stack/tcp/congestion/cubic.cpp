#include "stack/tcp/congestion/cubic.hpp"

#include <algorithm>
#include <cmath>

namespace fourtuple::tcp {
namespace {

double seconds_of(Duration duration) { return std::chrono::duration<double>(duration).count(); }

}  // namespace

void Cubic::on_sent(const Sent& event) { hystart_.on_sent(event.bytes); }

void Cubic::on_acked(const Acked& event) {
  if (event.rtt > Duration::zero()) smallest_rtt_ = std::min(smallest_rtt_, event.rtt);
  if (event.in_recovery) return;
  if (!event.window_was_used) {
    if (!idle_since_) idle_since_ = event.now;
    return;
  }
  // Time without anything to send is no time for the cube. [RFC9438 4.2, 5.8]
  if (epoch_ && idle_since_) epoch_->start += event.now - *idle_since_;
  idle_since_.reset();
  if (!is_in_slow_start()) return grow_in_avoidance(event);
  if (threshold_ == UINT64_MAX) return climb_before_the_first_loss(event);
  grow_in_slow_start(event.bytes);
}

// The first slow start watches the round trips; later ones know where to stop. [RFC9406 4.3]
void Cubic::climb_before_the_first_loss(const Acked& event) {
  grow_in_slow_start(hystart_.on_acked(event.bytes, event.rtt));
  if (hystart_.is_over()) threshold_ = window_;
}

double Cubic::cube_at(Duration since_start) const {
  const double t = seconds_of(since_start) - epoch_->k;
  return kC * t * t * t + epoch_->origin;
}

// [RFC9438 4.2 to 4.5]
void Cubic::grow_in_avoidance(const Acked& event) {
  if (!epoch_) begin_epoch(event.now);
  const double now = segments();
  const double acked = static_cast<double>(event.bytes) / mss_;
  const double slope = epoch_->estimate >= window_before_loss_ ? 1 : kAlpha;
  epoch_->estimate += slope * acked / now;
  const Duration since = event.now - epoch_->start;
  const Duration rtt = smallest_rtt_ == Duration::max() ? Duration::zero() : smallest_rtt_;
  double next = now;
  if (cube_at(since) < epoch_->estimate) {
    next = std::max(now, epoch_->estimate);  // the Reno-friendly region
  } else {
    const double target = std::clamp(cube_at(since + rtt), now, 1.5 * now);
    next = now + (target - now) / now * acked;
  }
  const double bytes = (next - now) * mss_ + fraction_;
  window_ += static_cast<std::uint64_t>(bytes);
  fraction_ = bytes - std::floor(bytes);
}

void Cubic::begin_epoch(Instant now) {
  const double window = segments();
  // After a timeout, and after the first slow start, the flat part lies here. [RFC9438 4.8, 4.10]
  const double origin = after_timeout_ || w_max_ < window ? window : w_max_;
  epoch_ = Epoch{now, origin, std::cbrt((origin - window) / kC), window};
  after_timeout_ = false;
}

std::uint64_t Cubic::reduced(std::uint64_t in_flight) const {
  return std::max(static_cast<std::uint64_t>(static_cast<double>(in_flight) * kBeta), std::uint64_t{2} * mss_);
}

// A window that ends below the last one: others want their share, so we aim lower. [RFC9438 4.7]
void Cubic::remember_loss() {
  remember_window();
  before_ = {w_max_, epoch_};
  const double window = segments();
  w_max_ = window < w_max_ ? window * (1 + kBeta) / 2 : window;
  window_before_loss_ = window;
  epoch_.reset();
  fraction_ = 0;
}

void Cubic::on_loss(const Lost& event) {
  remember_loss();
  threshold_ = reduced(event.in_flight);
  window_ = threshold_;
}

void Cubic::on_timeout(const Lost& event, bool first) {
  if (first) {
    remember_loss();
    threshold_ = reduced(event.in_flight);
  }
  window_ = mss_;  // [RFC5681 3.1]
  after_timeout_ = true;
}

// [RFC9438 4.9]
void Cubic::undo() {
  LossBased::undo();
  w_max_ = before_.w_max;
  epoch_ = before_.epoch;
  after_timeout_ = false;
}

void Cubic::after_idle() {
  LossBased::after_idle();
  epoch_.reset();
}

}  // namespace fourtuple::tcp
