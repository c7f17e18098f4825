// A second reading of frames, which shares nothing with the stack's own: sums, and damage that they can show.
#pragma once

#include <cstdint>

#include "stack/base/bytes.hpp"
#include "stack/base/packet_buffer.hpp"

namespace fourtuple::simulate {

// True for an Ethernet frame with an IPv4 packet whose lengths agree and whose sums, the transport's included, are
// right. A frame of another kind is sound as it is.
[[nodiscard]] bool is_sound(ByteView frame);

// Damages an IPv4 frame in one of several ways. False where nobody could tell: nothing checks such a frame, or it is
// still sound afterwards.
[[nodiscard]] bool damage(PacketBuffer& frame, std::uint64_t which);

}  // namespace fourtuple::simulate
