#include "stack/tcp/receive/receive_queue.hpp"

#include <algorithm>
#include <cstring>

namespace fourtuple::tcp {
namespace {
constexpr std::size_t kSmallPiece = 512;  // gathered where unread data is waiting anyway
constexpr std::size_t kGatherBuffer = 8192;
}  // namespace

void ReceiveQueue::append(PacketBuffer&& payload, BufferPool& pool) {
  if (payload.empty()) return;
  size_ += payload.size();
  if (payload.size() <= kSmallPiece && head_ < buffers_.size() && gather_small(payload, pool)) return;
  keep(std::move(payload));
}

void ReceiveQueue::keep(PacketBuffer&& buffer) {
  held_memory_ += buffer.capacity();
  buffers_.push_back(std::move(buffer));
}

bool ReceiveQueue::gather_small(const PacketBuffer& payload, BufferPool& pool) {
  if (buffers_.back().tailroom() < payload.size()) {
    auto fresh = pool.take(kGatherBuffer, 0);
    if (!fresh) return false;
    keep(std::move(*fresh));
  }
  std::memcpy(buffers_.back().append(payload.size()).data(), payload.data(), payload.size());
  return true;
}

std::size_t ReceiveQueue::read(std::span<const ByteSpan> pieces, std::size_t limit, std::size_t skip, bool peek,
                               bool discard) {
  std::size_t index = head_;
  while (index < buffers_.size() && skip >= buffers_[index].size()) skip -= buffers_[index++].size();
  std::size_t done = 0;
  for (ByteSpan piece : pieces) {
    while (!piece.empty() && done < limit && index < buffers_.size()) {
      const PacketBuffer& source = buffers_[index];
      const std::size_t count = std::min({piece.size(), source.size() - skip, limit - done});
      if (!discard) std::memcpy(piece.data(), source.data() + skip, count);
      piece = piece.subspan(count);
      done += count;
      skip += count;
      if (skip == source.size()) ++index, skip = 0;
    }
  }
  if (!peek) drop_front(done);
  return done;
}

void ReceiveQueue::drop_front(std::size_t count) {
  count = std::min(count, size_);
  size_ -= count;
  while (count > 0) {
    PacketBuffer& front = buffers_[head_];
    const std::size_t step = std::min(count, front.size());
    count -= step;
    front.remove_front(step);
    if (front.empty()) {
      held_memory_ -= front.capacity();
      front = PacketBuffer{};
      ++head_;
    }
  }
  if (size_ == 0) {
    // An idle connection owns no queue; a busy one keeps its small row of slots.
    if (buffers_.capacity() > 64) {
      std::vector<PacketBuffer>().swap(buffers_);
    } else {
      buffers_.clear();
    }
    head_ = 0;
  } else if (head_ >= 64 && head_ * 2 >= buffers_.size()) {
    buffers_.erase(buffers_.begin(), buffers_.begin() + static_cast<std::ptrdiff_t>(head_));
    head_ = 0;
  }
}

std::uint8_t ReceiveQueue::at(std::size_t position) const {
  std::size_t index = head_;
  while (position >= buffers_[index].size()) position -= buffers_[index++].size();
  return buffers_[index].data()[position];
}

void ReceiveQueue::clear() {
  std::vector<PacketBuffer>().swap(buffers_);
  head_ = 0;
  size_ = 0;
  held_memory_ = 0;
}

}  // namespace fourtuple::tcp
