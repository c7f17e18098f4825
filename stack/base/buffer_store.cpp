#include "stack/base/buffer_store.hpp"

#include <cstring>
#include <new>

namespace fourtuple {
namespace {

constexpr std::size_t kSmallestClass = 2048;
constexpr std::size_t kClassHeadroom = 256;
// Below this a general allocator is as quick, and rounding up would double what is held.
constexpr std::size_t kSmallestRounded = 1536;

// Recycled storage would hide a use after release from the sanitizer.
#if defined(__SANITIZE_ADDRESS__)
constexpr bool kRecycles = false;
#elif defined(__has_feature)
constexpr bool kRecycles = !__has_feature(address_sanitizer);
#else
constexpr bool kRecycles = true;
#endif

constexpr std::size_t class_size(std::size_t index) { return (kSmallestClass << index) + kClassHeadroom; }

}  // namespace

BufferStore::~BufferStore() {
  for (Kept& kept : kept_) {
    while (kept.first != nullptr) {
      std::uint8_t* const block = kept.first;
      std::memcpy(&kept.first, block, sizeof(kept.first));
      ::operator delete(block);
    }
  }
}

std::size_t BufferStore::rounded(std::size_t octets) {
  if (octets < kSmallestRounded) return octets;
  for (std::size_t index = 0; index < kClasses; ++index) {
    if (octets <= class_size(index)) return class_size(index);
  }
  return octets;
}

// kClasses for sizes that are not kept.
std::size_t BufferStore::class_of(std::size_t octets) {
  std::size_t index = 0;
  while (index < kClasses && class_size(index) != octets) ++index;
  return kRecycles ? index : kClasses;
}

std::uint8_t* BufferStore::take(std::size_t octets) noexcept {
  if (const std::size_t index = class_of(octets); index < kClasses) {
    const std::lock_guard lock(mutex_);
    Kept& kept = kept_[index];
    if (std::uint8_t* const block = kept.first; block != nullptr) {
      std::memcpy(&kept.first, block, sizeof(kept.first));
      --kept.count;
      return block;
    }
  }
  return static_cast<std::uint8_t*>(::operator new(octets, std::nothrow));
}

void BufferStore::give_back(std::uint8_t* storage, std::size_t octets) noexcept {
  if (const std::size_t index = class_of(octets); index < kClasses) {
    const std::lock_guard lock(mutex_);
    Kept& kept = kept_[index];
    if (kept.count < kMaxKeptPerClass) {
      std::memcpy(storage, &kept.first, sizeof(kept.first));
      kept.first = storage;
      ++kept.count;
      return;
    }
  }
  ::operator delete(storage);
}

}  // namespace fourtuple
