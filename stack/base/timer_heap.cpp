#include "stack/base/timer_heap.hpp"

#include <algorithm>

namespace fourtuple {
namespace {
constexpr std::size_t kArity = 4;
}

void TimerHeap::place(TimerNode* node, std::size_t index) {
  nodes_[index] = node;
  node->index_ = index;
}

void TimerHeap::schedule(TimerNode& node, Instant deadline) {
  if (deadline == kNever) {
    if (node.is_scheduled()) remove(node);
    return;
  }
  if (!node.is_scheduled()) {
    node.deadline_ = deadline;
    nodes_.push_back(&node);
    node.index_ = nodes_.size() - 1;
    sift_up(node.index_);
    return;
  }
  const bool earlier = deadline < node.deadline_;
  node.deadline_ = deadline;
  if (earlier) {
    sift_up(node.index_);
  } else {
    sift_down(node.index_);
  }
}

void TimerHeap::remove(TimerNode& node) {
  const std::size_t hole = node.index_;
  TimerNode* const last = nodes_.back();
  nodes_.pop_back();
  node.index_ = TimerNode::kUnscheduled;
  node.deadline_ = kNever;
  if (last == &node) return;
  place(last, hole);
  sift_up(hole);
  sift_down(last->index_);
}

TimerNode* TimerHeap::pop_expired(Instant now) {
  if (nodes_.empty() || nodes_.front()->deadline_ > now) return nullptr;
  TimerNode* const node = nodes_.front();
  remove(*node);
  return node;
}

void TimerHeap::sift_up(std::size_t index) {
  TimerNode* const node = nodes_[index];
  while (index > 0) {
    const std::size_t parent = (index - 1) / kArity;
    if (nodes_[parent]->deadline_ <= node->deadline_) break;
    place(nodes_[parent], index);
    index = parent;
  }
  place(node, index);
}

void TimerHeap::sift_down(std::size_t index) {
  TimerNode* const node = nodes_[index];
  for (;;) {
    const std::size_t first = index * kArity + 1;
    if (first >= nodes_.size()) break;
    std::size_t least = first;
    for (std::size_t child = first + 1; child < std::min(first + kArity, nodes_.size()); ++child) {
      if (nodes_[child]->deadline_ < nodes_[least]->deadline_) least = child;
    }
    if (nodes_[least]->deadline_ >= node->deadline_) break;
    place(nodes_[least], index);
    index = least;
  }
  place(node, index);
}

}  // namespace fourtuple
