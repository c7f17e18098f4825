// A cable between two drivers: what leaves one enters the other.
#pragma once

#include <memory>

#include "drivers/driver.hpp"
#include "drivers/relay.hpp"

namespace fourtuple::record {

class Cable {
 public:
  Cable(std::unique_ptr<Driver> first, std::unique_ptr<Driver> second);

  // Carries some of what is there, both ways; false where there was nothing.
  bool carry(Instant now);
  [[nodiscard]] int first_descriptor() const { return first_->descriptor(); }
  [[nodiscard]] int second_descriptor() const { return second_->descriptor(); }
  [[nodiscard]] Instant next_deadline() const;

 private:
  std::unique_ptr<Driver> first_;
  std::unique_ptr<Driver> second_;
  Relay forth_;
  Relay back_;
};

}  // namespace fourtuple::record
