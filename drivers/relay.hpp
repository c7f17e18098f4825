// Carries frames from one driver to another, as a cable would: what the second cannot do with super-segments and
// checksums is done in software on the way.
#pragma once

#include <cstdint>
#include <vector>

#include "drivers/driver.hpp"

namespace fourtuple {

class Relay {
 public:
  // Both drivers outlive this.
  Relay(Driver& from, Driver& to) : from_(from), to_(to) {}

  // Carries at most `limit` frames that are there; answers how many. What the second driver does not take is lost and
  // counted.
  std::size_t carry(std::size_t limit, Instant now);

  [[nodiscard]] std::uint64_t frames() const { return frames_; }
  [[nodiscard]] std::uint64_t refused() const { return refused_; }

 private:
  void send(const PacketBuffer& frame, Instant now);
  void send_views(Instant now);

  Driver& from_;
  Driver& to_;
  std::uint64_t frames_ = 0;
  std::uint64_t refused_ = 0;
  // Reused between calls.
  std::vector<PacketBuffer> buffers_;
  std::vector<TransmitFrame> views_;
  std::vector<std::uint8_t> headers_;
};

}  // namespace fourtuple
