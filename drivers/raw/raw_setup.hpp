// Opening an AF_PACKET socket on an interface, and sentences for everything that stands in the way.
#pragma once

#include "drivers/descriptor.hpp"
#include "drivers/raw/raw.hpp"

namespace fourtuple::raw_setup {

struct Attached {
  Descriptor socket;  // non-blocking, bound, with auxiliary data
  std::size_t mtu = 1500;
};

[[nodiscard]] SetupResult<Attached> attach(const RawOptions& options);

}  // namespace fourtuple::raw_setup
