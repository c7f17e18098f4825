// What the sender learns about the path from what it delivers, and tells a controller that models it
// (draft-cheng-iccrg-delivery-rate-estimation-02).
#include <algorithm>

#include "stack/tcp/connection.hpp"

namespace fourtuple::tcp {

// Taken before the flight takes the segment up.
DeliveryStamp Connection::stamp_departure(Instant now) { return delivery_rate_.stamp(pipe_bytes() == 0, now); }

// All has left that there was, and there was room for more: how fast this flight is delivered says how fast the
// application writes. Where the send buffer is full it is not the application that limits.
void Connection::note_application_limit() {
  const bool has_more = unsent_bytes() >= send_mss() || flight_.lost_bytes() > 0 || waits_its_turn_;
  if (has_more || congestion_room() == 0 || !is_writable()) return;
  delivery_rate_.note_application_limit(pipe_bytes());
}

RateSample Connection::take_delivery(const Delivery& delivery, Instant now) {
  if (!delivery.newest || delivery.newest->begin == 0) return {};  // a SYN says nothing about a rate
  return delivery_rate_.on_delivered(delivery.bytes, delivery.newest->stamp, delivery.newest->sent_at, rtt_.min(), now);
}

void Connection::tell_delivery(const Arrival& arrival, const Delivery& delivery, const RateSample& sample,
                               std::uint64_t in_flight_before, std::uint64_t lost_before) {
  if (!congestion_) return;
  const Instant now = arrival.context.now;
  const bool is_timed = delivery.newest_original && !delivery.any_retransmitted;  // [RFC6298 3]
  const bool is_data = sample.delivered > 0;
  congestion_->on_delivery({.now = now,
                            .bytes = is_data ? delivery.bytes : 0,
                            .total = delivery_rate_.delivered(),
                            .lost = flight_.ever_lost_bytes() - lost_before,
                            .in_flight_before = in_flight_before,
                            .in_flight = pipe_bytes(),
                            .rtt = is_timed ? now - *delivery.newest_original : Duration::zero(),
                            .sample = sample,
                            .in_recovery = recovery_ != Recovery::kOpen});
}

CongestionController::Lost Connection::loss_now(std::uint64_t in_flight, Instant now) const {
  return {now, in_flight, pipe_bytes(), delivery_rate_.delivered()};
}

}  // namespace fourtuple::tcp
