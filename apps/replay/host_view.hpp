// A conversation as one of its two hosts lived it: its own frames when it sent them, the other's when they reached it,
// with offsets in place of sequence numbers.
//
//      capture:   Q1 ----d--->          R1 seen here, sent d before      d: one way from the capture's place to R
//      lived by R:       Q1 R1
#pragma once

#include <optional>
#include <vector>

#include "apps/capture/conversation.hpp"

namespace fourtuple::replay {

struct LivedFrame {
  std::size_t index = 0;  // into Conversation::frames
  capture::CaptureTime time{};
  bool sent = false;  // by the host; else it came
  TcpFlags flags;
  StreamOffset seq = 0;      // of its first octet of data; in its sender's numbers
  std::uint32_t octets = 0;  // of payload
  StreamOffset ack = 0;      // in the other's numbers; 0 without ACK
  std::uint64_t window = 0;  // scaled
  std::uint32_t urgent = 0;  // octets from seq to the end of urgent data; 0: none
  std::uint8_t sack_count = 0;
  // The frame that came last before this, as an index into Conversation::frames.
  std::optional<std::size_t> after;

  // One past its last octet of data, the FIN not counted.
  [[nodiscard]] StreamOffset end() const { return seq + octets; }
  // One past everything in it, the FIN counted.
  [[nodiscard]] StreamOffset end_with_fin() const { return end() + (flags.fin() ? 1 : 0); }
  [[nodiscard]] StreamOffset right_edge() const { return ack + static_cast<StreamOffset>(window); }
  [[nodiscard]] bool is_bare() const { return octets == 0 && !flags.syn() && !flags.fin() && !flags.rst(); }
};

struct HostView {
  // In the host's order of time; frames that were damaged or recorded twice are left out.
  std::vector<LivedFrame> frames;
  // Payload of a segment as large as the host may send: what both MSS options and the timestamps leave.
  std::uint32_t full_size = 536;
  // How soon a segment leaves behind what made it possible, if that was the stack and not the application. [REPLAY (a)]
  Duration prompt{};
  Duration distance{};  // one way from the capture's place; zero where it was taken at the host
};

// Precondition: none; without a handshake offsets count from the first frame of each host.
[[nodiscard]] HostView view_of(const capture::Conversation& conversation, capture::Host host);

}  // namespace fourtuple::replay
