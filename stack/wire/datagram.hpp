// What datagram and raw sockets are made of: handles, options, and a datagram as received. Shared by UDP and raw IP.
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>

#include "stack/base/packet_buffer.hpp"
#include "stack/wire/address.hpp"

namespace fourtuple {

// Handles of datagram and raw sockets; a stale one is answered with bad_file_descriptor.
struct UdpId {
  std::uint64_t value = 0;
  [[nodiscard]] explicit operator bool() const { return value != 0; }
  friend constexpr auto operator<=>(UdpId, UdpId) = default;
};
struct RawId {
  std::uint64_t value = 0;
  [[nodiscard]] explicit operator bool() const { return value != 0; }
  friend constexpr auto operator<=>(RawId, RawId) = default;
};

// What an application may set on a datagram or raw socket.
struct DatagramOptions {
  bool reuse_address = false;
  bool reuse_port = false;
  bool broadcast = false;  // SO_BROADCAST: without it a broadcast destination is permission_denied
  std::uint8_t ttl = 64;
  std::uint8_t multicast_ttl = 1;  // IP_MULTICAST_TTL
  bool multicast_loop = true;
  std::uint8_t tos = 0;
  bool dont_fragment = false;            // IP_MTU_DISCOVER = IP_PMTUDISC_DO
  bool header_included = false;          // IP_HDRINCL, raw sockets only
  std::size_t receive_buffer_bytes = 0;  // 0: the configuration's default
};

// A datagram as received, or a raw packet (with its IP header, as Linux delivers it).
struct ReceivedDatagram {
  Endpoint source;
  IpAddress destination;
  std::uint8_t ttl = 0;
  std::uint8_t tos = 0;
  std::size_t interface_index = 0;
  PacketBuffer payload;
};

}  // namespace fourtuple
