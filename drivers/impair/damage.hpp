// Changing the octets of a frame on its way.
#pragma once

#include <cstddef>
#include <optional>

#include "drivers/impair/profile.hpp"
#include "stack/base/packet_buffer.hpp"
#include "stack/base/random.hpp"

namespace fourtuple::impair {

// Octets [begin, end) of a frame.
struct Stretch {
  std::size_t begin = 0;
  std::size_t end = 0;
  [[nodiscard]] std::size_t size() const { return end - begin; }
};

// What the checksums of an IPv4 or IPv6 packet cover, so that a receiver that sums notices any one flipped bit there.
// Nothing for ARP and whatever else carries no checksum.
[[nodiscard]] std::optional<Stretch> covered_by_checksums(ByteView frame);

// A checksum that was left to the device becomes final: else nobody could notice damage.
void make_final(PacketBuffer& frame);

// Damages the frame somewhere in the stretch, of which there is at least one octet. False where it had to be longer and
// the pool has no more.
[[nodiscard]] bool damage(PacketBuffer& frame, Stretch stretch, Damage how, RandomSource& random, BufferPool& pool);

// Congestion experienced (RFC 3168): true if the IPv4 packet carries the mark now, false if its sender is not
// ECN-capable.
[[nodiscard]] bool mark_congestion(ByteSpan frame);

}  // namespace fourtuple::impair
