#include "stack/tcp/congestion/new_reno.hpp"

#include <algorithm>

namespace fourtuple::tcp {

void NewReno::on_acked(const Acked& event) {  // [RFC9293 MUST-19]
  if (event.in_recovery || !event.window_was_used) return;
  if (is_in_slow_start()) return grow_in_slow_start(event.bytes);
  acked_in_avoidance_ += event.bytes;
  if (acked_in_avoidance_ < window_) return;
  acked_in_avoidance_ -= window_;
  window_ += mss_;
}

std::uint64_t NewReno::halved(std::uint64_t in_flight) const {
  return std::max<std::uint64_t>(in_flight / 2, std::uint64_t{2} * mss_);  // [RFC5681 3.1(b)]
}

void NewReno::on_loss(const Lost& event) {
  remember_window();
  threshold_ = halved(event.in_flight);
  window_ = threshold_;
  acked_in_avoidance_ = 0;
}

void NewReno::on_timeout(const Lost& event, bool first) {
  if (first) {
    remember_window();
    threshold_ = halved(event.in_flight);
  }
  window_ = mss_;  // the loss window [RFC5681 3.1, 3.1(c)]
  acked_in_avoidance_ = 0;
}

}  // namespace fourtuple::tcp
