// CUBIC: after a loss the window climbs back along a cube whose flat part lies where the loss was (RFC 9438), with
// HyStart++ in slow start (RFC 9406).
//
//   window
//     |                        ,'   convex: looking for more
//   W_max  - - - - -.--''--. '
//     |          ,'    K
//     |        /   concave: quickly back, then careful
//     +------+----------------------- time since the loss
//            beta * W
#pragma once

#include <optional>

#include "stack/tcp/congestion/hystart.hpp"
#include "stack/tcp/congestion/loss_based.hpp"

namespace fourtuple::tcp {

class Cubic final : public LossBased {
 public:
  static constexpr double kC = 0.4;     // segments per second cubed [RFC9438 5.1]
  static constexpr double kBeta = 0.7;  // [RFC9438 4.6]
  static constexpr double kAlpha =
      3 * (1 - kBeta) / (1 + kBeta);  // Reno's slope that is as fast with kBeta [RFC9438 4.3]

  Cubic(std::uint32_t mss, std::uint32_t initial_window_segments) : LossBased(mss, initial_window_segments) {}

  void on_sent(const Sent& event) override;
  void on_acked(const Acked& event) override;
  void on_loss(const Lost& event) override;
  void on_timeout(const Lost& event, bool first) override;
  void undo() override;
  void after_idle() override;

  [[nodiscard]] std::string_view name() const override { return "cubic"; }

 private:
  // What began with the last loss, or with the end of slow start. Windows are in segments here, as in the RFC.
  struct Epoch {
    Instant start;
    double origin;    // W_max: where the cube is flat
    double k;         // seconds from the start to there
    double estimate;  // W_est: what Reno would have by now
  };

  struct Before {  // the last reduction, for undo(), beside the window
    double w_max = 0;
    std::optional<Epoch> epoch;
  };

  void climb_before_the_first_loss(const Acked& event);
  void grow_in_avoidance(const Acked& event);
  void begin_epoch(Instant now);
  void remember_loss();
  [[nodiscard]] double cube_at(Duration since_start) const;
  [[nodiscard]] double segments() const { return static_cast<double>(window_) / mss_; }
  [[nodiscard]] std::uint64_t reduced(std::uint64_t in_flight) const;

  double w_max_ = 0;               // window at the last loss, in segments; 0: none yet
  double window_before_loss_ = 0;  // cwnd_prior
  bool after_timeout_ = false;
  Before before_;
  std::optional<Epoch> epoch_;
  std::optional<Instant> idle_since_;  // the application, not the window, limits us: the cube's clock stands still
  double fraction_ = 0;                // of an octet, left over from the last increase
  Duration smallest_rtt_ = Duration::max();
  HyStart hystart_;
};

}  // namespace fourtuple::tcp
