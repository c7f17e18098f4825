// The switches of UDP.
#pragma once

#include <cstddef>

#include "stack/wire/address.hpp"

namespace fourtuple {

struct UdpConfig {
  std::size_t receive_buffer_bytes = 212992;  // per socket; full: the newest datagram is dropped (kSocketQueueFull)
  std::size_t max_sockets = 65536;
  Port first_ephemeral_port = 32768;
  Port last_ephemeral_port = 60999;
};

}  // namespace fourtuple
