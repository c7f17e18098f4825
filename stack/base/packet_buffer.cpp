#include "stack/base/packet_buffer.hpp"

#include <cstring>
#include <utility>

#include "stack/base/buffer_store.hpp"

namespace fourtuple {

PacketBuffer::PacketBuffer(PacketBuffer&& other) noexcept
    : offload(other.offload),
      storage_(std::exchange(other.storage_, nullptr)),
      capacity_(std::exchange(other.capacity_, 0)),
      begin_(std::exchange(other.begin_, 0)),
      size_(std::exchange(other.size_, 0)),
      store_(std::move(other.store_)) {}

PacketBuffer& PacketBuffer::operator=(PacketBuffer&& other) noexcept {
  if (this != &other) {
    release();
    offload = other.offload;
    storage_ = std::exchange(other.storage_, nullptr);
    capacity_ = std::exchange(other.capacity_, 0);
    begin_ = std::exchange(other.begin_, 0);
    size_ = std::exchange(other.size_, 0);
    store_ = std::move(other.store_);
  }
  return *this;
}

PacketBuffer::~PacketBuffer() { release(); }

void PacketBuffer::release() noexcept {
  if (storage_ == nullptr) return;
  store_->in_use.fetch_sub(capacity_, std::memory_order_relaxed);
  store_->give_back(storage_, capacity_);
  storage_ = nullptr;
}

ByteSpan PacketBuffer::prepend(std::size_t count) {
  begin_ -= static_cast<std::uint32_t>(count);
  size_ += static_cast<std::uint32_t>(count);
  return {data(), count};
}

ByteSpan PacketBuffer::append(std::size_t count) {
  std::uint8_t* const end = data() + size_;
  size_ += static_cast<std::uint32_t>(count);
  return {end, count};
}

void PacketBuffer::remove_front(std::size_t count) {
  begin_ += static_cast<std::uint32_t>(count);
  size_ -= static_cast<std::uint32_t>(count);
}

void PacketBuffer::remove_back(std::size_t count) { size_ -= static_cast<std::uint32_t>(count); }

void PacketBuffer::reset(std::size_t headroom, std::size_t size) {
  begin_ = static_cast<std::uint32_t>(headroom);
  size_ = static_cast<std::uint32_t>(size);
}

BufferPool::BufferPool(std::size_t limit_bytes) : store_(std::make_shared<BufferStore>()), limit_bytes_(limit_bytes) {}

std::optional<PacketBuffer> BufferPool::take(std::size_t room, std::size_t headroom) {
  const std::size_t capacity = BufferStore::rounded(room + headroom);
  if (store_->in_use.fetch_add(capacity, std::memory_order_relaxed) + capacity > limit_bytes_) {
    store_->in_use.fetch_sub(capacity, std::memory_order_relaxed);
    return std::nullopt;
  }
  std::uint8_t* const storage = store_->take(capacity);
  if (storage == nullptr) {
    store_->in_use.fetch_sub(capacity, std::memory_order_relaxed);
    return std::nullopt;
  }
  PacketBuffer buffer;
  buffer.storage_ = storage;
  buffer.capacity_ = static_cast<std::uint32_t>(capacity);
  buffer.begin_ = static_cast<std::uint32_t>(headroom);
  buffer.store_ = store_;
  return buffer;
}

std::optional<PacketBuffer> BufferPool::copy(ByteView bytes, std::size_t headroom) {
  auto buffer = take(bytes.size(), headroom);
  if (buffer && !bytes.empty()) std::memcpy(buffer->append(bytes.size()).data(), bytes.data(), bytes.size());
  return buffer;
}

std::size_t BufferPool::bytes_in_use() const { return store_->in_use.load(std::memory_order_relaxed); }

}  // namespace fourtuple
