// Conversations out of lines that read like a packet script, for tests that need no capture file.
#pragma once

#include <memory>
#include <string_view>

#include "apps/capture/conversation.hpp"

namespace fourtuple::replay {

// One frame a line: a time (absolute `0.100` or since the line before `+0.010`), who sent it (`c` the client, `s` the
// server), and a packet as packet scripts write it, numbers relative to each sender's initial sequence number:
//
//   +0.000 c S  0:0(0) win 64240 <mss 1460,sackOK,nop,wscale 7>
//   +0.010 s S. 0:0(0) ack 1 <mss 1460>
//   +0.010 c .  1:1(0) ack 1
//   +0.000 c P. 1:101(100) ack 1           # damaged
//   +0.050 s icmp unreachable frag_needed mtu 1400 [1:101(100)]
//
// Without `win` the window is 65535. Behind `#` may stand: damaged (its checksum is wrong), altered (its octets differ
// from what was sent there before), duplicate (Oddities::exact_duplicate). An ICMP line's letter is the side that it
// comes from. Frames are numbered from 1. A line that cannot be read fails the test, and the conversation is empty.
[[nodiscard]] std::shared_ptr<capture::Conversation> make_conversation(std::string_view lines);

// A handshake with these options on both SYNs, 10 ms from SYN to SYN,ACK and none to the ACK: taken at the client, then
// the lines.
[[nodiscard]] std::shared_ptr<capture::Conversation> make_open_conversation(std::string_view lines);

// What stands at `offset` (the first octet of data has offset 1) of the octets that `host` sends: letters, small for
// the client and large for the server.
[[nodiscard]] std::uint8_t made_octet(capture::Host host, StreamOffset offset);

// The initial sequence numbers are close below 2^32, so that data crosses the wrap.
[[nodiscard]] SeqNum made_initial(capture::Host host);

}  // namespace fourtuple::replay
