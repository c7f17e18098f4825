// How fast a link carries frames: at a constant rate, at the moments of a trace, or at once.
#pragma once

#include <cstdint>

#include "drivers/impair/profile.hpp"

namespace fourtuple::impair {

class LinkRate {
 public:
  // The moments of a trace count from `start`.
  void set(const Profile& profile, Instant start);
  [[nodiscard]] bool is_limited() const { return rate_ != 0 || !trace_.milliseconds.empty(); }

  // When a frame that is ready at `ready` begins to leave; no time passes until it is sent.
  [[nodiscard]] Instant begin(Instant ready) const;
  // Sends a frame of so many octets (Ethernet header included) that begins now; answers when it has left.
  Instant send(std::size_t frame_bytes, Instant now);
  // When the frame sent last has left, or will have.
  [[nodiscard]] Instant free_at() const { return free_at_; }

 private:
  [[nodiscard]] Instant moment(std::uint64_t number) const;
  [[nodiscard]] std::uint64_t first_moment_from(Instant when) const;
  Instant send_at_moments(std::size_t packet_bytes, Instant now);

  std::uint64_t rate_ = 0;
  RateTrace trace_;
  Instant start_{};
  Instant free_at_ = Instant::min();
  std::uint64_t next_moment_ = 0;   // the first that is wholly unused
  std::size_t octets_at_hand_ = 0;  // what the moment before it has left; good at free_at_ only
};

}  // namespace fourtuple::impair
