// Owned, move-only packet bytes with headroom for the headers that lower layers prepend.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>

#include "stack/base/bytes.hpp"

namespace fourtuple {

// Who has to deal with the transport checksum of a packet.
enum class ChecksumState : std::uint8_t {
  kUnknown,   // received: the bytes must be summed in software. sent: the packet has no transport checksum to fill
  kVerified,  // received: the device vouches for the packet
  kPartial,   // the field holds the pseudo-header sum only. sent: the device (or the software path) fills it in;
              // received: the packet never left this machine and is good, but the field itself is not final
  kComplete,  // sent: the field is final
};

// What travels with a buffer so that a device can do the per-packet work (in the manner of virtio-net's header).
struct OffloadInfo {
  ChecksumState checksum = ChecksumState::kUnknown;
  std::uint16_t checksum_start = 0;   // octets from the first octet of the frame to the start of the transport header
  std::uint16_t checksum_offset = 0;  // octets from checksum_start to the checksum field
  std::uint16_t gso_size = 0;         // TCP payload octets a segment; 0: this frame is a single packet
  std::uint16_t header_length = 0;    // Ethernet + IP + TCP header octets of a super-segment (with gso_size != 0)
};

class BufferPool;
class BufferStore;

// One contiguous, exclusively owned packet. `size()` octets start `headroom()` octets into the storage.
class PacketBuffer {
 public:
  PacketBuffer() = default;
  PacketBuffer(PacketBuffer&& other) noexcept;
  PacketBuffer& operator=(PacketBuffer&& other) noexcept;
  PacketBuffer(const PacketBuffer&) = delete;
  PacketBuffer& operator=(const PacketBuffer&) = delete;
  ~PacketBuffer();

  [[nodiscard]] explicit operator bool() const { return storage_ != nullptr; }
  [[nodiscard]] std::uint8_t* data() { return storage_ + begin_; }
  [[nodiscard]] const std::uint8_t* data() const { return storage_ + begin_; }
  [[nodiscard]] std::size_t size() const { return size_; }
  [[nodiscard]] bool empty() const { return size_ == 0; }
  [[nodiscard]] std::size_t capacity() const { return capacity_; }
  [[nodiscard]] std::size_t headroom() const { return begin_; }
  [[nodiscard]] std::size_t tailroom() const { return capacity_ - begin_ - size_; }
  [[nodiscard]] ByteView bytes() const { return {data(), size_}; }
  [[nodiscard]] ByteSpan bytes() { return {data(), size_}; }

  // Grows by `count` octets at the front and returns them. Precondition: count <= headroom().
  ByteSpan prepend(std::size_t count);
  // Grows by `count` octets at the back and returns them. Precondition: count <= tailroom().
  ByteSpan append(std::size_t count);
  // Drops `count` octets at the front or back. Precondition: count <= size().
  void remove_front(std::size_t count);
  void remove_back(std::size_t count);
  // Sets the visible range: `size` octets starting `headroom` octets into the storage.
  // Precondition: headroom + size <= capacity().
  void reset(std::size_t headroom, std::size_t size);

  OffloadInfo offload;

 private:
  friend class BufferPool;
  void release() noexcept;

  std::uint8_t* storage_ = nullptr;
  std::uint32_t capacity_ = 0;
  std::uint32_t begin_ = 0;
  std::uint32_t size_ = 0;
  std::shared_ptr<BufferStore> store_;  // the memory this buffer came from
};

// Hands out buffers up to a total. Allocation failure and the limit are answers, not exceptions.
// Buffers may outlive the pool and may be released on another thread.
class BufferPool {
 public:
  // Room for Ethernet (14), IPv4 with options (60), TCP with options (60), rounded up.
  static constexpr std::size_t kDefaultHeadroom = 160;

  explicit BufferPool(std::size_t limit_bytes = std::size_t{1} << 30);

  // An empty buffer with `headroom` octets before it and at least `room` octets after it; nothing when the limit
  // is reached or the system is out of memory.
  [[nodiscard]] std::optional<PacketBuffer> take(std::size_t room, std::size_t headroom = kDefaultHeadroom);
  // A buffer holding a copy of `bytes`.
  [[nodiscard]] std::optional<PacketBuffer> copy(ByteView bytes, std::size_t headroom = kDefaultHeadroom);

  [[nodiscard]] std::size_t bytes_in_use() const;
  [[nodiscard]] std::size_t limit_bytes() const { return limit_bytes_; }
  void set_limit_bytes(std::size_t limit) { limit_bytes_ = limit; }

 private:
  std::shared_ptr<BufferStore> store_;
  std::size_t limit_bytes_;
};

}  // namespace fourtuple
