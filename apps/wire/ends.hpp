// The two ends of the wire: devices that are named, or one device in each of two private networks.
#pragma once

#include <memory>
#include <optional>

#include "apps/options.hpp"
#include "apps/world/private_network.hpp"
#include "drivers/driver.hpp"
#include "stack/base/packet_buffer.hpp"
#include "stack/base/result.hpp"

namespace fourtuple::apps {

struct WireEnds {
  std::unique_ptr<Driver> a;
  std::unique_ptr<Driver> b;
  // In a private world, which this process is in the first network of.
  std::optional<PrivateNetwork> near = {};
  std::optional<PrivateNetwork> far = {};
};

// `pool` outlives the drivers.
[[nodiscard]] SetupResult<WireEnds> open_wire_ends(const WireOptions& options, BufferPool& pool);

}  // namespace fourtuple::apps
