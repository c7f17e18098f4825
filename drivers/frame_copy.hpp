// Between the two shapes of a frame: gathered on its way out, contiguous when it is kept.
#pragma once

#include <optional>
#include <vector>

#include "drivers/driver.hpp"

namespace fourtuple {

// A contiguous copy with the frame's offload information; nothing when the pool is exhausted.
[[nodiscard]] std::optional<PacketBuffer> copy_frame(const TransmitFrame& frame, BufferPool& pool);

// Replaces the contents of `to` by the frame's octets.
void copy_frame(const TransmitFrame& frame, std::vector<std::uint8_t>& to);

// A view of a buffer, valid while the buffer is.
[[nodiscard]] TransmitFrame frame_of(const PacketBuffer& buffer);

}  // namespace fourtuple
