#include "stack/observe/json_lines.hpp"

#include "stack/observe/frame_text.hpp"
#include "stack/observe/json.hpp"

namespace fourtuple::observe {
namespace {

void add_name(JsonObject& json, const FourTuple& name) {
  json.add("local", to_string(name.local)).add("remote", to_string(name.remote));
}

template <class Reason>
void add_reason(JsonObject& json, std::string_view key, Reason reason) {
  json.add(key, name(reason)).add("clause", clause(reason));
}

std::string options_json(const SegmentOptions& options) {
  JsonObject json;
  if (options.mss) json.add("mss", *options.mss);
  if (options.window_scale) json.add("window_scale", *options.window_scale);
  if (options.sack_permitted) json.add("sack_permitted", true);
  if (options.timestamps) {
    json.add("ts_value", options.timestamps->value).add("ts_echo", options.timestamps->echo_reply);
  }
  std::string blocks;
  for (std::size_t i = 0; i < options.sack_count && i < SegmentOptions::kMaxSackBlocks; ++i) {
    const SackBlock& block = options.sack.at(i);
    blocks += (i == 0 ? "[" : ",[") + std::to_string(block.left.value) + "," + std::to_string(block.right.value) + "]";
  }
  if (!blocks.empty()) json.add_raw("sack", "[" + blocks + "]");
  return json.text();
}

template <class SegmentEvent>
void add_segment(JsonObject& json, const SegmentEvent& event, std::size_t payload_bytes) {
  add_name(json, event.name);
  json.add("flags", to_string(event.segment.flags)).add("seq", event.segment.seq.value);
  if (event.segment.flags.ack()) json.add("ack", event.segment.ack.value);
  json.add("relative_seq", event.relative_seq);
  if (event.segment.flags.ack()) json.add("relative_ack", event.relative_ack);
  json.add("payload_bytes", payload_bytes);
}

void add_gso(JsonObject& json, std::uint16_t gso_size) {
  if (gso_size != 0) json.add("gso_size", gso_size);
}

// Adds the members of one event and answers its name.
std::string_view add(JsonObject& json, const trace::FrameReceived& event) {
  json.add("line", describe_frame(event.bytes).line).add("bytes", event.bytes.size());
  add_gso(json, event.gso_size);
  return "frame-received";
}

std::string_view add(JsonObject& json, const trace::FrameSent& event) {
  json.add("line", describe_frame(event.headers, event.payload_bytes).line);
  json.add("bytes", event.headers.size() + event.payload_bytes);
  add_gso(json, event.gso_size);
  add_reason(json, "cause", event.cause);
  return "frame-sent";
}

std::string_view add(JsonObject& json, const trace::FrameDropped& event) {
  json.add("line", describe_frame(event.bytes).line).add("bytes", event.bytes.size());
  add_reason(json, "reason", event.reason);
  return "frame-dropped";
}

std::string_view add(JsonObject& json, const trace::SegmentReceived& event) {
  add_segment(json, event, event.segment.payload.size());
  json.add("window_bytes", event.window_bytes).add_raw("options", options_json(event.segment.options));
  return "segment-received";
}

std::string_view add(JsonObject& json, const trace::SegmentSent& event) {
  add_segment(json, event, event.payload_bytes);
  json.add("window_bytes", event.window_bytes).add_raw("options", options_json(event.segment.options));
  add_gso(json, event.gso_size);
  add_reason(json, "cause", event.cause);
  json.add("retransmission", event.retransmission);
  return "segment-sent";
}

std::string_view add(JsonObject& json, const trace::SegmentDropped& event) {
  add_segment(json, event, event.segment.payload.size());
  add_reason(json, "reason", event.reason);
  return "segment-dropped";
}

std::string_view add(JsonObject& json, const trace::ConnectionOpened& event) {
  add_name(json, event.name);
  json.add("active", event.active);
  return "connection-opened";
}

std::string_view add(JsonObject& json, const trace::StateChanged& event) {
  add_name(json, event.name);
  json.add("from", name(event.from)).add("to", name(event.to));
  return "state-changed";
}

std::string_view add(JsonObject& json, const trace::ConnectionClosed& event) {
  add_name(json, event.name);
  json.add("error", event.error);
  return "connection-closed";
}

std::string_view add(JsonObject& json, const trace::NeighbourChanged& event) {
  json.add("address", to_string(event.address)).add("mac", to_string(event.mac));
  json.add("from", event.from).add("to", event.to);
  return "neighbour-changed";
}

std::string_view add(JsonObject& json, const trace::OptionsAgreed& event) {
  json.add("segment_bytes", event.segment_bytes).add("window_scaling", event.window_scaling);
  json.add("send_scale", event.send_scale).add("receive_scale", event.receive_scale);
  json.add("sack", event.sack).add("timestamps", event.timestamps);
  json.add("congestion_notification", event.congestion_notification);
  return "options-agreed";
}

std::string_view add(JsonObject& json, const trace::UserCalled& event) {
  json.add("call", name(event.call)).add("bytes", event.bytes);
  return "user-called";
}

std::string_view add(JsonObject& json, const trace::LossDetected& event) {
  json.add("relative_begin", event.relative_begin).add("lost_bytes", event.lost_bytes).add("sign", event.sign);
  return "loss-detected";
}

std::string_view add(JsonObject& json, const trace::ReductionUndone& event) {
  json.add("window_bytes", event.window_bytes);
  return "reduction-undone";
}

std::string_view add(JsonObject& json, const trace::PathChanged& event) {
  json.add("segment_bytes", event.segment_bytes);
  return "path-changed";
}

std::string_view add(JsonObject& json, const trace::BufferTuned& event) {
  json.add("buffer", event.receive ? std::string_view("receive") : std::string_view("send"));
  json.add("from_bytes", event.from_bytes).add("to_bytes", event.to_bytes);
  return "buffer-tuned";
}

std::string_view add(JsonObject& json, const trace::WindowChanged& event) {
  json.add("from_bytes", event.from_bytes).add("to_bytes", event.to_bytes);
  return "window-changed";
}

std::string_view add(JsonObject& json, const trace::CongestionChanged& event) {
  json.add("window_bytes", event.window_bytes).add("threshold_bytes", event.threshold_bytes);
  json.add("in_flight_bytes", event.in_flight_bytes).add("phase", event.phase);
  return "congestion-changed";
}

std::string_view add(JsonObject& json, const trace::RttMeasured& event) {
  json.add("sample_ns", event.sample.count()).add("smoothed_ns", event.smoothed.count());
  json.add("variation_ns", event.variation.count());
  json.add("retransmission_timeout_ns", event.retransmission_timeout.count());
  return "rtt-measured";
}

std::string_view add(JsonObject& json, const trace::BytesDelivered& event) {
  json.add("bytes", event.bytes).add("readable_bytes", event.readable_bytes);
  return "bytes-delivered";
}

std::string_view add(JsonObject& json, const trace::TimerArmed& event) {
  json.add("timer", name(event.timer)).add("deadline_ns", event.deadline.time_since_epoch().count());
  return "timer-armed";
}

std::string_view add(JsonObject& json, const trace::TimerCancelled& event) {
  json.add("timer", name(event.timer));
  return "timer-cancelled";
}

std::string_view add(JsonObject& json, const trace::TimerFired& event) {
  json.add("timer", name(event.timer));
  return "timer-fired";
}

bool is_frame(const trace::Body& body) {
  return std::holds_alternative<trace::FrameReceived>(body) || std::holds_alternative<trace::FrameSent>(body) ||
         std::holds_alternative<trace::FrameDropped>(body);
}

}  // namespace

std::string to_json(const trace::Event& event) {
  JsonObject body;
  const std::string_view kind = std::visit([&](const auto& one) { return add(body, one); }, event.body);
  JsonObject head;
  head.add("time_ns", event.time.time_since_epoch().count()).add("event", kind);
  if (event.connection != 0) head.add("connection", event.connection);
  std::string line = head.text();
  line.back() = ',';
  return line + body.text().substr(1);
}

std::string log_header(std::string_view program, Duration wall_clock_offset) {
  return JsonObject()
      .add("event", "log")
      .add("format", "fourtuple-events")
      .add("version", 1)
      .add("program", program)
      .add("wall_clock_offset_ns", wall_clock_offset.count())
      .text();
}

void JsonLines::on_event(const trace::Event& event) {
  if (!frames_ && is_frame(event.body)) return;
  write_(to_json(event) + "\n");
}

}  // namespace fourtuple::observe
