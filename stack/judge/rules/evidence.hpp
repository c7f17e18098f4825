// What rules about time have in common: when a trace proves anything about time, and how time is told.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "stack/judge/rule.hpp"

namespace fourtuple::judge {

// Everything that reached the endpoint stands in the trace, where and when it reached it.
[[nodiscard]] bool hears_all(const Endpoint& endpoint);
// The same, and the clock that wrote the trace is to be believed.
[[nodiscard]] bool hears_all_in_time(const Endpoint& endpoint);
// SYN exchanged, and neither side has reset.
[[nodiscard]] bool is_synchronized(const Endpoint& endpoint);
// One that counts: its checksum is right, and it carries an ACK that the endpoint looks at.
[[nodiscard]] bool is_heard(const Endpoint& endpoint, const TracedSegment& segment);
// Its timestamp is not older than the latest that came, where timestamps are used: PAWS lets it pass.
[[nodiscard]] bool is_fresh(const Endpoint& endpoint, const TracedSegment& segment);

// It stands in the window, or at least where RCV.NXT may be: an endpoint takes its ACK and its window (3.10.7.4).
[[nodiscard]] bool is_acceptable(const Endpoint& endpoint, const TracedSegment& segment);

// SEG.SEQ and what follows it, in offsets of its sender.
struct Extent {
  StreamOffset begin = 0;
  StreamOffset end = 0;
};
[[nodiscard]] Extent extent_of(const Endpoint& endpoint, const TracedSegment& segment);

// The same of its octets of data alone: SYN and FIN are none.
[[nodiscard]] Extent octets_of(const Endpoint& endpoint, const TracedSegment& segment);
// Octets came above a hole, inside the window: a receiver may keep them.
[[nodiscard]] bool leaves_a_hole(const Endpoint& endpoint, const TracedSegment& segment);

// "612 ms", "1.5 s", "38 us"
[[nodiscard]] std::string in_words(Duration time);

// "frame 17", or "segment 3" of a trace without a capture.
[[nodiscard]] std::string in_words(const Place& place);

}  // namespace fourtuple::judge
