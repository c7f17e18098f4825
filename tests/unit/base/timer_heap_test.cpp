#include "stack/base/timer_heap.hpp"

#include <algorithm>
#include <array>
#include <deque>
#include <gtest/gtest.h>
#include <vector>

#include "stack/base/random.hpp"

namespace fourtuple {
namespace {

constexpr Instant at(std::int64_t nanoseconds) { return Instant(Duration(nanoseconds)); }

TEST(TimerHeap, HasNoDeadlineWhenEmpty) {
  TimerHeap heap;
  EXPECT_EQ(heap.next_deadline(), kNever);
  EXPECT_EQ(heap.pop_expired(at(1'000'000)), nullptr);
}

TEST(TimerHeap, GivesNodesOutInTheOrderOfTheirDeadlines) {
  TimerHeap heap;
  std::array<TimerNode, 5> nodes;
  for (const std::size_t i : {3U, 0U, 4U, 1U, 2U}) heap.schedule(nodes[i], at(static_cast<int>(i) * 10));
  for (auto& node : nodes) {
    EXPECT_EQ(heap.next_deadline(), node.deadline());
    EXPECT_EQ(heap.pop_expired(at(100)), &node);
    EXPECT_FALSE(node.is_scheduled());
    EXPECT_EQ(node.deadline(), kNever);
  }
  EXPECT_EQ(heap.size(), 0U);
}

TEST(TimerHeap, HoldsBackWhatIsNotYetDue) {
  TimerHeap heap;
  TimerNode node;
  heap.schedule(node, at(10));
  EXPECT_EQ(heap.pop_expired(at(9)), nullptr);
  EXPECT_EQ(heap.pop_expired(at(10)), &node);
}

TEST(TimerHeap, MovesADeadlineEitherWay) {
  TimerHeap heap;
  TimerNode early, moving;
  heap.schedule(early, at(10));
  heap.schedule(moving, at(20));
  heap.schedule(moving, at(5));
  EXPECT_EQ(heap.next_deadline(), at(5));
  heap.schedule(moving, at(30));
  EXPECT_EQ(heap.next_deadline(), at(10));
  EXPECT_EQ(heap.size(), 2U);
}

TEST(TimerHeap, ForgetsACancelledNode) {
  TimerHeap heap;
  TimerNode first, second;
  heap.schedule(first, at(10));
  heap.schedule(second, at(20));
  heap.cancel(first);
  EXPECT_FALSE(first.is_scheduled());
  EXPECT_EQ(heap.pop_expired(at(100)), &second);
  heap.cancel(first);  // again: nothing happens
  EXPECT_EQ(heap.size(), 0U);
}

TEST(TimerHeap, TakesNeverAsCancellation) {
  TimerHeap heap;
  TimerNode node;
  heap.schedule(node, kNever);
  EXPECT_FALSE(node.is_scheduled());
  heap.schedule(node, at(1));
  heap.schedule(node, kNever);
  EXPECT_FALSE(node.is_scheduled());
  EXPECT_EQ(heap.next_deadline(), kNever);
}

TEST(TimerHeap, GivesOutAllOfManyNodesWithTheSameDeadline) {
  TimerHeap heap;
  std::deque<TimerNode> nodes(50);
  for (auto& node : nodes) heap.schedule(node, at(7));
  for (std::size_t left = nodes.size(); left > 0; --left) EXPECT_NE(heap.pop_expired(at(7)), nullptr);
  EXPECT_EQ(heap.pop_expired(at(7)), nullptr);
}

// The model: a plain array of deadlines, searched from end to end.
class TimerModel {
 public:
  explicit TimerModel(std::size_t count) : nodes_(count), deadlines_(count, kNever) {}

  void schedule(std::size_t i, Instant deadline) {
    heap_.schedule(nodes_[i], deadline);
    deadlines_[i] = deadline;
    check();
  }

  void pop(Instant now) {
    TimerNode* const node = heap_.pop_expired(now);
    if (node == nullptr) {
      EXPECT_GT(earliest(), now);
      return;
    }
    const std::size_t i = index_of(node);
    EXPECT_LE(deadlines_[i], now);
    EXPECT_EQ(deadlines_[i], earliest());
    deadlines_[i] = kNever;
    check();
  }

 private:
  [[nodiscard]] Instant earliest() const { return *std::min_element(deadlines_.begin(), deadlines_.end()); }

  std::size_t index_of(const TimerNode* node) const {
    for (std::size_t i = 0; i < nodes_.size(); ++i) {
      if (&nodes_[i] == node) return i;
    }
    ADD_FAILURE() << "a node that nobody scheduled";
    return 0;
  }

  void check() const {
    EXPECT_EQ(heap_.next_deadline(), earliest());
    std::size_t scheduled = 0;
    for (std::size_t i = 0; i < nodes_.size(); ++i) {
      EXPECT_EQ(nodes_[i].deadline(), deadlines_[i]);
      scheduled += nodes_[i].is_scheduled() ? 1U : 0U;
    }
    EXPECT_EQ(heap_.size(), scheduled);
  }

  TimerHeap heap_;
  std::deque<TimerNode> nodes_;
  std::vector<Instant> deadlines_;
};

TEST(TimerHeap, AgreesWithALinearSearchOverManyRandomOperations) {
  RandomSource random = RandomSource::from_seed(5);
  TimerModel model(40);
  for (int i = 0; i < 20'000 && !testing::Test::HasFailure(); ++i) {
    const auto what = random.below(10);
    const Instant when = at(static_cast<std::int64_t>(random.below(200)));
    if (what < 3) {
      model.pop(when);
    } else {
      model.schedule(random.below(40), what == 3 ? kNever : when);
    }
  }
}

}  // namespace
}  // namespace fourtuple
