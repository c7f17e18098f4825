// Objects behind handles that carry a generation: a stale handle finds nothing, never a stranger.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

namespace fourtuple::tcp {

template <class Object>
class SlotMap {
 public:
  // A handle for an object that put() will store.
  [[nodiscard]] std::uint64_t reserve() {
    if (free_.empty()) {
      free_.push_back(static_cast<std::uint32_t>(slots_.size()));
      slots_.emplace_back();
    }
    const std::uint32_t index = free_.back();
    return std::uint64_t{slots_[index].generation} << 32 | (std::uint64_t{index} + 1);
  }
  // Precondition: `handle` is what reserve() answered last.
  Object* put(std::uint64_t handle, std::unique_ptr<Object> object) {
    free_.pop_back();
    Slot& slot = slots_[index_of(handle)];
    slot.object = std::move(object);
    ++size_;
    return slot.object.get();
  }
  [[nodiscard]] Object* find(std::uint64_t handle) const {
    const std::uint32_t index = index_of(handle);
    if ((handle & 0xffffffff) == 0 || index >= slots_.size()) return nullptr;
    const Slot& slot = slots_[index];
    return slot.generation == handle >> 32 ? slot.object.get() : nullptr;
  }
  void erase(std::uint64_t handle) {
    if (find(handle) == nullptr) return;
    Slot& slot = slots_[index_of(handle)];
    slot.object.reset();
    ++slot.generation;
    --size_;
    free_.push_back(index_of(handle));
  }
  template <class Visit>
  void for_each(Visit&& visit) const {
    for (const Slot& slot : slots_) {
      if (slot.object) visit(*slot.object);
    }
  }
  [[nodiscard]] std::size_t size() const { return size_; }

 private:
  struct Slot {
    std::unique_ptr<Object> object;
    std::uint32_t generation = 1;
  };
  static std::uint32_t index_of(std::uint64_t handle) { return static_cast<std::uint32_t>(handle & 0xffffffff) - 1; }

  std::vector<Slot> slots_;
  std::vector<std::uint32_t> free_;
  std::size_t size_ = 0;
};

}  // namespace fourtuple::tcp
