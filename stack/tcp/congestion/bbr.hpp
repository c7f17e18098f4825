// BBR version 1, after draft-cardwell-iccrg-bbr-congestion-control-00: it sends at the rate that the path delivers, and
// keeps about what the pipe holds in flight, instead of filling a queue until that overflows. Losses are repaired but
// are no news about the path.
//
//   STARTUP -> DRAIN -> PROBE_BW: 1.25 0.75 1 1 1 1 1 1 1.25 ...   a round trip each
//   twice as    the        ^  |
//   fast each   queue      |  v   the smallest round trip was not seen for 10 s
//   round       again     PROBE_RTT: four segments in flight for 200 ms
//
// All of the draft's section 4 is here, with three liberties: the pacing rate is one per cent below the estimate, so
// that its errors do not build a queue; the cycle begins at a place that follows from the time, not from chance; and
// the quantum is the pacer's. What Linux added to version 1 is not: the sampling of policers, and windows that grow
// with aggregated ACKs. It heeds no marks, and so sends none that could be marked.
#pragma once

#include <array>
#include <optional>

#include "stack/tcp/congestion/controller.hpp"
#include "stack/tcp/congestion/path_model.hpp"

namespace fourtuple::tcp {

class Bbr final : public CongestionController {
 public:
  static constexpr double kHighGain = 2.885;  // 2 / ln 2: doubles the rate in a round
  static constexpr double kWindowGain = 2;    // in PROBE_BW: ACKs may be late and come together
  static constexpr double kPacingMargin = 0.99;
  static constexpr std::array kCycle{1.25, 0.75, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0};
  static constexpr std::uint64_t kLeastSegments = 4;  // in flight: what keeps ACKs coming
  static constexpr Duration kProbeRttTime = std::chrono::milliseconds(200);

  Bbr(std::uint32_t mss, std::uint32_t initial_window_segments);

  void on_sent(const Sent& event) override;
  void on_acked(const Acked&) override {}  // on_delivery() tells more
  void on_delivery(const Delivered& event) override;
  void on_loss(const Lost& event) override;
  void on_congestion_experienced(const Lost&) override {}
  void on_timeout(const Lost& event, bool first) override;
  void on_recovered(std::uint64_t) override {}
  void undo() override { leave_recovery(); }
  void after_idle() override {}  // what leaves is paced at a rate that the path had
  void set_mss(std::uint32_t mss) override { mss_ = mss; }

  [[nodiscard]] std::uint64_t window() const override { return window_; }
  [[nodiscard]] std::uint64_t threshold() const override { return UINT64_MAX; }
  [[nodiscard]] std::uint64_t pacing_rate() const override { return pacing_rate_; }
  [[nodiscard]] bool models_path() const override { return true; }
  [[nodiscard]] bool heeds_marks() const override { return false; }
  [[nodiscard]] std::string_view phase() const override;
  [[nodiscard]] std::string_view name() const override { return "bbr"; }
  [[nodiscard]] const PathModel& path() const { return path_; }

 private:
  enum class Phase : std::uint8_t { kStartup, kDrain, kProbeBandwidth, kProbeRtt };

  void drain_when_full(const Delivered& event);
  void probe_bandwidth(Instant now);
  void next_in_cycle(Instant now);
  [[nodiscard]] bool is_phase_of_cycle_over(const Delivered& event) const;
  void look_whether_rtt_is_stale(const Delivered& event);
  void probe_rtt(const Delivered& event);
  void leave_probe_rtt(Instant now);
  void set_pacing_rate(double gain);
  void set_window(const Delivered& event);
  void conserve(const Delivered& event);
  void save_window();
  void restore_window() { window_ = std::max(window_, saved_window_); }
  void leave_recovery();
  [[nodiscard]] std::uint64_t target(double gain) const;
  [[nodiscard]] std::uint64_t least_window() const { return kLeastSegments * mss_; }

  PathModel path_;
  Phase phase_ = Phase::kStartup;
  double pacing_gain_ = kHighGain;
  double window_gain_ = kHighGain;
  std::uint64_t window_;
  std::uint64_t initial_window_;
  std::uint64_t pacing_rate_;
  std::uint32_t mss_;
  bool has_timed_ = false;  // a round trip

  std::size_t cycle_ = 0;
  Instant cycle_began_{};

  bool restarts_from_idle_ = false;
  std::optional<Instant> probe_rtt_ends_;  // once so little is in flight as it should be
  bool probe_rtt_round_is_over_ = false;
  std::uint64_t limited_until_ = 0;  // delivered octets whose rate is PROBE_RTT's, not the path's

  bool in_recovery_ = false;
  bool conserves_ = false;  // the first round of recovery: one segment leaves for each that is delivered
  std::uint64_t conserves_until_ = 0;
  std::uint64_t saved_window_ = 0;
};

}  // namespace fourtuple::tcp
