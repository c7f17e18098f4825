// The switches of one stack. Defaults are sane for a host on a LAN; every bound says what happens there.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "stack/base/time.hpp"
#include "stack/ip/config.hpp"
#include "stack/link/config.hpp"
#include "stack/tcp/config.hpp"
#include "stack/udp/config.hpp"
#include "stack/wire/address.hpp"

namespace fourtuple {

struct StackConfig {
  Ipv4Config ip;
  NeighbourConfig neighbour;
  UdpConfig udp;
  tcp::TcpConfig tcp;
  bool verify_checksums = true;    // off only in fuzzing harnesses
  std::size_t receive_batch = 64;  // frames taken from a driver at once
  std::size_t buffer_pool_bytes = std::size_t{1} << 30;
};

struct InterfaceConfig {
  std::string name = "ft0";
  MacAddress mac;
  Ipv4Prefix address;      // 0.0.0.0/0: none yet
  std::size_t mtu = 1500;  // 68..65535; cut to the driver's
};

}  // namespace fourtuple
