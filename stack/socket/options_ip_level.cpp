// IPPROTO_IP, ip(7).
#include <array>
#include <netinet/in.h>

#include "stack/socket/number_rows.hpp"

// Newer than the C library of Debian 12.
#ifndef IP_LOCAL_PORT_RANGE
#define IP_LOCAL_PORT_RANGE 51
#endif

namespace fourtuple::sockets {
namespace {

constexpr std::errc kUnknown = std::errc::no_protocol_option;

std::errc set_ttl(Settings& s, int value, Kind) {
  if (value == -1) value = 64;
  if (!is_within(value, 1, 255)) return kInvalid;
  s.tcp.ttl = static_cast<std::uint8_t>(value);
  return kFine;
}
// The ECN bits of a stream are TCP's.
std::errc set_tos(Settings& s, int value, Kind kind) {
  s.tcp.tos = static_cast<std::uint8_t>(value & (kind == kStream ? 0xfc : 0xff));
  return kFine;
}
std::errc set_multicast_ttl(Settings& s, int value, Kind kind) {
  if (value == -1) value = 1;
  if (kind == kStream || !is_within(value, 0, 255)) return kInvalid;
  s.multicast_ttl = static_cast<std::uint8_t>(value);
  return kFine;
}
std::errc set_mtu_discover(Settings& s, int value, Kind) {
  if (!is_within(value, IP_PMTUDISC_DONT, IP_PMTUDISC_OMIT)) return kInvalid;
  s.mtu_discover = value;
  s.tcp.path_mtu_discovery = is_within(value, IP_PMTUDISC_WANT, IP_PMTUDISC_PROBE);
  return kFine;
}
// Lowest port in the lower half, highest in the upper; 0 in either: no bound.
std::errc set_port_range(Settings& s, int value, Kind) {
  const auto range = static_cast<std::uint32_t>(value);
  const std::uint32_t low = range & 0xffff;
  const std::uint32_t high = range >> 16;
  if (low != 0 && high != 0 && low > high) return kInvalid;
  s.port_range = range;
  return kFine;
}

constexpr std::array kIpLevel = {
    NumberOption{IPPROTO_IP, IP_TTL, set_ttl, [](const Settings& s) { return int{s.tcp.ttl}; }, kAll, kUnknown, true},
    NumberOption{IPPROTO_IP, IP_TOS, set_tos, [](const Settings& s) { return int{s.tcp.tos}; }},
    NumberOption{IPPROTO_IP, IP_MTU_DISCOVER, set_mtu_discover, [](const Settings& s) { return s.mtu_discover; }},
    NumberOption{IPPROTO_IP, IP_MULTICAST_TTL, set_multicast_ttl,
                 [](const Settings& s) { return int{s.multicast_ttl}; }, kAll, kUnknown, true},
    FOURTUPLE_FLAG(IPPROTO_IP, IP_MULTICAST_LOOP, multicast_loop, kAll, kUnknown, true),
    FOURTUPLE_NUMBER(IPPROTO_IP, IP_MULTICAST_ALL, multicast_all, 0, 1, kAll, kUnknown, true),
    FOURTUPLE_FLAG(IPPROTO_IP, IP_RECVTTL, recv_ttl),
    FOURTUPLE_FLAG(IPPROTO_IP, IP_RECVTOS, recv_tos),
    FOURTUPLE_FLAG(IPPROTO_IP, IP_RECVOPTS, recv_options),
    FOURTUPLE_FLAG(IPPROTO_IP, IP_RETOPTS, return_options),
    FOURTUPLE_FLAG(IPPROTO_IP, IP_RECVORIGDSTADDR, recv_original_destination),
    FOURTUPLE_FLAG(IPPROTO_IP, IP_PKTINFO, packet_info),
    FOURTUPLE_FLAG(IPPROTO_IP, IP_HDRINCL, header_included, kRaw),
    FOURTUPLE_FLAG(IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, bind_address_no_port),
    FOURTUPLE_FLAG(IPPROTO_IP, IP_RECVERR, receive_errors),
    FOURTUPLE_FLAG(IPPROTO_IP, IP_FREEBIND, free_bind, kAll, kUnknown, true),
    FOURTUPLE_FLAG(IPPROTO_IP, IP_TRANSPARENT, transparent, kAll, kUnknown, true),
    FOURTUPLE_NUMBER(IPPROTO_IP, IP_MINTTL, minimum_ttl, 0, 255, kAll, kUnknown, true),
    NumberOption{IPPROTO_IP, IP_LOCAL_PORT_RANGE, set_port_range,
                 [](const Settings& s) { return static_cast<int>(s.port_range); }},
};

}  // namespace

std::span<const NumberOption> ip_level_options() { return kIpLevel; }

}  // namespace fourtuple::sockets
