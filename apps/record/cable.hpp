// A cable between two drivers: what leaves one enters the other.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "drivers/driver.hpp"

namespace fourtuple::record {

class Cable {
 public:
  Cable(std::unique_ptr<Driver> first, std::unique_ptr<Driver> second);

  // Carries some of what is there, both ways; false where there was nothing.
  bool carry(Instant now);
  [[nodiscard]] int first_descriptor() const { return first_->descriptor(); }
  [[nodiscard]] int second_descriptor() const { return second_->descriptor(); }
  [[nodiscard]] Instant next_deadline() const;
  [[nodiscard]] std::uint64_t frames() const { return frames_; }

 private:
  [[nodiscard]] bool carry_one_way(Driver& from, Driver& to, Instant now);

  std::unique_ptr<Driver> first_;
  std::unique_ptr<Driver> second_;
  std::uint64_t frames_ = 0;
  // Reused between calls.
  std::vector<PacketBuffer> buffers_;
  std::vector<TransmitFrame> views_;
};

}  // namespace fourtuple::record
