// What TCP_INFO and ss show of a connection. Times are durations, sizes octets unless a name says segments.
#pragma once

#include <cstdint>
#include <string_view>

#include "stack/base/time.hpp"
#include "stack/trace/tcp_state.hpp"

namespace fourtuple::tcp {

struct Info {
  TcpState state{};
  bool timestamps = false;
  bool sack = false;
  bool window_scaling = false;
  bool ecn = false;       // agreed on
  bool ecn_seen = false;  // a segment came that was marked
  std::uint8_t send_window_scale = 0;
  std::uint8_t receive_window_scale = 0;
  Duration rto{};
  Duration smoothed_rtt{};
  Duration rtt_variation{};
  Duration min_rtt{};
  Duration delayed_ack{};
  std::uint32_t send_mss = 0;
  std::uint32_t receive_mss = 0;
  std::uint32_t advertised_mss = 0;
  std::uint32_t path_mss = 0;
  std::uint64_t congestion_window_bytes = 0;
  std::uint64_t slow_start_threshold_bytes = 0;
  std::uint64_t peer_window_bytes = 0;
  std::uint64_t receive_window_bytes = 0;
  std::uint64_t receive_buffer_bytes = 0;
  std::uint64_t send_buffer_bytes = 0;
  Duration receive_round_trip{};          // as the receiver measures it; zero: not yet
  std::uint64_t read_per_round_trip = 0;  // the most octets that the application took in one
  std::uint64_t in_flight_bytes = 0;
  std::uint64_t pacing_rate = 0;    // octets a second that we pace at, or would if we paced; 0: not known yet
  std::uint64_t delivery_rate = 0;  // octets a second that the path delivered lately; 0: not measured yet
  bool delivery_was_application_limited = false;  // so it may well deliver more
  std::uint64_t bytes_sent = 0;                   // payload, retransmissions included
  std::uint64_t bytes_retransmitted = 0;
  std::uint64_t bytes_acknowledged = 0;
  std::uint64_t bytes_received = 0;  // in order
  std::uint64_t segments_sent = 0;
  std::uint64_t segments_received = 0;
  std::uint64_t total_retransmissions = 0;
  std::uint32_t consecutive_timeouts = 0;
  std::uint32_t unanswered_probes = 0;
  Duration since_last_data_sent{};
  Duration since_last_data_received{};
  Duration since_last_ack_received{};
  std::string_view congestion;
  std::string_view congestion_phase;
  // The timer that fires next, for netstat -o and ss -o: "on", "keepalive", "timewait", "persist", "delack" or "off".
  std::string_view timer = "off";
  Duration timer_remaining{};
};

}  // namespace fourtuple::tcp
