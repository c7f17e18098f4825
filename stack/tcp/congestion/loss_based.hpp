// What the controllers that listen for losses share: a window in octets, the threshold where slow start ends, and the
// way back when a reduction was made for nothing (RFC 5681, RFC 4015).
#pragma once

#include "stack/tcp/congestion/controller.hpp"

namespace fourtuple::tcp {

class LossBased : public CongestionController {
 public:
  // The window is what a loss leaves of the flight, and after a timeout one segment. [RFC5681 3.1]
  void on_loss(const Lost& event) override;
  void on_timeout(const Lost& event, bool first) override;
  void on_recovered(std::uint64_t in_flight) override;
  void undo() override;
  void after_idle() override;
  void set_mss(std::uint32_t mss) override { mss_ = mss; }

  [[nodiscard]] std::uint64_t window() const override { return window_; }
  [[nodiscard]] std::uint64_t threshold() const override { return threshold_; }

 protected:
  LossBased(std::uint32_t mss, std::uint32_t initial_window_segments);

  [[nodiscard]] bool is_in_slow_start() const { return window_ < threshold_; }
  // One ACK may stand for many segments here (super-segments, lost ACKs): the window grows by what was delivered, as
  // RFC 3465 allows and RFC 9438 4.10 recommends, never beyond twice. [RFC5681 3.1]
  void grow_in_slow_start(std::uint64_t bytes);
  // One segment for each window of octets. [RFC5681 3.1] [RFC3465 2.1]
  void grow_in_avoidance(std::uint64_t bytes);
  // What a loss leaves of the flight. [RFC5681 3.1(b)]
  [[nodiscard]] std::uint64_t halved(std::uint64_t in_flight) const;
  // Before a reduction that undo() may take back.
  void remember_window();

  std::uint64_t window_;
  std::uint64_t threshold_ = UINT64_MAX;
  std::uint32_t mss_;
  std::uint64_t acked_in_avoidance_ = 0;  // octets towards the next increase by one segment [RFC3465 2.1]

 private:
  std::uint32_t initial_segments_;
  std::uint64_t window_before_ = 0;  // the last reduction
  std::uint64_t threshold_before_ = UINT64_MAX;
};

}  // namespace fourtuple::tcp
