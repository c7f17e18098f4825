// What of a recorded frame must be said in other words to our stack: echoed timestamps, and packets of the recorded
// host that an ICMP error quotes. Sequence numbers need none, because our stack begins where the recorded host began.
#pragma once

#include <vector>

#include "apps/replay/steering.hpp"

namespace fourtuple::replay {

// The frame's segment for our stack: TSecr becomes the TSval of our segment that did what the echoed one did.
[[nodiscard]] Segment mapped_segment(const capture::TcpFrame& frame, const Cue& cue, const SendHistory& ours,
                                     Instant now);

// The octets of the frame on its way to our stack, `way` as the other host sees it: with the recorded ECN bits, TTL and
// reserved bits, and with a wrong checksum where the recorded one was wrong.
[[nodiscard]] std::vector<std::uint8_t> mapped_datagram(const FourTuple& way, const capture::TcpFrame& frame,
                                                        const Segment& segment);

// The ICMP error about the segment of ours that has the octet quoted. `name` is our connection's.
[[nodiscard]] std::vector<std::uint8_t> mapped_error(const FourTuple& name, const capture::IcmpFrame& error,
                                                     const std::vector<OurSegment>& ours);

}  // namespace fourtuple::replay
