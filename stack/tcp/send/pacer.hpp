// Pacing: what the congestion window allows leaves spread over the round trip, not in one burst that a queue on the way
// would have to hold (RFC 9002 7.7 says it for QUIC; TCP has always left it open).
//
//   window    |||||||||||                         |||||||||||
//   paced     |||        ||        ||        ||        ||
//             initial     one quantum each time, about a millisecond's worth
//             burst
#pragma once

#include <algorithm>
#include <cstdint>

#include "stack/base/time.hpp"

namespace fourtuple::tcp {

// Keeps the instant when all that was sent would be through at the rate. Until then nothing leaves; from then on a
// quantum may leave at once, as one super-segment or as several segments. A timer that comes late loses nothing: what
// it is late by counts, up to a quantum or a millisecond.
class Pacer {
 public:
  static constexpr Duration kQuantumTime = std::chrono::milliseconds(1);
  static constexpr Duration kLeastQuantumTime = std::chrono::microseconds(50);
  static constexpr std::uint64_t kMaxQuantum = 65535;  // octets

  // Octets a second that the congestion window allows: a little more than window / round trip, so that pacing is not
  // what limits the growth, nor a late timer. (RFC 9002 7.7)
  [[nodiscard]] static std::uint64_t rate_of(std::uint64_t window, Duration smoothed_rtt, bool is_slow_start);

  // How long a quantum takes at the rate: a quarter of a short round trip, so that four are in flight at least.
  [[nodiscard]] static Duration quantum_time(Duration min_rtt);

  // `rate` in octets a second, 0: nothing waits. `least`: octets of the smallest quantum (one or two segments).
  void set_rate(std::uint64_t rate, std::uint64_t least, Instant now, Duration quantum_time = kQuantumTime);
  [[nodiscard]] std::uint64_t rate() const { return rate_; }
  [[nodiscard]] bool is_active() const { return rate_ != 0; }
  [[nodiscard]] std::uint64_t quantum() const { return quantum_; }

  [[nodiscard]] bool may_send(Instant now) const { return rate_ == 0 || left_of_burst_ > 0 || through_at_ <= now; }
  // When may_send() comes true; meaningful where it is not.
  [[nodiscard]] Instant next() const { return through_at_; }
  // Something left. `initial_burst`: octets that may leave at once after a silence; 0: something is in flight.
  void note_sent(std::uint64_t bytes, std::uint64_t initial_burst, Instant now);

 private:
  [[nodiscard]] Duration time_of(std::uint64_t bytes) const;

  std::uint64_t rate_ = 0;
  std::uint64_t quantum_ = 0;
  std::uint64_t left_of_burst_ = 0;
  Instant through_at_{};
  Duration credit_{};  // how far it lay in the past when something left last: what an initial burst has left over
};

}  // namespace fourtuple::tcp
