// The two ends of the wire: devices that are named, or one device in each of two private networks.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "apps/options.hpp"
#include "drivers/descriptor.hpp"
#include "drivers/driver.hpp"
#include "stack/base/packet_buffer.hpp"
#include "stack/base/result.hpp"

namespace fourtuple::apps {

// A private network with a kernel in it.
class WireNetwork {
 public:
  // Moves this process (which has one thread) into a new network whose kernel has `address` on a new device.
  [[nodiscard]] static SetupResult<WireNetwork> make(const WireOptions& options, Ipv4Address address, BufferPool& pool);

  // Moves this process there; what it starts then is there.
  [[nodiscard]] SetupResult<bool> enter() const;
  [[nodiscard]] std::unique_ptr<Driver> take_driver() { return std::move(driver_); }
  // A path for setns() and nsenter --net, good while this process lives.
  [[nodiscard]] std::string path() const;
  // Whether a TCP socket listens, or a UDP socket stands, there.
  [[nodiscard]] bool has_server() const;

 private:
  Descriptor space_;
  std::vector<Descriptor> tcp_tables_;
  std::vector<Descriptor> udp_tables_;
  std::unique_ptr<Driver> driver_;
};

struct WireEnds {
  std::unique_ptr<Driver> a;
  std::unique_ptr<Driver> b;
  // In a private world, which this process is in the first network of.
  std::optional<WireNetwork> near = {};
  std::optional<WireNetwork> far = {};
  bool user_namespace = false;
};

// `pool` outlives the drivers.
[[nodiscard]] SetupResult<WireEnds> open_wire_ends(const WireOptions& options, BufferPool& pool);

}  // namespace fourtuple::apps
