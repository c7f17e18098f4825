// Segments in the notation of packet scripts: "S. 0:0(0) ack 1 win 65535".
#pragma once

#include <cstdint>
#include <string>

#include "stack/trace/events.hpp"

namespace fourtuple::observe {

// What the three segment events have in common.
struct SegmentLine {
  TcpFlags flags;
  std::int64_t relative_seq = 0;
  std::int64_t relative_ack = 0;
  std::uint64_t window_bytes = 0;
  std::uint32_t payload_bytes = 0;
  std::uint16_t urgent = 0;
  std::uint16_t super_segments = 0;  // frames that one super-segment stands for; 0 or 1: it is a plain one
  bool has_window = true;
};
[[nodiscard]] SegmentLine line_of(const trace::SegmentReceived& event);
[[nodiscard]] SegmentLine line_of(const trace::SegmentSent& event);
[[nodiscard]] SegmentLine line_of(const trace::SegmentDropped& event);

// "P. 1:1461(1460) ack 79 win 65535". Where it is longer than `width` the window goes first.
[[nodiscard]] std::string notation(const SegmentLine& line, std::size_t width = 80);

// Options in words: "mss 1460, sack, timestamps, window scale 7" on a SYN; SACK blocks as "sack 2921:4381", counted
// like the acknowledgment number. Empty where there is nothing but timestamps, which every segment has.
[[nodiscard]] std::string options_in_words(const Segment& segment, std::int64_t relative_ack);

}  // namespace fourtuple::observe
