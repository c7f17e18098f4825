// A performance as a capture file: what our stack heard and what it sent, under the recorded names and times.
#pragma once

#include "apps/replay/outcome.hpp"
#include "drivers/pcap/pcap_writer.hpp"

namespace fourtuple::replay {

// Precondition: the outcome has a performance. `capture_start` is when the recorded capture began, since 1970.
void write_performance(const Outcome& outcome, std::chrono::nanoseconds capture_start, PcapWriter& to);

}  // namespace fourtuple::replay
