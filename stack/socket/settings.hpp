// What setsockopt() sets: kept with the socket from the first day, applied to the stack's object whenever there is one,
// copied to accepted sockets.
#pragma once

#include <array>
#include <cstdint>

#include "stack/base/time.hpp"
#include "stack/tcp/config.hpp"
#include "stack/wire/ip_options.hpp"

namespace fourtuple::sockets {

struct Settings {
  tcp::ConnectionOptions tcp;  // also IP_TTL, IP_TOS and the buffer sizes of datagram sockets
  bool reuse_address = false;
  bool reuse_port = false;
  bool broadcast = false;
  bool dont_route = false;
  bool linger = false;              // SO_LINGER
  bool no_checksum = false;         // SO_NO_CHECK
  bool timestamp = false;           // SO_TIMESTAMP
  bool timestamp_ns = false;        // SO_TIMESTAMPNS; only one of the two
  bool count_losses = false;        // SO_RXQ_OVFL
  bool select_error_queue = false;  // SO_SELECT_ERR_QUEUE: queued errors show as POLLPRI, too

  bool multicast_loop = true;
  bool multicast_all = true;
  bool header_included = false;
  bool recv_ttl = false;                   // IP_RECVTTL
  bool recv_tos = false;                   // IP_RECVTOS
  bool recv_options = false;               // IP_RECVOPTS
  bool return_options = false;             // IP_RETOPTS
  bool recv_original_destination = false;  // IP_RECVORIGDSTADDR
  bool packet_info = false;                // IP_PKTINFO
  bool free_bind = false;                  // IP_FREEBIND
  bool transparent = false;                // IP_TRANSPARENT
  bool bind_address_no_port = false;       // IP_BIND_ADDRESS_NO_PORT: bind() leaves the port to connect()
  bool receive_errors = false;             // IP_RECVERR
  bool udp_cork = false;                   // UDP_CORK
  bool quick_ack = true;                   // TCP_QUICKACK: reads back what was set
  bool tell_unread = false;                // TCP_INQ
  std::uint8_t multicast_ttl = 1;
  std::uint8_t minimum_ttl = 0;   // IP_MINTTL
  std::uint8_t save_syn = 0;      // TCP_SAVE_SYN
  std::uint16_t udp_segment = 0;  // UDP_SEGMENT: octets of one datagram; 0: all
  std::int32_t linger_seconds = 0;
  std::int32_t receive_low_water = 1;                 // SO_RCVLOWAT
  std::int32_t priority = 0;                          // remembered only
  std::int32_t peek_offset = -1;                      // SO_PEEK_OFF
  std::int32_t timestamping = 0;                      // SO_TIMESTAMPING
  std::int32_t defer_accept_seconds = 0;              // remembered only
  std::int32_t mtu_discover = 1;                      // IP_MTU_DISCOVER: IP_PMTUDISC_WANT
  std::int32_t bound_interface = 0;                   // SO_BINDTODEVICE, as a number; 0: none
  std::int32_t multicast_interface = 0;               // IP_MULTICAST_IF, likewise
  std::int32_t unicast_interface = 0;                 // IP_UNICAST_IF, likewise
  Ipv4Address multicast_address;                      // IP_MULTICAST_IF
  std::uint32_t port_range = 0;                       // IP_LOCAL_PORT_RANGE: the highest port in the upper half
  std::uint32_t icmp_filter = 0;                      // ICMP_FILTER
  std::uint32_t not_sent_low_water = 0;               // TCP_NOTSENT_LOWAT
  std::uint64_t max_pacing_rate = ~std::uint64_t{0};  // SO_MAX_PACING_RATE as it reads back
  wire::IpOptions ip_options;
  Duration receive_timeout{};  // SO_RCVTIMEO; zero: none
  Duration send_timeout{};     // SO_SNDTIMEO; zero: none

  // The values of options that read back what was set and change nothing here, by their row in the table of those
  // (remembered_options.cpp), as the difference from what they are at first.
  static constexpr std::size_t kMaxRemembered = 32;
  std::array<std::int32_t, kMaxRemembered> remembered{};
};

}  // namespace fourtuple::sockets
