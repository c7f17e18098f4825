// What a time-sequence graph shows of one direction: the segments that carry its octets, and what the other side says
// about them.
#pragma once

#include <string>
#include <vector>

#include "apps/replay/page_parts.hpp"

namespace fourtuple::replay {

struct GraphEvent {
  std::uint32_t row = 0;  // of the ladder, which is the axis "event number" too
  ShownSegment shown;
  bool is_data = false;  // sent by the host whose octets the graph shows; else an acknowledgment of them
  bool is_duplicate_ack = false;
};

struct GraphEvents {
  std::vector<GraphEvent> all;  // in order of rows
  std::int64_t highest = 0;     // sequence number, or acknowledgment
  std::int64_t highest_edge = 0;
  Duration last_time{};
  std::uint32_t rows_left_out = 0;
};

// Precondition: most > 0.
[[nodiscard]] GraphEvents graph_events(const PagePart& part, Party party, capture::Host sender, std::size_t most);

// Points on both axes. Times in microseconds.
struct GraphView {
  bool by_event = false;
  double first_time = 0, last_time = 1;
  double first_event = 0, last_event = 1;
  double lowest = 0, highest = 1;
  bool window_leaves = false;  // the window's edge is above the picture
};
// One view for both pictures, so that they can be compared. Where most events would fall on a few points of time the
// axis counts events.
[[nodiscard]] GraphView graph_view(const GraphEvents& recorded, const GraphEvents& ours);

// Round values for an axis, at most `most` of them.
[[nodiscard]] std::vector<double> graph_ticks(double low, double high, std::size_t most);

}  // namespace fourtuple::replay
