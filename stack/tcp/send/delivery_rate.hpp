// How fast the network delivers: what was acknowledged in the time that it took to send or to acknowledge it, whichever
// was longer (draft-cheng-iccrg-delivery-rate-estimation-02).
//
//   sent          |a|b|c|d|                 send_elapsed: c sent - a sent, where a was the last delivered before c left
//   delivered            a b  c             ack_elapsed: c delivered - what was delivered last when c left
#pragma once

#include <algorithm>
#include <cstdint>

#include "stack/base/time.hpp"

namespace fourtuple::tcp {

// What is remembered of the moment when a range was sent.
struct DeliveryStamp {
  std::uint64_t delivered = 0;       // octets in all, by then
  Instant delivered_at{};            // when the last of them was
  Instant first_sent_at{};           // when that had been sent
  bool application_limited = false;  // the sender had nothing to send in this flight
};

struct RateSample {
  std::uint64_t delivered = 0;        // octets
  std::uint64_t prior_delivered = 0;  // in all, when the newest of them was sent: tells one round trip from the next
  Duration interval{};                // zero: no sample
  bool application_limited = false;   // the path may well be faster

  // Octets a second; 0 where there is no sample.
  [[nodiscard]] std::uint64_t rate() const;
};

class DeliveryRate {
 public:
  // Something leaves; `flight_is_empty`: nothing is in the network. What the range that leaves has to remember.
  DeliveryStamp stamp(bool flight_is_empty, Instant now);
  // There was room for more than the application had; `in_flight` octets leave that behind when they are delivered.
  void note_application_limit(std::uint64_t in_flight);

  // An ACK, cumulative or selective, delivered `bytes`. `newest`: of what it delivered, what was sent last, at
  // `sent_at`. An interval shorter than any round trip so far comes from ACKs that were bunched: no sample.
  RateSample on_delivered(std::uint64_t bytes, const DeliveryStamp& newest, Instant sent_at, Duration min_rtt,
                          Instant now);

  [[nodiscard]] std::uint64_t delivered() const { return delivered_; }
  [[nodiscard]] const RateSample& last() const { return last_; }

 private:
  std::uint64_t delivered_ = 0;
  Instant delivered_at_{};
  Instant first_sent_at_{};
  std::uint64_t limited_until_ = 0;  // the value of delivered_ that ends the application's limit; 0: it does not limit
  RateSample last_;                  // the latest that there was, for TCP_INFO
};

}  // namespace fourtuple::tcp
