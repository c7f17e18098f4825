// Text behind gaps, alone: against a plain model, and what many segments cost.
#include "stack/tcp/receive/reassembly.hpp"

#include <gtest/gtest.h>
#include <set>

#include "stack/base/random.hpp"

namespace fourtuple::test {
namespace {

using tcp::Reassembly;

struct ReassemblyTest : testing::Test {
  PacketBuffer piece(std::size_t size) {
    const std::vector<std::uint8_t> bytes(size);
    return std::move(*pool.copy(bytes, 0));
  }
  Reassembly::Outcome insert(StreamOffset begin, std::size_t size) {
    return queue.insert(begin, piece(size), max_blocks, 1U << 30).outcome;
  }
  BufferPool pool;
  Reassembly queue;
  std::size_t max_blocks = 1000;
};

TEST_F(ReassemblyTest, CountsARowOfSegmentsAsOneBlock) {
  max_blocks = 1;
  for (StreamOffset i = 0; i < 2000; ++i) ASSERT_EQ(insert(1001 + 1000 * i, 1000), Reassembly::Outcome::kHeld);
  EXPECT_EQ(queue.held_blocks(), 1U);
  EXPECT_EQ(queue.held_segments(), 2000U);
  EXPECT_EQ(insert(1, 500), Reassembly::Outcome::kFull) << "another block";
  EXPECT_EQ(insert(501, 500), Reassembly::Outcome::kHeld) << "the same block, longer";
}

TEST_F(ReassemblyTest, FillsAGapAlthoughNoMoreBlocksAreAllowed) {
  max_blocks = 2;
  insert(1000, 100);
  insert(2000, 100);
  EXPECT_EQ(insert(1100, 900), Reassembly::Outcome::kHeld);
  EXPECT_EQ(queue.held_blocks(), 1U);
  std::array<Reassembly::Block, 4> blocks{};
  ASSERT_EQ(queue.blocks(blocks), 1U);
  EXPECT_EQ(blocks[0].left, 1000);
  EXPECT_EQ(blocks[0].right, 2100);
}

TEST_F(ReassemblyTest, TellsTheBlockThatChangedLastFirst) {  // [RFC2018 4]
  for (const StreamOffset begin : {1000, 3000, 5000, 7000, 9000}) insert(begin, 100);
  insert(3100, 100);
  std::array<Reassembly::Block, 4> blocks{};
  ASSERT_EQ(queue.blocks(blocks), 4U);
  EXPECT_EQ(blocks[0].left, 3000);
  EXPECT_EQ(blocks[1].left, 9000);
  EXPECT_EQ(blocks[2].left, 7000);
  EXPECT_EQ(blocks[3].left, 5000);
}

TEST_F(ReassemblyTest, GivesBackAllMemory) {
  for (StreamOffset i = 0; i < 50; ++i) insert(100 + 200 * i, 150);
  EXPECT_GT(queue.held_memory(), 0U);
  for (StreamOffset i = 0; i < 50; ++i) EXPECT_TRUE(queue.take_at(100 + 200 * i));
  EXPECT_TRUE(queue.empty());
  EXPECT_EQ(queue.held_memory(), 0U);
  EXPECT_EQ(queue.held_blocks(), 0U);
}

// Random pieces against a set of octets.
TEST_F(ReassemblyTest, HoldsWhatAPlainModelHolds) {
  RandomSource random = RandomSource::from_seed(5);
  for (int round = 0; round < 300; ++round) {
    queue.clear();
    std::set<StreamOffset> known;
    for (int i = 0; i < 40; ++i) {
      const auto begin = static_cast<StreamOffset>(2 + random.below(300));
      const std::size_t size = 1 + random.below(60);
      const Reassembly::Outcome outcome = insert(begin, size);
      bool all_known = true;
      for (StreamOffset at = begin; at < begin + static_cast<StreamOffset>(size); ++at) {
        if (known.insert(at).second) all_known = false;
      }
      ASSERT_EQ(outcome == Reassembly::Outcome::kDuplicate, all_known);
      ASSERT_TRUE(queue.is_consistent());
      ASSERT_EQ(queue.held_bytes(), known.size());
    }
    StreamOffset next = 1;
    while (!known.empty()) {
      next = *known.begin();
      while (auto payload = queue.take_at(next)) {
        for (std::size_t i = 0; i < payload->size(); ++i) ASSERT_EQ(known.erase(next++), 1U);
        ASSERT_TRUE(queue.is_consistent());
      }
    }
    ASSERT_TRUE(queue.empty());
  }
}

}  // namespace
}  // namespace fourtuple::test
