#include "stack/tcp/send/delivery_rate.hpp"

namespace fourtuple::tcp {

std::uint64_t RateSample::rate() const {
  if (interval <= Duration::zero()) return 0;
  return static_cast<std::uint64_t>(static_cast<double>(delivered) / std::chrono::duration<double>(interval).count());
}

DeliveryStamp DeliveryRate::stamp(bool flight_is_empty, Instant now) {
  if (flight_is_empty) first_sent_at_ = delivered_at_ = now;  // silence is not the path's
  return {delivered_, delivered_at_, first_sent_at_, limited_until_ != 0};
}

void DeliveryRate::note_application_limit(std::uint64_t in_flight) {
  limited_until_ = std::max<std::uint64_t>(delivered_ + in_flight, 1);
}

RateSample DeliveryRate::on_delivered(std::uint64_t bytes, const DeliveryStamp& newest, Instant sent_at,
                                      Duration min_rtt, Instant now) {
  delivered_ += bytes;
  delivered_at_ = now;
  first_sent_at_ = sent_at;
  if (delivered_ > limited_until_) limited_until_ = 0;
  const Duration interval = std::max(sent_at - newest.first_sent_at, now - newest.delivered_at);
  RateSample sample{delivered_ - newest.delivered, newest.delivered, interval, newest.application_limited};
  if (interval < min_rtt) sample.interval = Duration::zero();
  if (sample.interval > Duration::zero()) last_ = sample;
  return sample;
}

}  // namespace fourtuple::tcp
