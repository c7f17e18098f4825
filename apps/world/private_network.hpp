// A private network with a kernel in it, and the end of the cable that leads there in our hands.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "apps/options.hpp"
#include "apps/world/kernel_sockets.hpp"
#include "drivers/descriptor.hpp"
#include "drivers/driver.hpp"
#include "stack/base/packet_buffer.hpp"
#include "stack/base/result.hpp"

namespace fourtuple::apps {

class PrivateNetwork {
 public:
  // Moves this process (which has one thread) into a new network whose kernel has `address` on a new device, made as
  // `options` say (link, mtu, vnet_header). Frames that leave it come to the driver. `pool` outlives that.
  [[nodiscard]] static SetupResult<PrivateNetwork> make(const AttachOptions& options, Ipv4Address address,
                                                        BufferPool& pool);

  // Moves this process there; what it starts then is there.
  [[nodiscard]] SetupResult<bool> enter() const;
  // Precondition: not yet taken.
  [[nodiscard]] std::unique_ptr<Driver> take_driver() { return std::move(driver_); }
  // Why the device is not a better one, one line each.
  [[nodiscard]] const std::vector<std::string>& remarks() const { return remarks_; }
  // Whether a user namespace came with it.
  [[nodiscard]] bool has_user_namespace() const { return has_user_namespace_; }
  // A path for setns() and nsenter --net, good while this process lives.
  [[nodiscard]] std::string path() const;
  [[nodiscard]] const KernelSockets& sockets() const { return sockets_; }

 private:
  Descriptor space_;
  KernelSockets sockets_;
  std::unique_ptr<Driver> driver_;
  std::vector<std::string> remarks_;
  bool has_user_namespace_ = false;
};

}  // namespace fourtuple::apps
