// The pieces of one datagram, as the application hands them over.
#pragma once

#include <cstring>
#include <optional>
#include <span>

#include "stack/base/packet_buffer.hpp"
#include "stack/wire/checksum.hpp"

namespace fourtuple {

[[nodiscard]] inline std::size_t total_size(std::span<const ByteView> pieces) {
  std::size_t total = 0;
  for (const ByteView piece : pieces) total += piece.size();
  return total;
}

// One buffer with all of them; nothing when the pool is exhausted. `total` is total_size(pieces).
[[nodiscard]] inline std::optional<PacketBuffer> gather(std::span<const ByteView> pieces, std::size_t total,
                                                        BufferPool& pool) {
  auto buffer = pool.take(total);
  if (!buffer) return std::nullopt;
  for (const ByteView piece : pieces) {
    if (!piece.empty()) std::memcpy(buffer->append(piece.size()).data(), piece.data(), piece.size());
  }
  return buffer;
}

}  // namespace fourtuple
