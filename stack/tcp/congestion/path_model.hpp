// What BBR believes about the path: how fast its bottleneck is, and how long a round trip takes while no queue stands.
//
//   delivery rate                     round trip
//        |    .--------- BtlBw            |           /
//        |   /                            |  RTprop  /
//        |  /                             |---------'
//        +--+------ in flight             +---------+---- in flight
//           BDP                                     BDP = BtlBw * RTprop
//
// The two cannot be seen at once: the left one only where there is a queue, the right one only where there is none.
#pragma once

#include <array>
#include <cstdint>

#include "stack/tcp/congestion/controller.hpp"

namespace fourtuple::tcp {

// The largest of the values of the last rounds. It forgets only when it hears: rounds without a value are not counted
// against what is known.
class MaxOfRounds {
 public:
  static constexpr std::uint64_t kRounds = 10;

  void take(std::uint64_t value, std::uint64_t round);
  [[nodiscard]] std::uint64_t value() const { return count_ == 0 ? 0 : entries_[0].value; }

 private:
  struct Entry {
    std::uint64_t value = 0;
    std::uint64_t round = 0;
  };
  // Younger and smaller from left to right, so that the first is the answer; one a round at most.
  std::array<Entry, kRounds + 1> entries_{};
  std::size_t count_ = 0;
};

class PathModel {
 public:
  static constexpr Duration kMinRttLasts = std::chrono::seconds(10);
  static constexpr double kFullGrowth = 1.25;      // a round that finds less than that much more
  static constexpr unsigned kRoundsUntilFull = 3;  // so many times in a row has found the pipe full

  // `is_limited`: the rate says how fast we sent, not how fast the path is.
  void take(const CongestionController::Delivered& event, bool is_limited);
  // What is delivered from here on belongs to a new round.
  void begin_round(std::uint64_t delivered) { round_ends_ = delivered; }
  void confirm_min_rtt(Instant now) { min_rtt_at_ = now; }

  [[nodiscard]] std::uint64_t bandwidth() const { return bandwidth_.value(); }  // octets a second; 0: unknown
  [[nodiscard]] Duration min_rtt() const { return min_rtt_; }                   // Duration::max(): unknown
  [[nodiscard]] bool is_known() const { return min_rtt_ != Duration::max() && bandwidth() != 0; }
  [[nodiscard]] bool is_round_start() const { return round_start_; }
  [[nodiscard]] bool is_pipe_full() const { return pipe_is_full_; }
  // The last event came when nothing had confirmed the smallest round trip for too long.
  [[nodiscard]] bool min_rtt_was_stale() const { return min_rtt_was_stale_; }
  // Octets that fill the pipe `gain` times. Precondition: is_known().
  [[nodiscard]] std::uint64_t in_flight_for(double gain) const;

 private:
  void count_round(const CongestionController::Delivered& event);
  void look_for_full_pipe(bool is_limited);
  void take_round_trip(Duration rtt, Instant now);

  MaxOfRounds bandwidth_;  // BtlBw
  std::uint64_t round_ = 0;
  std::uint64_t round_ends_ = 0;  // the round is over when something is delivered that was sent after so much was
  bool round_start_ = false;
  Duration min_rtt_ = Duration::max();  // RTprop
  Instant min_rtt_at_{};
  bool min_rtt_was_stale_ = false;
  bool pipe_is_full_ = false;
  std::uint64_t full_bandwidth_ = 0;
  unsigned full_rounds_ = 0;
};

}  // namespace fourtuple::tcp
