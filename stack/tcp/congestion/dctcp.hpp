// DCTCP: the window shrinks in proportion to how many octets were marked (RFC 8257). For data centres whose switches
// mark early; on the Internet it must not be used. A loss is taken as by the others. [RFC8257 1, 3.5]
#pragma once

#include "stack/tcp/congestion/loss_based.hpp"

namespace fourtuple::tcp {

class Dctcp final : public LossBased {
 public:
  static constexpr double kGain = 1.0 / 16;  // g: weight of the newest window [RFC8257 4.2]

  Dctcp(std::uint32_t mss, std::uint32_t initial_window_segments) : LossBased(mss, initial_window_segments) {}

  void on_sent(const Sent&) override {}
  void on_acked(const Acked& event) override;
  void on_congestion_experienced(const Lost& event) override;
  [[nodiscard]] bool wants_exact_marks() const override { return true; }

  // The share of octets that were marked, smoothed, 0..1.
  [[nodiscard]] double alpha() const { return alpha_; }
  [[nodiscard]] std::string_view name() const override { return "dctcp"; }

 private:
  void observe(const Acked& event);

  double alpha_ = 1;          // begins careful [RFC8257 4.2]
  std::uint64_t acked_ = 0;   // octets of this observation window
  std::uint64_t marked_ = 0;  // those that were marked
  std::uint64_t left_ = 0;    // octets until it ends: what was in flight when it began
};

}  // namespace fourtuple::tcp
