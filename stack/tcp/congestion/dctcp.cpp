#include "stack/tcp/congestion/dctcp.hpp"

#include <algorithm>

namespace fourtuple::tcp {

// Once a window: alpha = (1 - g) alpha + g M. [RFC8257 3.3]
void Dctcp::observe(const Acked& event) {
  acked_ += event.bytes;
  if (event.marked) marked_ += event.bytes;
  left_ -= std::min(left_, event.bytes);
  if (left_ > 0 || acked_ == 0) return;
  alpha_ += kGain * (static_cast<double>(marked_) / static_cast<double>(acked_) - alpha_);
  left_ = event.in_flight_before - std::min(event.in_flight_before, event.bytes);
  acked_ = marked_ = 0;
}

void Dctcp::on_acked(const Acked& event) {
  observe(event);
  if (event.in_recovery || !event.window_was_used) return;
  is_in_slow_start() ? grow_in_slow_start(event.bytes) : grow_in_avoidance(event.bytes);
}

// cwnd = cwnd (1 - alpha / 2). [RFC8257 3.3]
void Dctcp::on_congestion_experienced(const Lost&) {
  const auto reduced = static_cast<std::uint64_t>(static_cast<double>(window_) * (1 - alpha_ / 2));
  window_ = threshold_ = std::max<std::uint64_t>(reduced, std::uint64_t{2} * mss_);
}

}  // namespace fourtuple::tcp
