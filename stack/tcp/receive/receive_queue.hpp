// In-order octets that the application has not read yet: the packets' own buffers, moved here, not copied.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "stack/base/packet_buffer.hpp"

namespace fourtuple::tcp {

class ReceiveQueue {
 public:
  [[nodiscard]] std::size_t size() const { return size_; }
  [[nodiscard]] std::size_t held_memory() const { return held_memory_; }  // octets of storage
  [[nodiscard]] bool empty() const { return size_ == 0; }

  // Takes a buffer whose visible bytes are the next octets of the stream. Small pieces are gathered into shared buffers
  // from `pool`, so that a peer who sends octets one by one cannot make us hold a buffer for each.
  void append(PacketBuffer&& payload, BufferPool& pool);
  // Copies from `skip` octets after the front on; takes what it copied unless `peek`. Answers the count.
  // With `discard` the spans' data is not written.
  std::size_t read(std::span<const ByteSpan> pieces, std::size_t limit, std::size_t skip, bool peek, bool discard);
  void drop_front(std::size_t count);
  // The octet `position` after the front. Precondition: position < size().
  [[nodiscard]] std::uint8_t at(std::size_t position) const;
  void clear();

 private:
  void keep(PacketBuffer&& buffer);
  bool gather_small(const PacketBuffer& payload, BufferPool& pool);

  std::vector<PacketBuffer> buffers_;  // buffers_[head_...] hold the unread octets
  std::size_t head_ = 0;
  std::size_t size_ = 0;
  std::size_t held_memory_ = 0;
};

}  // namespace fourtuple::tcp
