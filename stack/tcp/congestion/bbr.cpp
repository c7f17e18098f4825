#include "stack/tcp/congestion/bbr.hpp"

#include <algorithm>

#include "stack/tcp/send/pacer.hpp"

namespace fourtuple::tcp {
namespace {

double seconds_in_model(Duration duration) { return std::chrono::duration<double>(duration).count(); }

// "Random, but not the one that drains": any place that differs from flow to flow keeps them from probing together.
std::size_t place_in_cycle(Instant now, std::size_t places) {
  const auto moment = static_cast<std::uint64_t>(now.time_since_epoch().count());
  return static_cast<std::size_t>((moment * 0x9e3779b97f4a7c15U >> 33) % places);
}

}  // namespace

Bbr::Bbr(std::uint32_t mss, std::uint32_t initial_window_segments)
    : window_(std::uint64_t{mss} * initial_window_segments), initial_window_(window_), mss_(mss) {
  pacing_rate_ =
      static_cast<std::uint64_t>(kHighGain * static_cast<double>(window_) / seconds_in_model(Pacer::kQuantumTime));
}

std::string_view Bbr::phase() const {
  switch (phase_) {
    case Phase::kStartup:
      return "startup";
    case Phase::kDrain:
      return "drain";
    case Phase::kProbeBandwidth:
      return "probe-bw";
    case Phase::kProbeRtt:
      break;
  }
  return "probe-rtt";
}

// After silence there is no queue to probe: the rate is the path's.
void Bbr::on_sent(const Sent& event) {
  if (event.in_flight > event.bytes || !path_.is_known()) return;
  restarts_from_idle_ = true;
  if (phase_ == Phase::kProbeBandwidth) set_pacing_rate(1);
}

void Bbr::on_delivery(const Delivered& event) {
  const bool is_limited = event.sample.application_limited || event.sample.prior_delivered < limited_until_;
  path_.take(event, is_limited);
  if (!has_timed_ && event.rtt > Duration::zero()) {
    has_timed_ = true;
    pacing_rate_ = static_cast<std::uint64_t>(kHighGain * static_cast<double>(window_) / seconds_in_model(event.rtt));
  }
  if (!path_.is_known()) return;
  if (phase_ == Phase::kProbeBandwidth && is_phase_of_cycle_over(event)) next_in_cycle(event.now);
  drain_when_full(event);
  look_whether_rtt_is_stale(event);
  set_pacing_rate(pacing_gain_);
  set_window(event);
}

// --- The phases.

void Bbr::drain_when_full(const Delivered& event) {
  if (phase_ == Phase::kStartup && path_.is_pipe_full()) {
    phase_ = Phase::kDrain;
    pacing_gain_ = 1 / kHighGain;
    window_gain_ = kHighGain;
  }
  if (phase_ == Phase::kDrain && event.in_flight <= target(1)) probe_bandwidth(event.now);
}

void Bbr::probe_bandwidth(Instant now) {
  phase_ = Phase::kProbeBandwidth;
  window_gain_ = kWindowGain;
  cycle_ = kCycle.size() - 1 - place_in_cycle(now, kCycle.size() - 1);
  next_in_cycle(now);
}

void Bbr::next_in_cycle(Instant now) {
  cycle_ = (cycle_ + 1) % kCycle.size();
  cycle_began_ = now;
  pacing_gain_ = kCycle[cycle_];
}

// A round trip each; the faster one lasts until it has filled what it wants to fill, unless segments are lost; the
// slower one ends as soon as the queue is gone.
bool Bbr::is_phase_of_cycle_over(const Delivered& event) const {
  const bool full_length = event.now - cycle_began_ > path_.min_rtt();
  if (pacing_gain_ > 1) return full_length && (event.lost > 0 || event.in_flight_before >= target(pacing_gain_));
  if (pacing_gain_ < 1) return full_length || event.in_flight_before <= target(1);
  return full_length;
}

void Bbr::look_whether_rtt_is_stale(const Delivered& event) {
  if (phase_ != Phase::kProbeRtt && path_.min_rtt_was_stale() && !restarts_from_idle_) {
    save_window();
    phase_ = Phase::kProbeRtt;
    pacing_gain_ = window_gain_ = 1;
    probe_rtt_ends_.reset();
  }
  if (phase_ == Phase::kProbeRtt) probe_rtt(event);
  restarts_from_idle_ = false;
}

// A round trip and 200 ms with next to nothing in flight: whatever queue was ours is gone, and the others' too if they
// do the same.
void Bbr::probe_rtt(const Delivered& event) {
  limited_until_ = std::max<std::uint64_t>(event.total + event.in_flight, 1);
  if (!probe_rtt_ends_) {
    if (event.in_flight > least_window()) return;
    probe_rtt_ends_ = event.now + kProbeRttTime;
    probe_rtt_round_is_over_ = false;
    path_.begin_round(event.total);
    return;
  }
  if (path_.is_round_start()) probe_rtt_round_is_over_ = true;
  if (probe_rtt_round_is_over_ && event.now > *probe_rtt_ends_) leave_probe_rtt(event.now);
}

void Bbr::leave_probe_rtt(Instant now) {
  path_.confirm_min_rtt(now);
  restore_window();
  if (path_.is_pipe_full()) return probe_bandwidth(now);
  phase_ = Phase::kStartup;
  pacing_gain_ = window_gain_ = kHighGain;
}

// --- What follows for rate and window.

// While the pipe is not full yet the rate only grows: the first samples are too small.
void Bbr::set_pacing_rate(double gain) {
  const double rate = gain * kPacingMargin * static_cast<double>(path_.bandwidth());
  const auto wanted = std::max<std::uint64_t>(static_cast<std::uint64_t>(rate), 1);
  if (path_.is_pipe_full() || wanted > pacing_rate_) pacing_rate_ = wanted;
}

// Three quanta more than fills the pipe: one here, one on its way into the device, one with the receiver.
std::uint64_t Bbr::target(double gain) const {
  const double seconds = seconds_in_model(Pacer::quantum_time(path_.min_rtt()));
  const auto worth = static_cast<std::uint64_t>(static_cast<double>(pacing_rate_) * seconds);
  const std::uint64_t quantum = std::max<std::uint64_t>(std::min(worth, Pacer::kMaxQuantum), std::uint64_t{2} * mss_);
  return path_.in_flight_for(gain) + 3 * quantum;
}

void Bbr::set_window(const Delivered& event) {
  conserve(event);
  if (!conserves_) {
    const std::uint64_t wanted = target(window_gain_);
    if (path_.is_pipe_full()) {
      window_ = std::min(window_ + event.bytes, wanted);
    } else if (window_ < wanted || event.total < initial_window_) {
      window_ += event.bytes;
    }
    window_ = std::max(window_, least_window());
  }
  if (phase_ == Phase::kProbeRtt) window_ = std::min(window_, least_window());
}

// --- Losses.

void Bbr::conserve(const Delivered& event) {
  if (in_recovery_ && !event.in_recovery) leave_recovery();
  if (conserves_ && path_.is_round_start() && event.sample.prior_delivered >= conserves_until_) conserves_ = false;
  if (event.lost > 0) window_ = std::max<std::uint64_t>(window_ - std::min(window_, event.lost), mss_);
  if (conserves_) window_ = std::max(window_, event.in_flight + event.bytes);
}

void Bbr::save_window() {
  const bool is_normal = !in_recovery_ && phase_ != Phase::kProbeRtt;
  saved_window_ = is_normal ? window_ : std::max(saved_window_, window_);
}

void Bbr::on_loss(const Lost& event) {
  save_window();
  in_recovery_ = conserves_ = true;
  conserves_until_ = event.delivered;
  window_ = event.pipe + mss_;
}

void Bbr::on_timeout(const Lost&, bool first) {
  if (first) save_window();
  in_recovery_ = true;
  conserves_ = false;
  window_ = mss_;
}

void Bbr::leave_recovery() {
  if (!in_recovery_) return;
  in_recovery_ = conserves_ = false;
  restore_window();
}

}  // namespace fourtuple::tcp
