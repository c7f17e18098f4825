// Changing the octets of a frame on its way.
#pragma once

#include <cstddef>
#include <optional>

#include "stack/base/packet_buffer.hpp"
#include "stack/base/random.hpp"

namespace fourtuple::impair {

// Octets [begin, end) of a frame.
struct Stretch {
  std::size_t begin = 0;
  std::size_t end = 0;
};

// What the checksums of an IPv4 or IPv6 packet cover, so that a receiver that sums notices any one flipped bit there.
// Nothing for ARP and whatever else carries no checksum.
[[nodiscard]] std::optional<Stretch> covered_by_checksums(ByteView frame);

// Flips one bit of the stretch. A checksum that was left to the device becomes final first, or nobody could notice.
void flip_a_bit(PacketBuffer& frame, Stretch stretch, RandomSource& random);

// Congestion experienced (RFC 3168): true if the IPv4 packet carries the mark now, false if its sender is not
// ECN-capable.
[[nodiscard]] bool mark_congestion(ByteSpan frame);

}  // namespace fourtuple::impair
