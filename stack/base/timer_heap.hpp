// Deadlines of many owners in one intrusive 4-ary heap: O(log n) to move a deadline, nothing while idle.
#pragma once

#include <cstddef>
#include <vector>

#include "stack/base/time.hpp"

namespace fourtuple {

// One owner's place in a heap. Derive from it, or hold one; it must not move or die while scheduled.
class TimerNode {
 public:
  TimerNode() = default;
  TimerNode(const TimerNode&) = delete;
  TimerNode& operator=(const TimerNode&) = delete;

  [[nodiscard]] bool is_scheduled() const { return index_ != kUnscheduled; }
  [[nodiscard]] Instant deadline() const { return deadline_; }

 private:
  friend class TimerHeap;
  static constexpr std::size_t kUnscheduled = static_cast<std::size_t>(-1);

  Instant deadline_ = kNever;
  std::size_t index_ = kUnscheduled;
};

class TimerHeap {
 public:
  // Moves `node` to `deadline`; kNever takes it out. Nodes of equal deadline leave in no particular, but
  // reproducible, order.
  void schedule(TimerNode& node, Instant deadline);
  void cancel(TimerNode& node) { schedule(node, kNever); }

  // kNever when empty.
  [[nodiscard]] Instant next_deadline() const { return nodes_.empty() ? kNever : nodes_.front()->deadline_; }
  // Takes out and returns the earliest node due at `now`, or nullptr.
  [[nodiscard]] TimerNode* pop_expired(Instant now);
  [[nodiscard]] std::size_t size() const { return nodes_.size(); }

 private:
  void remove(TimerNode& node);
  void sift_up(std::size_t index);
  void sift_down(std::size_t index);
  void place(TimerNode* node, std::size_t index);

  std::vector<TimerNode*> nodes_;
};

}  // namespace fourtuple
