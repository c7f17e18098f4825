// What the engine wants done: filled during one event, carried out by the Stack when the engine has returned.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "stack/base/bytes.hpp"
#include "stack/base/notice.hpp"
#include "stack/base/random.hpp"
#include "stack/base/reasons.hpp"
#include "stack/base/time.hpp"
#include "stack/trace/events.hpp"
#include "stack/wire/tcp.hpp"

namespace fourtuple::tcp {

// A segment (or super-segment) to send. The payload lies in the connection's send queue and stays there, unmoved,
// until the flush of this outbox is over.
struct OutSegment {
  static constexpr std::size_t kMaxPieces = 16;

  FourTuple name;
  Segment header;  // ports, seq, ack, flags, window, options; payload empty
  std::array<ByteView, kMaxPieces> pieces{};
  std::uint8_t piece_count = 0;
  std::uint32_t payload_bytes = 0;
  std::uint16_t gso_size = 0;  // payload octets a segment on the wire; 0: exactly one segment
  std::uint8_t ttl = 64;
  std::uint8_t tos = 0;
  bool dont_fragment = true;
  Cause cause{};
};

struct Outbox {
  // The engine stops making work at this many segments and goes on when asked again (see Layer::advance).
  static constexpr std::size_t kSoftLimit = 256;

  std::vector<OutSegment> segments;
  std::vector<Notice> notices;
  // Peers that leave R1 retransmissions unanswered: is the way to them what we think it is? [RFC9293 MUST-20(a)]
  std::vector<IpAddress> doubted;

  [[nodiscard]] bool is_full() const { return segments.size() >= kSoftLimit; }
};

// What every door is handed: arguments, not globals.
struct Context {
  Instant now;
  RandomSource& random;
  trace::Tracer trace;
  Outbox& out;
};

}  // namespace fourtuple::tcp
