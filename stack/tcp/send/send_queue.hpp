// The octets that the application gave and the peer has not acknowledged, addressed by stream offset.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "stack/base/bytes.hpp"
#include "stack/base/packet_buffer.hpp"
#include "stack/wire/sequence.hpp"

namespace fourtuple::tcp {

// Bytes lie in chunks that never move while they are queued, so that a segment is sent from where it lies and a
// retransmission is a second reading. An empty queue owns no memory.
class SendQueue {
 public:
  // The first octet of data has offset 1: the SYN is offset 0.
  static constexpr StreamOffset kFirstOffset = 1;

  [[nodiscard]] StreamOffset begin() const { return begin_; }
  [[nodiscard]] StreamOffset end() const { return end_; }
  [[nodiscard]] std::size_t size() const { return static_cast<std::size_t>(end_ - begin_); }

  [[nodiscard]] std::size_t held_memory() const { return held_memory_; }  // octets of storage

  // Copies up to `limit` octets in, to memory from `pool`; answers how many (fewer than asked only when that is short).
  std::size_t append(std::span<const ByteView> pieces, std::size_t limit, BufferPool& pool);
  // Points `views` at [from, from + length), as far as the views reach; answers the octets covered.
  // Precondition: begin() <= from, from + length <= end().
  std::size_t gather(StreamOffset from, std::size_t length, std::span<ByteView> views, std::uint8_t& used) const;
  // Forgets everything before `offset`.
  void release_until(StreamOffset offset);
  void clear() { release_until(end_); }

 private:
  struct Chunk {
    PacketBuffer bytes;
    StreamOffset begin = 0;
  };
  bool add_chunk(std::size_t wanted, BufferPool& pool);
  [[nodiscard]] std::size_t chunk_at(StreamOffset offset) const;
  void drop_front_chunks();

  std::vector<Chunk> chunks_;  // chunks_[head_...] are in use
  std::size_t head_ = 0;
  std::size_t held_memory_ = 0;
  StreamOffset begin_ = kFirstOffset;
  StreamOffset end_ = kFirstOffset;
};

}  // namespace fourtuple::tcp
