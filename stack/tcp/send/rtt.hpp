// Round-trip time and the retransmission timeout that follows from it (RFC 6298).
#pragma once

#include <algorithm>

#include "stack/base/time.hpp"

namespace fourtuple::tcp {

class RttEstimator {
 public:
  struct Limits {
    Duration initial;
    Duration min;
    Duration max;
  };
  explicit RttEstimator(const Limits& limits) : limits_(limits), rto_(limits.initial) {}  // [RFC6298 2.1]

  // One sample, never of a retransmitted segment unless timestamps tell which copy was answered (Karn).
  // [RFC9293 MUST-18] [RFC6298 2.2, 2.3]
  void take_sample(Duration rtt) {
    if (!has_sample_) {
      smoothed_ = rtt;
      variation_ = rtt / 2;
      min_ = rtt;
      has_sample_ = true;
    } else {
      const Duration error = smoothed_ > rtt ? smoothed_ - rtt : rtt - smoothed_;
      variation_ += (error - variation_) / 4;
      smoothed_ += (rtt - smoothed_) / 8;
      min_ = std::min(min_, rtt);
    }
    last_ = rtt;
    backoff_ = 0;
    // The floor stands above the round trip, as Linux and BSD have it: a peer that delays an ACK is late, not gone.
    rto_ = std::min(smoothed_ + std::max(limits_.min, 4 * variation_), limits_.max);
  }

  // The timeout with its back-off applied. [RFC6298 5.5]
  [[nodiscard]] Duration rto() const {
    Duration timeout = rto_;
    for (unsigned i = 0; i < backoff_ && timeout < limits_.max; ++i) timeout *= 2;
    return std::min(timeout, limits_.max);  // [RFC6298 2.5]
  }
  void back_off() { backoff_ = std::min(backoff_ + 1, 30U); }
  void end_back_off() { backoff_ = 0; }
  [[nodiscard]] unsigned backoff() const { return backoff_; }
  // A SYN that had to be repeated says that the initial second was too short. [RFC6298 5.7]
  void restart_after_syn_timeout() {
    if (!has_sample_) rto_ = std::clamp(Duration(std::chrono::seconds(3)), limits_.min, limits_.max);
    backoff_ = 0;
  }

  [[nodiscard]] bool has_sample() const { return has_sample_; }
  [[nodiscard]] Duration smoothed() const { return smoothed_; }
  [[nodiscard]] Duration variation() const { return variation_; }
  [[nodiscard]] Duration min() const { return min_; }
  [[nodiscard]] Duration last() const { return last_; }

 private:
  Limits limits_;
  Duration rto_;
  Duration smoothed_{};
  Duration variation_{};
  Duration min_{};
  Duration last_{};
  unsigned backoff_ = 0;
  bool has_sample_ = false;
};

}  // namespace fourtuple::tcp
