// Objects behind handles that carry a generation: a stale handle finds nothing, never a stranger.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

namespace fourtuple {

// Objects do not move while they live. Handles are never 0.
template <class Value>
class SlotTable {
 public:
  std::uint64_t add(std::unique_ptr<Value> value) {
    if (free_.empty()) {
      free_.push_back(static_cast<std::uint32_t>(slots_.size()));
      slots_.emplace_back();
    }
    const std::uint32_t index = free_.back();
    free_.pop_back();
    slots_[index].value = std::move(value);
    ++size_;
    return std::uint64_t{slots_[index].generation} << 32 | index;
  }

  // nullptr for a handle that is stale or was never given out.
  [[nodiscard]] Value* find(std::uint64_t handle) const {
    const auto index = static_cast<std::uint32_t>(handle);
    if (index >= slots_.size() || slots_[index].generation != handle >> 32) return nullptr;
    return slots_[index].value.get();
  }

  void remove(std::uint64_t handle) {
    if (find(handle) == nullptr) return;
    Slot& slot = slots_[static_cast<std::uint32_t>(handle)];
    slot.value.reset();
    if (++slot.generation == 0) slot.generation = 1;
    free_.push_back(static_cast<std::uint32_t>(handle));
    --size_;
  }

  [[nodiscard]] std::size_t size() const { return size_; }

  // By slot: an order that follows from the calls alone.
  template <class Visit>
  void for_each(Visit&& visit) const {
    for (const Slot& slot : slots_) {
      if (slot.value) visit(*slot.value);
    }
  }

 private:
  struct Slot {
    std::uint32_t generation = 1;
    std::unique_ptr<Value> value;
  };
  std::vector<Slot> slots_;
  std::vector<std::uint32_t> free_;
  std::size_t size_ = 0;
};

}  // namespace fourtuple
