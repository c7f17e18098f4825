// The switches of IPv4 and ICMP, and what a route is.
#pragma once

#include <cstddef>
#include <cstdint>

#include "stack/base/time.hpp"
#include "stack/wire/address.hpp"

namespace fourtuple {

struct Ipv4Config {
  std::uint8_t ttl = 64;                                   // RFC 1122 3.2.1.7 [RFC1122 3.2.1.7(c)]
  Duration reassembly_timeout = std::chrono::seconds(30);  // RFC 1122 3.3.2 (60 s SHOULD; Linux and we use 30 s)
  std::size_t max_reassemblies = 256;                      // incomplete datagrams; the oldest makes room
  std::size_t max_fragments_per_datagram = 128;  // more: the datagram is dropped (64 KiB at an MTU of 576 take 119)
  std::size_t max_reassembly_bytes = 4U << 20;   // all incomplete datagrams together
  std::size_t max_path_mtu_entries = 1024;       // destinations with a learned path MTU
  Duration path_mtu_timeout = std::chrono::minutes(10);  // RFC 1191 6.3
  std::uint16_t min_path_mtu = 552;                      // smaller reports are raised to this (RFC 5927 7.2; Linux too)
  std::uint32_t icmp_errors_per_second = 100;            // RFC 1812 4.3.2.8; generated errors
  std::uint32_t icmp_echoes_per_second = 100000;         // echo replies: more than a flood ping gets through
  std::size_t max_routes = 1024;
  // Packets that came by a source route (RFC 791), answered along it: RFC 1122 3.2.1.8 and RFC 9293 MUST-53 want that.
  // Off, as on Linux and wherever the option is known to help nobody but those who go round a filter.
  bool accept_source_routes = false;
  bool accept_redirects = false;  // RFC 1122 3.2.2.2 SHOULD; off, as on any host that is not a router's friend
};

struct Route {
  Ipv4Prefix destination;  // 0.0.0.0/0 is the default route
  Ipv4Address gateway;     // 0.0.0.0: directly connected
  std::size_t interface_index = 0;
  std::uint32_t metric = 0;  // among equally long prefixes the lowest wins, then the oldest
  friend bool operator==(const Route&, const Route&) = default;
};

}  // namespace fourtuple
