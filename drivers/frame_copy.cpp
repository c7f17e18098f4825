#include "drivers/frame_copy.hpp"

#include <cstring>

namespace fourtuple {
namespace {

void copy_pieces(const TransmitFrame& frame, std::uint8_t* to) {
  for (std::size_t i = 0; i < frame.piece_count; ++i) {
    const ByteView piece = frame.pieces[i];
    if (piece.empty()) continue;
    std::memcpy(to, piece.data(), piece.size());
    to += piece.size();
  }
}

}  // namespace

std::optional<PacketBuffer> copy_frame(const TransmitFrame& frame, BufferPool& pool) {
  const std::size_t size = frame.size();
  auto buffer = pool.take(size);
  if (!buffer) return std::nullopt;
  copy_pieces(frame, buffer->append(size).data());
  buffer->offload = frame.offload;
  return buffer;
}

void copy_frame(const TransmitFrame& frame, std::vector<std::uint8_t>& to) {
  to.resize(frame.size());
  copy_pieces(frame, to.data());
}

TransmitFrame frame_of(const PacketBuffer& buffer) {
  TransmitFrame frame;
  frame.pieces[0] = buffer.bytes();
  frame.piece_count = 1;
  frame.offload = buffer.offload;
  return frame;
}

}  // namespace fourtuple
