// Attaching to a TAP device: names, flags, offloads, and sentences for everything that can go wrong.
#pragma once

#include <string>

#include "drivers/descriptor.hpp"
#include "drivers/tap/tap.hpp"

namespace fourtuple::tap_setup {

struct Attached {
  Descriptor descriptor;  // non-blocking
  std::string name;
  bool created = false;
  bool vnet_header = false;
  std::size_t mtu = 1500;
};

[[nodiscard]] SetupResult<Attached> attach(const TapOptions& options);

// Takes back what would confuse the next program on a persistent device: offloads that it did not ask for.
void release(int descriptor, bool vnet_header);

}  // namespace fourtuple::tap_setup
