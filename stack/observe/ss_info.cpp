#include "stack/observe/ss_info.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace fourtuple::observe {
namespace {

double milliseconds_of(Duration time) { return std::chrono::duration<double, std::milli>(time).count(); }

// "59sec", "1.204ms", "044ms", "119min", "1min30sec": ss's way with times.
std::string timer_span(Duration time) {
  const auto total = std::max<std::int64_t>(0, std::chrono::duration_cast<std::chrono::milliseconds>(time).count());
  const std::int64_t minutes = total / 60000;
  std::int64_t seconds = total / 1000 % 60;
  std::int64_t milliseconds = total % 1000;
  std::string text;
  if (minutes > 0) {
    milliseconds = 0;
    if (minutes > 9) seconds = 0;
    text = fmt::format("{}min", minutes);
  }
  if (seconds > 0) {
    if (seconds > 9) milliseconds = 0;
    text += fmt::format("{}{}", seconds, milliseconds != 0 ? "." : "sec");
  }
  if (milliseconds > 0) text += fmt::format("{:03}ms", milliseconds);
  return text;
}

void add_count(std::string& text, std::string_view name, std::uint64_t value) {
  if (value != 0) text += fmt::format(" {}:{}", name, value);
}

void add_milliseconds(std::string& text, std::string_view name, Duration time) {
  add_count(text, name, static_cast<std::uint64_t>(std::max(0.0, milliseconds_of(time))));
}

std::uint64_t segments(std::uint64_t bytes, std::uint32_t mss) { return mss == 0 ? 0 : (bytes + mss - 1) / mss; }

void add_agreement(std::string& text, const tcp::Info& info, bool options) {
  if (options && info.timestamps) text += " ts";
  if (options && info.sack) text += " sack";
  if (options && info.ecn) text += " ecn";
  if (options && info.ecn_seen) text += " ecnseen";
  if (!info.congestion.empty()) text += fmt::format(" {}", info.congestion);
  if (info.window_scaling) text += fmt::format(" wscale:{},{}", info.send_window_scale, info.receive_window_scale);
}

void add_times(std::string& text, const tcp::Info& info) {
  if (info.rto > 0ns) text += fmt::format(" rto:{:g}", milliseconds_of(info.rto));
  add_count(text, "backoff", info.consecutive_timeouts);
  if (info.smoothed_rtt > 0ns) {
    text += fmt::format(" rtt:{:g}/{:g}", milliseconds_of(info.smoothed_rtt), milliseconds_of(info.rtt_variation));
  }
  if (info.delayed_ack > 0ns) text += fmt::format(" ato:{:g}", milliseconds_of(info.delayed_ack));
}

void add_sizes(std::string& text, const tcp::Info& info) {
  add_count(text, "mss", info.send_mss);
  add_count(text, "pmtu", info.path_mss == 0 ? 0 : info.path_mss + 40U);
  add_count(text, "rcvmss", info.receive_mss);
  add_count(text, "advmss", info.advertised_mss);
  add_count(text, "cwnd", segments(info.congestion_window_bytes, info.send_mss));
  // An unlimited threshold is not shown, as ss does not show the kernel's "infinite" one.
  if (info.slow_start_threshold_bytes < (std::uint64_t{1} << 31)) {
    add_count(text, "ssthresh", segments(info.slow_start_threshold_bytes, info.send_mss));
  }
}

void add_totals(std::string& text, const tcp::Info& info) {
  add_count(text, "bytes_sent", info.bytes_sent);
  add_count(text, "bytes_retrans", info.bytes_retransmitted);
  add_count(text, "bytes_acked", info.bytes_acknowledged);
  add_count(text, "bytes_received", info.bytes_received);
  add_count(text, "segs_out", info.segments_sent);
  add_count(text, "segs_in", info.segments_received);
  if (info.smoothed_rtt > 0ns && info.congestion_window_bytes != 0) {
    const double bits = static_cast<double>(info.congestion_window_bytes) * 8e3;
    text += fmt::format(" send {:.0f}bps", bits / milliseconds_of(info.smoothed_rtt));
  }
  add_milliseconds(text, "lastsnd", info.since_last_data_sent);
  add_milliseconds(text, "lastrcv", info.since_last_data_received);
  add_milliseconds(text, "lastack", info.since_last_ack_received);
  if (info.pacing_rate != 0) text += fmt::format(" pacing_rate {}bps", info.pacing_rate * 8);
  if (info.delivery_rate != 0) text += fmt::format(" delivery_rate {}bps", info.delivery_rate * 8);
  if (info.delivery_was_application_limited) text += " app_limited";
}

void add_flight(std::string& text, const tcp::Info& info) {
  add_count(text, "unacked", segments(info.in_flight_bytes, info.send_mss));
  if (info.total_retransmissions != 0) {
    text += fmt::format(" retrans:{}/{}", info.consecutive_timeouts, info.total_retransmissions);
  }
  if (info.receive_round_trip > 0ns) text += fmt::format(" rcv_rtt:{:g}", milliseconds_of(info.receive_round_trip));
  add_count(text, "rcv_space", info.read_per_round_trip);
  add_count(text, "rcv_ssthresh", info.receive_buffer_bytes);
  if (info.min_rtt > 0ns) text += fmt::format(" minrtt:{:g}", milliseconds_of(info.min_rtt));
  add_count(text, "snd_wnd", info.peer_window_bytes);
  add_count(text, "rcv_wnd", info.receive_window_bytes);  // as iproute2 6.5 names it
}

}  // namespace

std::string ss_timer(const Row& row) {
  if (!row.info) return {};
  const tcp::Info& info = *row.info;
  if (info.timer != "on" && info.timer != "keepalive" && info.timer != "timewait" && info.timer != "persist") return {};
  const std::uint32_t tries = info.timer == "keepalive" ? info.unanswered_probes : info.consecutive_timeouts;
  return fmt::format(" timer:({},{},{})", info.timer, timer_span(info.timer_remaining), tries);
}

std::string ss_info(const Row& row, bool options) {
  if (!row.info || row.state == TcpState::kTimeWait) return {};
  std::string text;
  add_agreement(text, *row.info, options);
  add_times(text, *row.info);
  add_sizes(text, *row.info);
  add_totals(text, *row.info);
  add_flight(text, *row.info);
  return text;
}

}  // namespace fourtuple::observe
