// HyStart++: leaving slow start when round trips grow, before packets are lost (RFC 9406).
#pragma once

#include <cstdint>

#include "stack/base/time.hpp"

namespace fourtuple::tcp {

// Counts rounds in octets: a round ends when as much was delivered as had been sent when it began. In slow start
// nothing is lost yet, so that is the moment when the round's last segment is acknowledged.
class HyStart {
 public:
  // RFC 9406 4.3, the recommended values.
  static constexpr Duration kMinRttThreshold = std::chrono::milliseconds(4);
  static constexpr Duration kMaxRttThreshold = std::chrono::milliseconds(16);
  static constexpr int kMinRttDivisor = 8;
  static constexpr unsigned kRttSamples = 8;
  static constexpr std::uint64_t kConservativeDivisor = 4;
  static constexpr unsigned kConservativeRounds = 5;

  void on_sent(std::uint64_t bytes) { sent_ += bytes; }
  // Takes an ACK in slow start (`rtt` zero: no sample) and answers by how many octets the window may grow.
  std::uint64_t on_acked(std::uint64_t bytes, Duration rtt);
  // Round trips grew and kept growing: slow start is over.
  [[nodiscard]] bool is_over() const { return phase_ == Phase::kOver; }
  [[nodiscard]] bool is_conservative() const { return phase_ == Phase::kConservative; }

 private:
  enum class Phase : std::uint8_t { kSlowStart, kConservative, kOver };

  void begin_round();
  void end_round();
  void look_for_growth();

  Phase phase_ = Phase::kSlowStart;
  bool in_round_ = false;
  unsigned samples_ = 0;              // of this round
  unsigned conservative_rounds_ = 0;  // completed
  std::uint64_t sent_ = 0;
  std::uint64_t delivered_ = 0;
  std::uint64_t round_end_ = 0;  // the value of delivered_ that ends this round
  Duration last_round_min_ = Duration::max();
  Duration round_min_ = Duration::max();
  Duration baseline_ = Duration::max();  // round_min_ when the conservative phase began
};

}  // namespace fourtuple::tcp
