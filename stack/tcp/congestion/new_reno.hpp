// Slow start, congestion avoidance, and the window half of fast recovery (RFC 5681, RFC 6582).
#pragma once

#include "stack/tcp/congestion/controller.hpp"

namespace fourtuple::tcp {

// The artificial inflation of RFC 5681 3.2 is not here: duplicate ACKs shrink the sender's estimate of what is in
// flight instead, which lets the same segments go.
class NewReno final : public CongestionController {
 public:
  NewReno(std::uint32_t mss, std::uint32_t initial_window_segments);

  void on_sent(const Sent&) override {}
  void on_acked(const Acked& event) override;
  void on_loss(const Lost& event) override;
  void on_timeout(const Lost& event, bool first) override;
  void on_recovered(std::uint64_t in_flight) override;
  void undo() override;
  void after_idle() override;
  void set_mss(std::uint32_t mss) override { mss_ = mss; }

  [[nodiscard]] std::uint64_t window() const override { return window_; }
  [[nodiscard]] std::uint64_t threshold() const override { return threshold_; }
  [[nodiscard]] std::string_view name() const override { return "reno"; }

 private:
  [[nodiscard]] std::uint64_t halved(std::uint64_t in_flight) const;

  std::uint64_t window_;
  std::uint64_t threshold_ = UINT64_MAX;
  std::uint64_t window_before_ = 0;  // the last reduction, for undo()
  std::uint64_t threshold_before_ = UINT64_MAX;
  std::uint64_t acked_in_avoidance_ = 0;  // octets towards the next increase by one segment [RFC3465 2.1]
  std::uint32_t mss_;
  std::uint32_t initial_segments_;
};

}  // namespace fourtuple::tcp
