// Points on the circle of 2^32 sequence numbers (RFC 9293 3.4), and the straight line the engine uses instead.
#pragma once

#include <cstdint>

namespace fourtuple {

// A sequence number as it stands on the wire. There is no `<`: on a circle the order of two points depends on where
// one stands. Ask for the distance, or unwrap to a StreamOffset.
struct SeqNum {
  std::uint32_t value = 0;

  friend constexpr bool operator==(SeqNum, SeqNum) = default;
  friend constexpr SeqNum operator+(SeqNum point, std::uint32_t octets) { return {point.value + octets}; }
  friend constexpr SeqNum operator-(SeqNum point, std::uint32_t octets) { return {point.value - octets}; }
};

// How far `to` lies after `from`, in [-2^31, 2^31). Negative: before it.
[[nodiscard]] constexpr std::int32_t distance(SeqNum from, SeqNum to) {
  return static_cast<std::int32_t>(to.value - from.value);
}

// Octets since the initial sequence number of one direction: the SYN is offset 0, the first data octet offset 1.
// 64 bits do not wrap in any connection's lifetime, so inside the engine `<` is just `<`.
// Offsets below zero name points before the connection began (old duplicates).
using StreamOffset = std::int64_t;

[[nodiscard]] constexpr SeqNum wrap(StreamOffset offset, SeqNum initial) {
  return {initial.value + static_cast<std::uint32_t>(offset)};
}
// The offset nearest to `near` that wraps to `seq`.
[[nodiscard]] constexpr StreamOffset unwrap(SeqNum seq, SeqNum initial, StreamOffset near) {
  return near + distance(wrap(near, initial), seq);
}

}  // namespace fourtuple
