// The switches of one stack. Defaults are sane for a host on a LAN; every bound says what happens there.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "stack/base/time.hpp"
#include "stack/tcp/config.hpp"
#include "stack/wire/address.hpp"

namespace fourtuple {

struct Ipv4Config {
  std::uint8_t ttl = 64;                                   // RFC 1122 3.2.1.7
  Duration reassembly_timeout = std::chrono::seconds(30);  // RFC 1122 3.3.2 (60 s SHOULD; Linux and we use 30 s)
  std::size_t max_reassemblies = 256;             // incomplete datagrams; the oldest makes room
  std::size_t max_fragments_per_datagram = 64;    // more: the datagram is dropped
  std::size_t max_reassembly_bytes = 4U << 20;    // all incomplete datagrams together
  std::size_t max_path_mtu_entries = 1024;        // destinations with a learned path MTU
  Duration path_mtu_timeout = std::chrono::minutes(10);    // RFC 1191 6.3
  std::uint16_t min_path_mtu = 552;               // smaller reports are raised to this (RFC 5927 7.2; Linux too)
  std::uint32_t icmp_errors_per_second = 100;     // RFC 1812 4.3.2.8; generated errors
  std::uint32_t icmp_echoes_per_second = 10000;   // echo replies
  std::size_t max_routes = 1024;
  bool accept_redirects = false;                  // RFC 1122 3.2.2.2 SHOULD; off, as on any host that is not a router's friend
};

struct NeighbourConfig {
  std::size_t max_entries = 1024;                 // full: the stalest makes room, never one that is being resolved for us
  std::size_t max_queued_per_entry = 16;          // packets that wait for one address; full: the oldest is dropped
  std::size_t max_queued_bytes = 1U << 20;        // all waiting packets together
  Duration request_interval = std::chrono::seconds(1);     // RFC 1122 2.3.2.1
  std::uint32_t max_requests = 3;                 // then the queue is dropped with kArpFailed and EHOSTUNREACH reported
  Duration reachable_time = std::chrono::seconds(30);      // REACHABLE -> STALE
  Duration probe_delay = std::chrono::seconds(5);          // STALE, used: -> PROBE (unicast requests)
  Duration stale_timeout = std::chrono::minutes(10);       // unused STALE entries go
};

struct UdpConfig {
  std::size_t receive_buffer_bytes = 212992;      // per socket; full: the newest datagram is dropped (kSocketQueueFull)
  std::size_t max_sockets = 65536;
  Port first_ephemeral_port = 32768;
  Port last_ephemeral_port = 60999;
};

struct StackConfig {
  Ipv4Config ip;
  NeighbourConfig neighbour;
  UdpConfig udp;
  tcp::TcpConfig tcp;
  bool verify_checksums = true;        // off only in fuzzing harnesses
  std::size_t receive_batch = 64;      // frames taken from a driver at once
  std::size_t buffer_pool_bytes = std::size_t{1} << 30;
};

struct InterfaceConfig {
  std::string name = "ft0";
  MacAddress mac;
  Ipv4Prefix address;                  // 0.0.0.0/0: none yet
  std::size_t mtu = 1500;              // 68..65535; cut to the driver's
};

struct Route {
  Ipv4Prefix destination;              // 0.0.0.0/0 is the default route
  Ipv4Address gateway;                 // 0.0.0.0: directly connected
  std::size_t interface_index = 0;
  std::uint32_t metric = 0;            // among equally long prefixes the lowest wins, then the oldest
  friend bool operator==(const Route&, const Route&) = default;
};

}  // namespace fourtuple
