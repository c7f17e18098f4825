#include "stack/socket/tcp_info.hpp"

#include <algorithm>
#include <array>
#include <limits>

namespace fourtuple::sockets {
namespace {

[[nodiscard]] std::uint32_t microseconds(Duration duration) {
  return static_cast<std::uint32_t>(std::chrono::duration_cast<std::chrono::microseconds>(duration).count());
}
[[nodiscard]] std::uint32_t milliseconds(Duration duration) {
  return static_cast<std::uint32_t>(std::chrono::duration_cast<std::chrono::milliseconds>(duration).count());
}

// Linux numbers the states in another order than the RFC lists them, and from 1.
[[nodiscard]] std::uint8_t linux_state(TcpState state) {
  static constexpr std::array<std::uint8_t, kTcpStateCount> kNumbers = {
      TCP_CLOSE,     TCP_LISTEN,     TCP_SYN_SENT, TCP_SYN_RECV, TCP_ESTABLISHED, TCP_FIN_WAIT1,
      TCP_FIN_WAIT2, TCP_CLOSE_WAIT, TCP_CLOSING,  TCP_LAST_ACK, TCP_TIME_WAIT};
  return kNumbers[static_cast<std::size_t>(state)];
}

// Linux counts these in segments.
[[nodiscard]] std::uint32_t segments(std::uint64_t bytes, std::uint32_t mss) {
  const std::uint64_t count = bytes / std::max(mss, 1U);
  return static_cast<std::uint32_t>(std::min<std::uint64_t>(count, std::numeric_limits<std::int32_t>::max()));
}

[[nodiscard]] std::uint32_t saturated(std::uint64_t bytes) {
  return static_cast<std::uint32_t>(std::min<std::uint64_t>(bytes, std::numeric_limits<std::uint32_t>::max()));
}

// Before anything was measured: the window, but no more than ten segments, as on Linux.
[[nodiscard]] std::uint64_t read_per_round_trip(const tcp::Info& info) {
  const std::uint64_t first =
      std::min<std::uint64_t>(info.receive_window_bytes, std::uint64_t{10} * info.advertised_mss);
  return std::max(info.read_per_round_trip, first);
}

}  // namespace

ExtendedTcpInfo fill_tcp_info(const tcp::Info& info, bool is_listening) {
  ExtendedTcpInfo to{};
  tcp_info& base = to.base;
  base.tcpi_state = is_listening ? static_cast<std::uint8_t>(TCP_LISTEN) : linux_state(info.state);
  base.tcpi_retransmits = static_cast<std::uint8_t>(std::min(info.consecutive_timeouts, 255U));
  base.tcpi_probes = static_cast<std::uint8_t>(std::min(info.unanswered_probes, 255U));
  base.tcpi_options =
      static_cast<std::uint8_t>((info.timestamps ? TCPI_OPT_TIMESTAMPS : 0) | (info.sack ? TCPI_OPT_SACK : 0) |
                                (info.window_scaling ? TCPI_OPT_WSCALE : 0) | (info.ecn ? TCPI_OPT_ECN : 0) |
                                (info.ecn_seen ? TCPI_OPT_ECN_SEEN : 0));
  base.tcpi_snd_wscale = info.send_window_scale & 0xf;
  base.tcpi_rcv_wscale = info.receive_window_scale & 0xf;
  base.tcpi_rto = microseconds(info.rto);
  base.tcpi_ato = microseconds(info.delayed_ack);
  base.tcpi_snd_mss = info.send_mss;
  base.tcpi_rcv_mss = info.receive_mss;
  base.tcpi_unacked =
      segments(info.in_flight_bytes + std::max(info.send_mss, 1U) - 1, info.send_mss);  // begun ones too
  base.tcpi_last_data_sent = milliseconds(info.since_last_data_sent);
  base.tcpi_last_data_recv = milliseconds(info.since_last_data_received);
  base.tcpi_last_ack_recv = milliseconds(info.since_last_ack_received);
  base.tcpi_pmtu = info.path_mss == 0 ? 0 : info.path_mss + 40;
  base.tcpi_rtt = microseconds(info.smoothed_rtt);
  base.tcpi_rttvar = microseconds(info.rtt_variation);
  base.tcpi_snd_ssthresh = segments(info.slow_start_threshold_bytes, info.send_mss);
  base.tcpi_snd_cwnd = segments(info.congestion_window_bytes, info.send_mss);
  base.tcpi_advmss = info.advertised_mss;
  base.tcpi_rcv_rtt = microseconds(info.receive_round_trip);
  base.tcpi_rcv_ssthresh = saturated(info.receive_buffer_bytes);  // the window may open so far
  base.tcpi_rcv_space = saturated(read_per_round_trip(info));
  base.tcpi_total_retrans = static_cast<std::uint32_t>(info.total_retransmissions);
  to.pacing_rate = info.pacing_rate;
  to.delivery_rate = info.delivery_rate;
  to.bytes_acked = info.bytes_acknowledged;
  to.bytes_received = info.bytes_received;
  to.segs_out = static_cast<std::uint32_t>(info.segments_sent);
  to.segs_in = static_cast<std::uint32_t>(info.segments_received);
  to.min_rtt = microseconds(info.min_rtt);
  to.bytes_sent = info.bytes_sent;
  to.bytes_retrans = info.bytes_retransmitted;
  to.snd_wnd = static_cast<std::uint32_t>(info.peer_window_bytes);
  return to;
}

}  // namespace fourtuple::sockets
