// No congestion control: only the peer's window limits the flight. For experiments on wires of one's own, where it
// shows what the others are for; never on a network that others use. [RFC9293 MUST-19]
#pragma once

#include "stack/tcp/congestion/controller.hpp"

namespace fourtuple::tcp {

class Uncontrolled final : public CongestionController {
 public:
  Uncontrolled(std::uint32_t /*mss*/, std::uint32_t /*initial_window_segments*/) {}

  void on_sent(const Sent&) override {}
  void on_acked(const Acked&) override {}
  void on_loss(const Lost&) override {}
  void on_timeout(const Lost&, bool) override {}
  void on_recovered(std::uint64_t) override {}
  void undo() override {}
  void after_idle() override {}
  void set_mss(std::uint32_t) override {}

  [[nodiscard]] std::uint64_t window() const override { return kWindow; }
  [[nodiscard]] std::uint64_t threshold() const override { return UINT64_MAX; }
  [[nodiscard]] std::string_view name() const override { return "none"; }

 private:
  static constexpr std::uint64_t kWindow = std::uint64_t{1} << 32;  // more than any window that TCP can offer
};

}  // namespace fourtuple::tcp
