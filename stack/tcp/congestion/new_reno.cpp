#include "stack/tcp/congestion/new_reno.hpp"

namespace fourtuple::tcp {

void NewReno::on_acked(const Acked& event) {  // [RFC9293 MUST-19]
  if (event.in_recovery || !event.window_was_used) return;
  is_in_slow_start() ? grow_in_slow_start(event.bytes) : grow_in_avoidance(event.bytes);
}

}  // namespace fourtuple::tcp
