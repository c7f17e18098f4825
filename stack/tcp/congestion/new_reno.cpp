#include "stack/tcp/congestion/new_reno.hpp"

#include <algorithm>

namespace fourtuple::tcp {

NewReno::NewReno(std::uint32_t mss, std::uint32_t initial_window_segments)
    : window_(std::uint64_t{mss} * initial_window_segments), mss_(mss), initial_segments_(initial_window_segments) {}

void NewReno::on_acked(const Acked& event) {  // [RFC9293 MUST-19]
  if (event.in_recovery || !event.window_was_used) return;
  if (window_ < threshold_) {
    // One ACK may stand for many segments here (super-segments, lost ACKs): the window grows by what was delivered,
    // as RFC 3465 allows and RFC 9438 4.10 recommends, never beyond twice. [RFC5681 3.1]
    window_ = std::min(window_ + event.bytes, std::max(threshold_, window_ + mss_));
    return;
  }
  acked_in_avoidance_ += event.bytes;
  if (acked_in_avoidance_ < window_) return;
  acked_in_avoidance_ -= window_;
  window_ += mss_;
}

std::uint64_t NewReno::halved(std::uint64_t in_flight) const {
  return std::max<std::uint64_t>(in_flight / 2, std::uint64_t{2} * mss_);  // [RFC5681 3.1(b)]
}

void NewReno::on_loss(const Lost& event) {
  window_before_ = window_;
  threshold_before_ = threshold_;
  threshold_ = halved(event.in_flight);
  window_ = threshold_;
  acked_in_avoidance_ = 0;
}

void NewReno::on_timeout(const Lost& event, bool first) {
  if (first) {
    window_before_ = window_;
    threshold_before_ = threshold_;
    threshold_ = halved(event.in_flight);
  }
  window_ = mss_;  // the loss window [RFC5681 3.1, 3.1(c)]
  acked_in_avoidance_ = 0;
}

void NewReno::on_recovered(std::uint64_t in_flight) {
  window_ = std::min(threshold_, std::max<std::uint64_t>(in_flight, mss_) + mss_);  // [RFC6582 3.2(b)]
}

void NewReno::undo() {
  window_ = std::max(window_, window_before_);
  threshold_ = std::max(threshold_, threshold_before_);
}

void NewReno::after_idle() { window_ = std::min(window_, std::uint64_t{mss_} * initial_segments_); }

}  // namespace fourtuple::tcp
