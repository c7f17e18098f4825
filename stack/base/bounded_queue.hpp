// A first-in first-out queue with a bound on the octets that its items cost.
#pragma once

#include <cstddef>
#include <deque>
#include <utility>

namespace fourtuple {

template <class Item>
class BoundedQueue {
 public:
  explicit BoundedQueue(std::size_t limit_bytes) : limit_bytes_(limit_bytes) {}

  // False, and the item is lost, where it does not fit. An empty queue takes any one item, so that a limit below the
  // size of one item does not mean silence.
  [[nodiscard]] bool push(Item item, std::size_t cost_bytes) {
    if (!items_.empty() && bytes_ + cost_bytes > limit_bytes_) return false;
    bytes_ += cost_bytes;
    items_.emplace_back(std::move(item), cost_bytes);
    return true;
  }
  // Precondition: !empty().
  [[nodiscard]] const Item& front() const { return items_.front().first; }
  [[nodiscard]] Item pop() {
    Item item = std::move(items_.front().first);
    bytes_ -= items_.front().second;
    items_.pop_front();
    return item;
  }

  [[nodiscard]] bool empty() const { return items_.empty(); }
  [[nodiscard]] std::size_t size() const { return items_.size(); }
  [[nodiscard]] std::size_t bytes() const { return bytes_; }
  // Counts for later items; what is queued stays.
  void set_limit_bytes(std::size_t limit) { limit_bytes_ = limit; }

 private:
  std::deque<std::pair<Item, std::size_t>> items_;
  std::size_t bytes_ = 0;
  std::size_t limit_bytes_;
};

}  // namespace fourtuple
