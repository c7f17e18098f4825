#include "stack/tcp/congestion/loss_based.hpp"

#include <algorithm>

namespace fourtuple::tcp {

LossBased::LossBased(std::uint32_t mss, std::uint32_t initial_window_segments)
    : window_(std::uint64_t{mss} * initial_window_segments), mss_(mss), initial_segments_(initial_window_segments) {}

void LossBased::grow_in_slow_start(std::uint64_t bytes) {
  window_ = std::min(window_ + bytes, std::max(threshold_, window_ + mss_));
}

void LossBased::grow_in_avoidance(std::uint64_t bytes) {
  acked_in_avoidance_ += bytes;
  if (acked_in_avoidance_ < window_) return;
  acked_in_avoidance_ -= window_;
  window_ += mss_;
}

std::uint64_t LossBased::halved(std::uint64_t in_flight) const {
  return std::max<std::uint64_t>(in_flight / 2, std::uint64_t{2} * mss_);  // [RFC5681 3.1(b)]
}

void LossBased::remember_window() {
  acked_in_avoidance_ = 0;
  window_before_ = window_;
  threshold_before_ = threshold_;
}

void LossBased::on_loss(const Lost& event) {
  remember_window();
  window_ = threshold_ = halved(event.in_flight);
}

void LossBased::on_timeout(const Lost& event, bool first) {
  if (first) {
    remember_window();
    threshold_ = halved(event.in_flight);
  }
  window_ = mss_;  // the loss window [RFC5681 3.1, 3.1(c)]
  acked_in_avoidance_ = 0;
}

void LossBased::on_recovered(std::uint64_t in_flight) {
  window_ = std::min(threshold_, std::max<std::uint64_t>(in_flight, mss_) + mss_);  // [RFC6582 3.2(b)]
}

void LossBased::undo() {
  window_ = std::max(window_, window_before_);
  threshold_ = std::max(threshold_, threshold_before_);
}

void LossBased::after_idle() { window_ = std::min(window_, std::uint64_t{mss_} * initial_segments_); }

}  // namespace fourtuple::tcp
