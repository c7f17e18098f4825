#include "stack/observe/rows_json.hpp"

#include "stack/observe/json.hpp"

namespace fourtuple::observe {
namespace {

std::string endpoint_json(const Endpoint& endpoint) {
  return JsonObject().add("address", to_string(endpoint.address)).add("port", endpoint.port).text();
}

std::int64_t microseconds(Duration time) { return std::chrono::duration_cast<std::chrono::microseconds>(time).count(); }

void add_path(JsonObject& json, const tcp::Info& info) {
  json.add("timestamps", info.timestamps).add("sack", info.sack).add("window_scaling", info.window_scaling);
  json.add("ecn", info.ecn).add("ecn_seen", info.ecn_seen);
  json.add("send_window_scale", info.send_window_scale).add("receive_window_scale", info.receive_window_scale);
  json.add("rto_us", microseconds(info.rto)).add("smoothed_rtt_us", microseconds(info.smoothed_rtt));
  json.add("rtt_variation_us", microseconds(info.rtt_variation)).add("min_rtt_us", microseconds(info.min_rtt));
  json.add("send_mss", info.send_mss).add("receive_mss", info.receive_mss);
  json.add("advertised_mss", info.advertised_mss).add("path_mss", info.path_mss);
}

void add_windows(JsonObject& json, const tcp::Info& info) {
  json.add("congestion", info.congestion).add("congestion_phase", info.congestion_phase);
  json.add("congestion_window_bytes", info.congestion_window_bytes);
  json.add("slow_start_threshold_bytes", info.slow_start_threshold_bytes);
  json.add("peer_window_bytes", info.peer_window_bytes).add("receive_window_bytes", info.receive_window_bytes);
  json.add("in_flight_bytes", info.in_flight_bytes);
  json.add("pacing_rate", info.pacing_rate).add("delivery_rate", info.delivery_rate);
}

void add_totals(JsonObject& json, const tcp::Info& info) {
  json.add("bytes_sent", info.bytes_sent).add("bytes_retransmitted", info.bytes_retransmitted);
  json.add("bytes_acknowledged", info.bytes_acknowledged).add("bytes_received", info.bytes_received);
  json.add("segments_sent", info.segments_sent).add("segments_received", info.segments_received);
  json.add("total_retransmissions", info.total_retransmissions);
  json.add("consecutive_timeouts", info.consecutive_timeouts).add("unanswered_probes", info.unanswered_probes);
}

std::string info_json(const tcp::Info& info) {
  JsonObject json;
  add_path(json, info);
  add_windows(json, info);
  add_totals(json, info);
  return json.text();
}

std::string timer_json(const tcp::Info& info) {
  return JsonObject().add("name", info.timer).add("remaining_ms", microseconds(info.timer_remaining) / 1000).text();
}

std::string row_json(const Row& row, const RowNames& names) {
  JsonObject json;
  json.add("protocol", name(row.kind));
  json.add_raw("local", endpoint_json(row.name.local)).add_raw("remote", endpoint_json(row.name.remote));
  if (row.kind == RowKind::kTcp) json.add("state", name(row.state));
  json.add("receive_queue", row.receive_queue).add("send_queue", row.send_queue).add("owner", row.owner);
  if (names.program) json.add("program", names.program(row.owner));
  if (row.info && row.info->timer != "off") json.add_raw("timer", timer_json(*row.info));
  if (row.info) json.add_raw("info", info_json(*row.info));
  return json.text();
}

}  // namespace

std::string rows_json(const Rows& rows, const RowNames& names) {
  std::string text = "[";
  for (std::size_t i = 0; i < rows.size(); ++i) text += (i == 0 ? "\n  " : ",\n  ") + row_json(rows[i], names);
  return text + (rows.empty() ? "]\n" : "\n]\n");
}

}  // namespace fourtuple::observe
