#include "stack/tcp/congestion/hystart.hpp"

#include <algorithm>

namespace fourtuple::tcp {

std::uint64_t HyStart::on_acked(std::uint64_t bytes, Duration rtt) {
  if (!in_round_) begin_round();
  delivered_ += bytes;
  if (rtt > Duration::zero()) {
    round_min_ = std::min(round_min_, rtt);
    ++samples_;
    look_for_growth();
  }
  const std::uint64_t growth = phase_ == Phase::kConservative ? bytes / kConservativeDivisor : bytes;
  if (delivered_ >= round_end_) end_round();
  return growth;
}

void HyStart::begin_round() {
  in_round_ = true;
  round_end_ = std::max(sent_, delivered_ + 1);
  last_round_min_ = round_min_;
  round_min_ = Duration::max();
  samples_ = 0;
}

void HyStart::end_round() {
  if (phase_ == Phase::kConservative && ++conservative_rounds_ >= kConservativeRounds) phase_ = Phase::kOver;
  in_round_ = false;  // the next begins with its first ACK, when what this one allowed has been sent
}

// [RFC9406 4.2]
void HyStart::look_for_growth() {
  if (samples_ < kRttSamples || phase_ == Phase::kOver) return;
  if (phase_ == Phase::kConservative) {
    if (round_min_ >= baseline_) return;
    // It was jitter, not a queue.
    phase_ = Phase::kSlowStart;
    baseline_ = Duration::max();
    return;
  }
  if (last_round_min_ == Duration::max()) return;
  const Duration threshold = std::clamp(last_round_min_ / kMinRttDivisor, kMinRttThreshold, kMaxRttThreshold);
  if (round_min_ < last_round_min_ + threshold) return;
  phase_ = Phase::kConservative;
  baseline_ = round_min_;
  conservative_rounds_ = 0;
}

}  // namespace fourtuple::tcp
