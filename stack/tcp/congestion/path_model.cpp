#include "stack/tcp/congestion/path_model.hpp"

#include <algorithm>

namespace fourtuple::tcp {

void MaxOfRounds::take(std::uint64_t value, std::uint64_t round) {
  std::size_t first = 0;
  while (first < count_ && entries_[first].round + kRounds <= round) ++first;
  std::copy(entries_.begin() + static_cast<std::ptrdiff_t>(first),
            entries_.begin() + static_cast<std::ptrdiff_t>(count_), entries_.begin());
  count_ -= first;
  while (count_ > 0 && entries_[count_ - 1].value <= value) --count_;
  if (count_ > 0 && entries_[count_ - 1].round == round) return;  // smaller, and no younger
  entries_[count_++] = {value, round};
}

void PathModel::take(const CongestionController::Delivered& event, bool is_limited) {
  count_round(event);
  const std::uint64_t rate = event.sample.rate();
  if (rate != 0 && (rate >= bandwidth() || !is_limited)) bandwidth_.take(rate, round_);
  look_for_full_pipe(is_limited);
  take_round_trip(event.rtt, event.now);
}

void PathModel::count_round(const CongestionController::Delivered& event) {
  round_start_ = event.bytes > 0 && event.sample.prior_delivered >= round_ends_;
  if (!round_start_) return;
  round_ends_ = event.total;
  ++round_;
}

// In STARTUP: three rounds that sent more and got no more.
void PathModel::look_for_full_pipe(bool is_limited) {
  if (pipe_is_full_ || !round_start_ || is_limited) return;
  if (static_cast<double>(bandwidth()) >= static_cast<double>(full_bandwidth_) * kFullGrowth) {
    full_bandwidth_ = bandwidth();
    full_rounds_ = 0;
    return;
  }
  pipe_is_full_ = ++full_rounds_ >= kRoundsUntilFull;
}

void PathModel::take_round_trip(Duration rtt, Instant now) {
  min_rtt_was_stale_ = min_rtt_ != Duration::max() && now > min_rtt_at_ + kMinRttLasts;
  if (rtt <= Duration::zero()) return;
  if (rtt > min_rtt_ && !min_rtt_was_stale_) return;
  min_rtt_ = rtt;
  min_rtt_at_ = now;
}

std::uint64_t PathModel::in_flight_for(double gain) const {
  const double seconds = std::chrono::duration<double>(min_rtt_).count();
  return static_cast<std::uint64_t>(gain * static_cast<double>(bandwidth()) * seconds);
}

}  // namespace fourtuple::tcp
