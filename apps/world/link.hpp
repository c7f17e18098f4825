// The link of a private world: our end of it as a driver, the other end with the kernel (or with a second stack).
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "apps/options.hpp"
#include "drivers/driver.hpp"
#include "drivers/tap/tap.hpp"
#include "stack/base/packet_buffer.hpp"
#include "stack/base/result.hpp"

namespace fourtuple::apps {

struct Link {
  LinkChoice kind{};  // never kAuto
  std::unique_ptr<Driver> driver;
  std::unique_ptr<Driver> peer_driver;  // kMemory only: for the second stack
  std::vector<std::string> remarks;     // why not something better, and the cure; one line each
};

// The kernel's address in a private world where we have `ours`: the next one, or the one before at the network's end.
[[nodiscard]] Ipv4Prefix neighbour_of(const Ipv4Prefix& ours);

// A hardware address that is unique where the IP address is.
[[nodiscard]] MacAddress mac_for(Ipv4Address address);
// --mac, or the one for --addr.
[[nodiscard]] MacAddress our_mac(const AttachOptions& options);
[[nodiscard]] VnetHeader tap_header(VnetChoice choice);

// Builds the link that `options` ask for inside the private network that this process has entered, or, where
// `no_network` says why there is none, without it. `pool` outlives the drivers.
[[nodiscard]] SetupResult<Link> open_private_link(const AttachOptions& options, const SetupError* no_network,
                                                  BufferPool& pool);

}  // namespace fourtuple::apps
