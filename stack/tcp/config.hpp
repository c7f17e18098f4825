// The switches of the TCP engine: per stack (TcpConfig) and per connection (ConnectionOptions).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "stack/base/time.hpp"
#include "stack/wire/address.hpp"
#include "stack/wire/tcp.hpp"

namespace fourtuple::tcp {

// What an application may set on one connection or listener; accepted connections inherit it (SOCKETS.md, S47).
struct ConnectionOptions {
  bool no_delay = false;                                    // TCP_NODELAY: Nagle's algorithm off
  bool cork = false;                                        // TCP_CORK: only full segments leave, for at most 200 ms
  bool keep_alive = false;                                  // SO_KEEPALIVE [RFC9293 MUST-25]
  Duration keep_alive_idle = std::chrono::hours(2);         // TCP_KEEPIDLE  [RFC9293 MUST-26, MUST-28]
  Duration keep_alive_interval = std::chrono::seconds(75);  // TCP_KEEPINTVL
  std::uint32_t keep_alive_count = 9;                       // TCP_KEEPCNT
  Duration user_timeout = Duration::zero();                 // TCP_USER_TIMEOUT; zero: R2 by number of retransmissions
  std::uint32_t syn_retries = 7;                            // TCP_SYNCNT [RFC9293 MUST-23]
  Duration fin_wait_2_timeout = std::chrono::seconds(60);   // TCP_LINGER2; only after close(), never after shutdown()
  std::size_t receive_buffer_bytes = 0;                     // SO_RCVBUF as used (not doubled); 0: TcpConfig's default
  std::size_t send_buffer_bytes = 0;                        // SO_SNDBUF as used (not doubled); 0: TcpConfig's default
  std::uint64_t max_pacing_rate = 0;                        // SO_MAX_PACING_RATE, octets a second; 0: no limit
  std::uint16_t max_segment = 0;                            // TCP_MAXSEG: an upper bound in both directions; 0: none
  std::uint32_t window_clamp = 0;                           // TCP_WINDOW_CLAMP; 0: none
  bool urgent_inline = false;                               // SO_OOBINLINE
  std::uint8_t ttl = 64;                                    // IP_TTL, 1..255
  std::uint8_t tos = 0;                                     // IP_TOS
  bool path_mtu_discovery = true;                           // IP_MTU_DISCOVER: the DF bit
  std::string_view congestion = {};  // TCP_CONGESTION, one of controller_names(); empty: TcpConfig's default
};

// Explicit congestion notification (RFC 3168): whether we speak it.
enum class EcnUse : std::uint8_t {
  kOff,
  kWhenAsked,  // only with peers that ask for it in their SYN
  kAsk,        // our SYN asks, too
};

struct TcpConfig {
  std::size_t receive_buffer_bytes = 1U << 20;  // default SO_RCVBUF
  std::size_t send_buffer_bytes = 1U << 20;     // default SO_SNDBUF
  std::size_t min_buffer_bytes = 256;           // what smaller requests are raised to
  std::size_t max_buffer_bytes = 64U << 20;     // what larger requests are cut to
  bool tune_buffers = true;                     // those whose size no application chose grow with the path's need
  std::size_t tuned_receive_bytes =
      65535U << 7;  // they grow to this, which a window scale of 7 can tell; below the default: not
  std::size_t tuned_send_bytes = 16U << 20;
  std::size_t memory_pressure_bytes = 256U << 20;  // in the queues of all connections: from here on no buffer grows
  std::size_t memory_limit_bytes = 512U << 20;     // and from here on only data that fills a gap is taken
  bool window_scaling = true;                      // RFC 7323 2
  bool timestamps = true;                          // RFC 7323 3
  bool sack = true;                                // RFC 2018
  SynOptionOrder syn_options = SynOptionOrder::kLinux;
  EcnUse ecn = EcnUse::kWhenAsked;
  bool duplicate_sack = true;  // RFC 2883: with SACK, tell what came twice
  std::uint16_t min_mss = 48;  // smaller MSS options are raised to this (RFC 9293 3.7.1 and common sense)
  std::uint32_t initial_window_segments = 10;  // RFC 6928
  bool pacing = false;  // segments are spread over the round trip also where the controller does not ask for it
  std::string_view congestion = "cubic";                       // RFC 9438; one of controller_names()
  Duration min_rto = std::chrono::milliseconds(200);           // least of RTO - SRTT; RFC 6298 2.4 SHOULD 1 s for RTO
  Duration max_rto = std::chrono::seconds(120);                // RFC 6298 2.5
  Duration initial_rto = std::chrono::seconds(1);              // RFC 6298 2.1
  Duration delayed_ack = std::chrono::milliseconds(40);        // RFC 9293 MUST-40: below 500 ms
  Duration peer_delayed_ack = std::chrono::milliseconds(200);  // RFC 8985 7.2: how long a peer may hold an ACK back
  Duration time_wait = std::chrono::seconds(60);  // 2 MSL; RFC 9293 MUST-13 names 4 minutes, Linux and we use 60 s
  std::uint32_t syn_ack_retries = 5;
  // [RFC9293 SHLD-10]
  std::uint32_t retries_r1 = 3;      // RFC 9293 MUST-20: from here the next hop is probed
  std::uint32_t retries_r2 = 15;     // RFC 9293 MUST-20: from here the connection is given up [RFC9293 SHLD-11]
  std::uint32_t orphan_retries = 8;  // R2 of a connection that no application holds any more
  std::uint32_t challenge_acks_per_second = 100;  // RFC 5961 7; per connection: a shared count would be a side channel
  std::uint32_t resets_per_second = 1000;         // answers to segments for no connection
  std::size_t max_connections = 262144;           // all states but LISTEN
  std::size_t max_time_wait = 65536;              // more: the oldest go early
  std::size_t max_listeners = 4096;
  std::uint32_t max_backlog = 4096;      // listen()'s argument is cut to this (SOMAXCONN)
  std::uint32_t max_syn_backlog = 1024;  // half-open connections per listener; the oldest makes room for a newcomer
  std::size_t max_out_of_order_segments = 1024;  // per connection: stretches of them; octets are limited by the window
  Port first_ephemeral_port = 32768;             // RFC 6056; both ends inclusive
  Port last_ephemeral_port = 60999;
  std::optional<std::uint32_t> fixed_initial_sequence;  // tests and replay only: instead of RFC 6528's choice
  std::optional<std::uint32_t> fixed_timestamp_offset;  // tests and replay only
  // An ACK that is due at the end of a batch waits for send_owed_acks(), so that what the application answers to the
  // same batch can carry it; at the latest it leaves as a delayed ACK does. ACKs that report a gap never wait.
  bool acks_wait_for_application = false;
  bool check_invariants = false;  // after each door: in tests, simulation and fuzzing
};

}  // namespace fourtuple::tcp
