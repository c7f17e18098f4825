#include "stack/base/bounded_queue.hpp"

#include <gtest/gtest.h>
#include <memory>

namespace fourtuple {
namespace {

TEST(BoundedQueue, GivesBackInTheOrderTaken) {
  BoundedQueue<int> queue(100);
  EXPECT_TRUE(queue.push(1, 10));
  EXPECT_TRUE(queue.push(2, 20));
  EXPECT_EQ(queue.bytes(), 30U);
  EXPECT_EQ(queue.front(), 1);
  EXPECT_EQ(queue.pop(), 1);
  EXPECT_EQ(queue.pop(), 2);
  EXPECT_TRUE(queue.empty());
  EXPECT_EQ(queue.bytes(), 0U);
}

TEST(BoundedQueue, RefusesWhatGoesBeyondTheLimitAndTakesAgainAfterAPop) {
  BoundedQueue<int> queue(100);
  EXPECT_TRUE(queue.push(1, 60));
  EXPECT_FALSE(queue.push(2, 41));
  EXPECT_TRUE(queue.push(3, 40));
  EXPECT_EQ(queue.pop(), 1);
  EXPECT_TRUE(queue.push(4, 60));
  EXPECT_EQ(queue.size(), 2U);
}

TEST(BoundedQueue, TakesOneItemOfAnySizeWhenEmpty) {
  BoundedQueue<int> queue(10);
  EXPECT_TRUE(queue.push(1, 1000));
  EXPECT_FALSE(queue.push(2, 1));
}

TEST(BoundedQueue, KeepsWhatIsQueuedWhenTheLimitShrinks) {
  BoundedQueue<int> queue(100);
  EXPECT_TRUE(queue.push(1, 50));
  queue.set_limit_bytes(10);
  EXPECT_FALSE(queue.push(2, 1));
  EXPECT_EQ(queue.pop(), 1);
}

TEST(BoundedQueue, HoldsItemsThatCanOnlyMove) {
  BoundedQueue<std::unique_ptr<int>> queue(10);
  EXPECT_TRUE(queue.push(std::make_unique<int>(7), 1));
  EXPECT_EQ(*queue.pop(), 7);
}

}  // namespace
}  // namespace fourtuple
