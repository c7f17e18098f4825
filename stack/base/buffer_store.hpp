// The memory behind a BufferPool: hands storage out, takes it back, and keeps some for the next packet.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <mutex>

namespace fourtuple {

// Packet-sized blocks that go back and forth by the batch make a general allocator return memory to the system and
// fault it in again, page by page: measured, 24 us for a 64 KiB buffer instead of 0.1. So released blocks of the packet
// sizes are kept for the next packet, a bounded number of each. Any thread may call.
class BufferStore {
 public:
  static constexpr std::size_t kMaxKeptPerClass = 64;

  BufferStore() = default;
  BufferStore(const BufferStore&) = delete;
  BufferStore& operator=(const BufferStore&) = delete;
  ~BufferStore();

  // The size that storage for `octets` really gets: the next packet size (less than twice as much), or `octets`.
  [[nodiscard]] static std::size_t rounded(std::size_t octets);

  // `octets` is a rounded() size. nullptr when the system is out of memory.
  [[nodiscard]] std::uint8_t* take(std::size_t octets) noexcept;
  void give_back(std::uint8_t* storage, std::size_t octets) noexcept;

  std::atomic<std::size_t> in_use{0};  // octets handed out; what is kept for later does not count

 private:
  static constexpr std::size_t kClasses = 6;  // 2 KiB to 64 KiB, each with room for headers

  // A released block's first octets point to the next one.
  struct Kept {
    std::uint8_t* first = nullptr;
    std::size_t count = 0;
  };

  [[nodiscard]] static std::size_t class_of(std::size_t octets);

  std::mutex mutex_;
  std::array<Kept, kClasses> kept_;
};

}  // namespace fourtuple
