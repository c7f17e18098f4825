// The sockets of one runtime by their owner numbers, which the stack hands back in notices.
#pragma once

#include <cstdint>
#include <vector>

#include "stack/runtime/turn.hpp"

namespace fourtuple {

// Numbers carry a generation, so a notice that is late finds nobody instead of a stranger.
class Registry {
 public:
  [[nodiscard]] OwnerId add(NoticeTarget& target) {
    if (free_.empty()) {
      free_.push_back(static_cast<std::uint32_t>(slots_.size()));
      slots_.emplace_back();
    }
    const std::uint32_t index = free_.back();
    free_.pop_back();
    slots_[index].target = &target;
    return OwnerId{slots_[index].generation} << 32 | index;
  }
  void remove(OwnerId owner) {
    if (find(owner) == nullptr) return;
    const auto index = static_cast<std::uint32_t>(owner);
    slots_[index].target = nullptr;
    ++slots_[index].generation;
    free_.push_back(index);
  }
  // nullptr for nobody.
  [[nodiscard]] NoticeTarget* find(OwnerId owner) const {
    const auto index = static_cast<std::uint32_t>(owner);
    if (index >= slots_.size() || slots_[index].generation != owner >> 32) return nullptr;
    return slots_[index].target;
  }
  [[nodiscard]] std::vector<NoticeTarget*> all() const {
    std::vector<NoticeTarget*> targets;
    for (const Slot& slot : slots_) {
      if (slot.target != nullptr) targets.push_back(slot.target);
    }
    return targets;
  }

 private:
  struct Slot {
    NoticeTarget* target = nullptr;
    std::uint32_t generation = 1;  // so that no owner number is 0
  };
  std::vector<Slot> slots_;
  std::vector<std::uint32_t> free_;
};

}  // namespace fourtuple
