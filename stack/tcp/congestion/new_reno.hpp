// Slow start, congestion avoidance, and the window half of fast recovery (RFC 5681, RFC 6582).
#pragma once

#include "stack/tcp/congestion/loss_based.hpp"

namespace fourtuple::tcp {

// The artificial inflation of RFC 5681 3.2 is not here: duplicate ACKs shrink the sender's estimate of what is in
// flight instead, which lets the same segments go.
class NewReno final : public LossBased {
 public:
  NewReno(std::uint32_t mss, std::uint32_t initial_window_segments) : LossBased(mss, initial_window_segments) {}

  void on_sent(const Sent&) override {}
  void on_acked(const Acked& event) override;

  [[nodiscard]] std::string_view name() const override { return "reno"; }
};

}  // namespace fourtuple::tcp
