#include "stack/tcp/send/send_queue.hpp"

#include <algorithm>
#include <cstring>

namespace fourtuple::tcp {
namespace {
constexpr std::size_t kSmallestChunk = 2048;
constexpr std::size_t kLargestChunk = 65536;
}  // namespace

std::size_t SendQueue::append(std::span<const ByteView> pieces, std::size_t limit, BufferPool& pool) {
  std::size_t taken = 0;
  for (ByteView piece : pieces) {
    piece = piece.first(std::min(piece.size(), limit - taken));
    while (!piece.empty()) {
      const bool full = head_ == chunks_.size() || chunks_.back().bytes.tailroom() == 0;
      if (full && !add_chunk(limit - taken, pool)) return taken;
      PacketBuffer& chunk = chunks_.back().bytes;
      const std::size_t count = std::min(piece.size(), chunk.tailroom());
      std::memcpy(chunk.append(count).data(), piece.data(), count);
      end_ += static_cast<StreamOffset>(count);
      taken += count;
      piece = piece.subspan(count);
    }
  }
  return taken;
}

bool SendQueue::add_chunk(std::size_t wanted, BufferPool& pool) {
  // A queue that already holds much will hold more: chunks grow with it, so a bulk sender fills few large ones.
  const std::size_t capacity = std::clamp(std::max(wanted, size()), kSmallestChunk, kLargestChunk);
  auto bytes = pool.take(capacity, 0);
  if (!bytes) return false;
  held_memory_ += bytes->capacity();
  chunks_.push_back({std::move(*bytes), end_});
  return true;
}

std::size_t SendQueue::chunk_at(StreamOffset offset) const {
  const auto first = chunks_.begin() + static_cast<std::ptrdiff_t>(head_);
  const auto after =
      std::upper_bound(first, chunks_.end(), offset, [](StreamOffset at, const Chunk& c) { return at < c.begin; });
  return static_cast<std::size_t>(after - chunks_.begin()) - 1;
}

std::size_t SendQueue::gather(StreamOffset from, std::size_t length, std::span<ByteView> views,
                              std::uint8_t& used) const {
  std::size_t covered = 0;
  used = 0;
  if (length == 0) return 0;
  for (std::size_t i = chunk_at(from); covered < length && used < views.size(); ++i) {
    const Chunk& chunk = chunks_[i];
    const auto skip = static_cast<std::size_t>(from + static_cast<StreamOffset>(covered) - chunk.begin);
    const std::size_t count = std::min(length - covered, chunk.bytes.size() - skip);
    views[used++] = chunk.bytes.bytes().subspan(skip, count);
    covered += count;
  }
  return covered;
}

void SendQueue::release_until(StreamOffset offset) {
  begin_ = std::clamp(offset, begin_, end_);
  while (head_ < chunks_.size()) {
    Chunk& front = chunks_[head_];
    if (front.begin + static_cast<StreamOffset>(front.bytes.size()) > begin_) break;
    held_memory_ -= front.bytes.capacity();
    front.bytes = PacketBuffer{};
    ++head_;
  }
  drop_front_chunks();
}

void SendQueue::drop_front_chunks() {
  if (head_ == chunks_.size()) {
    std::vector<Chunk>().swap(chunks_);
    head_ = 0;
  } else if (head_ >= 32 && head_ * 2 >= chunks_.size()) {
    chunks_.erase(chunks_.begin(), chunks_.begin() + static_cast<std::ptrdiff_t>(head_));
    head_ = 0;
  }
}

}  // namespace fourtuple::tcp
