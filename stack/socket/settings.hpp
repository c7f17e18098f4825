// What setsockopt() sets: kept with the socket from the first day, applied to the stack's object whenever there is one,
// copied to accepted sockets.
#pragma once

#include <cstdint>

#include "stack/base/time.hpp"
#include "stack/tcp/config.hpp"

namespace fourtuple::sockets {

struct Settings {
  tcp::ConnectionOptions tcp;  // also IP_TTL, IP_TOS and the buffer sizes of datagram sockets
  bool reuse_address = false;
  bool reuse_port = false;
  bool broadcast = false;
  bool dont_route = false;  // remembered only
  bool debug = false;       // remembered only
  bool linger = false;      // SO_LINGER
  bool multicast_loop = true;
  bool header_included = false;
  bool recv_ttl = false;              // IP_RECVTTL
  bool recv_tos = false;              // IP_RECVTOS
  bool packet_info = false;           // IP_PKTINFO
  bool quick_ack = true;              // TCP_QUICKACK: reads back what was set
  bool timestamp = false;             // remembered only
  bool bind_address_no_port = false;  // remembered only
  bool receive_errors = false;        // IP_RECVERR: remembered only
  std::uint8_t multicast_ttl = 1;
  std::int32_t linger_seconds = 0;
  std::int32_t receive_low_water = 1;     // SO_RCVLOWAT
  std::int32_t priority = 0;              // remembered only
  std::int32_t mark = 0;                  // remembered only
  std::int32_t defer_accept_seconds = 0;  // remembered only
  std::int32_t mtu_discover = 1;          // IP_MTU_DISCOVER: IP_PMTUDISC_WANT
  std::uint32_t not_sent_low_water = 0;   // remembered only
  Duration receive_timeout{};             // SO_RCVTIMEO; zero: none
  Duration send_timeout{};                // SO_SNDTIMEO; zero: none
};

}  // namespace fourtuple::sockets
