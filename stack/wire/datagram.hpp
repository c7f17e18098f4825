// What datagram and raw sockets are made of: handles, options, and a datagram as received. Shared by UDP and raw IP.
#pragma once

#include <algorithm>
#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <system_error>
#include <variant>

#include "stack/base/packet_buffer.hpp"
#include "stack/base/time.hpp"
#include "stack/wire/address.hpp"
#include "stack/wire/ip_options.hpp"

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

using DatagramId = std::variant<UdpId, RawId>;

// IP_MTU_DISCOVER, with Linux's numbers.
enum class PathMtuDiscovery : std::uint8_t {
  kDont,       // no DF; fragments where needed
  kWant,       // DF on what fits the path; what does not is fragmented
  kDo,         // DF always; too large is message_size
  kProbe,      // DF, and only the interface's MTU counts
  kInterface,  // no DF, and only the interface's MTU counts; too large is message_size
  kOmit,       // as kInterface, but too large is fragmented
};

// What an application may set on a datagram or raw socket.
struct DatagramOptions {
  bool reuse_address = false;
  bool reuse_port = false;
  bool broadcast = false;  // SO_BROADCAST: without it a broadcast destination is permission_denied
  std::uint8_t ttl = 64;
  std::uint8_t multicast_ttl = 1;  // IP_MULTICAST_TTL
  bool multicast_loop = true;
  bool multicast_all = true;  // IP_MULTICAST_ALL: hears the groups of others on this host, too
  std::uint8_t tos = 0;
  PathMtuDiscovery path_mtu_discovery = PathMtuDiscovery::kWant;
  bool header_included = false;          // IP_HDRINCL, raw sockets only
  std::size_t receive_buffer_bytes = 0;  // 0: the configuration's default

  bool dont_route = false;            // SO_DONTROUTE: neighbours only
  bool no_checksum = false;           // SO_NO_CHECK: UDP leaves without one
  bool any_address = false;           // IP_FREEBIND, IP_TRANSPARENT: bind() takes addresses that are not ours
  bool any_source = false;            // IP_TRANSPARENT: and they are spoken with
  bool receive_errors = false;        // IP_RECVERR: errors are queued with their details, strangers' too
  std::uint32_t icmp_filter = 0;      // ICMP_FILTER: bit n set: ICMP type n is not for this socket
  std::uint16_t lowest_port = 0;      // IP_LOCAL_PORT_RANGE; 0: the configuration's
  std::uint16_t highest_port = 0;     // likewise
  wire::IpOptions ip_options = {};    // IP_OPTIONS
  Ipv4Address multicast_source = {};  // IP_MULTICAST_IF's address; 0.0.0.0: the interface's
  std::optional<std::size_t> multicast_interface = {};  // IP_MULTICAST_IF
  std::optional<std::size_t> unicast_interface = {};    // IP_UNICAST_IF
  std::optional<std::size_t> interface_index = {};      // SO_BINDTODEVICE: nothing comes or goes elsewhere

  [[nodiscard]] bool dont_fragment() const {
    return path_mtu_discovery == PathMtuDiscovery::kDo || path_mtu_discovery == PathMtuDiscovery::kProbe;
  }
};

// What one send call says beyond the socket's options (control messages and flags).
struct SendDetails {
  std::optional<std::uint8_t> ttl = {};             // IP_TTL
  std::optional<std::uint8_t> tos = {};             // IP_TOS
  Ipv4Address source = {};                          // IP_PKTINFO; 0.0.0.0: the socket's choice
  std::optional<std::size_t> interface_index = {};  // IP_PKTINFO
  std::optional<wire::IpOptions> ip_options = {};   // IP_RETOPTS: instead of the socket's
  bool dont_route = false;                          // MSG_DONTROUTE
};

// A datagram as received, or a raw packet (with its IP header, as Linux delivers it).
struct ReceivedDatagram {
  Endpoint source;
  IpAddress destination;
  std::uint8_t ttl = 0;
  std::uint8_t tos = 0;
  std::size_t interface_index = 0;
  PacketBuffer payload;
  Port destination_port = 0;
  std::uint32_t lost_before = 0;  // datagrams that this socket had no room for so far
  Instant received_at{};
  std::uint8_t option_bytes = 0;
  std::array<std::uint8_t, wire::IpOptions::kMaxSize> options{};  // as they arrived

  [[nodiscard]] ByteView ip_options() const { return ByteView(options).first(option_bytes); }
  // Precondition: bytes.size() <= 40.
  void set_ip_options(ByteView bytes) {
    std::copy(bytes.begin(), bytes.end(), options.begin());
    option_bytes = static_cast<std::uint8_t>(bytes.size());
  }
};

// What went wrong with something that a socket sent (IP_RECVERR).
struct NetworkError {
  enum class Origin : std::uint8_t { kLocal = 1, kIcmp = 2 };  // SO_EE_ORIGIN_*
  std::errc error{};
  Origin origin = Origin::kIcmp;
  std::uint8_t type = 0;  // of the ICMP message
  std::uint8_t code = 0;
  std::uint32_t info = 0;     // the path MTU, where that is what was wrong
  IpAddress offender = {};    // who said so; 0.0.0.0: we did
  Endpoint destination = {};  // where it was going
  PacketBuffer payload = {};  // of it, as much as was quoted
};

}  // namespace fourtuple
