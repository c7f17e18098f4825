#include "stack/tcp/congestion/new_reno.hpp"

namespace fourtuple::tcp {

void NewReno::on_acked(const Acked& event) {  // [RFC9293 MUST-19]
  if (event.in_recovery || !event.window_was_used) return;
  is_in_slow_start() ? grow_in_slow_start(event.bytes) : grow_in_avoidance(event.bytes);
}

void NewReno::on_loss(const Lost& event) {
  remember_window();
  window_ = threshold_ = halved(event.in_flight);
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
