// Events as JSON, one object a line, for programs that watch a stack.
//
// Every line has `time_ns` (integer, the stack's clock), `event` and, where one is meant, `connection` (integer, unique
// for the life of the stack). The rest depends on `event`; names are those of trace/events.hpp:
//
//   frame-received      line, bytes, gso_size?
//   frame-sent          line, bytes, gso_size?, cause, clause
//   frame-dropped       line, bytes, reason, clause
//   segment-received    local, remote, flags, seq, ack?, relative_seq, relative_ack?, payload_bytes, window_bytes,
//                       options
//   segment-sent        the same, and gso_size?, cause, clause, retransmission
//   segment-dropped     local, remote, flags, seq, ack?, relative_seq, relative_ack?, payload_bytes, reason, clause
//   connection-opened   local, remote, active
//   state-changed       local, remote, from, to
//   connection-closed   local, remote, error (errno, 0 for an orderly end)
//   neighbour-changed   address, mac, from, to
//   options-agreed      segment_bytes, window_scaling, send_scale, receive_scale, sack, timestamps,
//                       congestion_notification
//   user-called         call, bytes
//   window-changed      from_bytes, to_bytes
//   congestion-changed  window_bytes, threshold_bytes, in_flight_bytes, phase
//   loss-detected       relative_begin, lost_bytes, sign
//   reduction-undone    window_bytes
//   path-changed        segment_bytes
//   buffer-tuned        buffer ("receive" or "send"), from_bytes, to_bytes
//   rtt-measured        sample_ns, smoothed_ns, variation_ns, retransmission_timeout_ns
//   bytes-delivered     bytes, readable_bytes
//   timer-armed         timer, deadline_ns
//   timer-cancelled     timer
//   timer-fired         timer
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <utility>

#include "stack/trace/events.hpp"

namespace fourtuple::observe {

// The first line of a log in a file: what it is, who wrote it, and how its times become times since 1970. Members:
// `event` "log", `format` "fourtuple-events", `version` 1, `program`, `wall_clock_offset_ns` (what to add to time_ns).
[[nodiscard]] std::string log_header(std::string_view program, Duration wall_clock_offset);

// One event as one object, without a newline.
[[nodiscard]] std::string to_json(const trace::Event& event);

class JsonLines final : public trace::Sink {
 public:
  // Takes one line at a time, newline included.
  using Write = std::function<void(std::string_view line)>;
  explicit JsonLines(Write write, bool frames = true) : write_(std::move(write)), frames_(frames) {}

  void on_event(const trace::Event& event) override;

 private:
  Write write_;
  bool frames_;  // false: only what happens to connections
};

}  // namespace fourtuple::observe
