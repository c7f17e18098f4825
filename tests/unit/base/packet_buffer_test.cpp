#include "stack/base/packet_buffer.hpp"

#include <algorithm>
#include <array>
#include <gtest/gtest.h>
#include <thread>
#include <vector>

namespace fourtuple {
namespace {

constexpr std::array<std::uint8_t, 4> kFour{1, 2, 3, 4};

std::vector<std::uint8_t> content(const PacketBuffer& buffer) { return {buffer.bytes().begin(), buffer.bytes().end()}; }

TEST(PacketBuffer, IsNothingByDefault) {
  const PacketBuffer buffer;
  EXPECT_FALSE(buffer);
  EXPECT_TRUE(buffer.empty());
  EXPECT_EQ(buffer.capacity(), 0U);
}

TEST(PacketBuffer, StartsEmptyWithTheRoomAskedFor) {
  BufferPool pool;
  const auto buffer = pool.take(100, 40);
  ASSERT_TRUE(buffer);
  EXPECT_TRUE(*buffer);
  EXPECT_TRUE(buffer->empty());
  EXPECT_EQ(buffer->headroom(), 40U);
  EXPECT_GE(buffer->tailroom(), 100U);
}

TEST(PacketBuffer, GrowsAtBothEndsAroundItsBytes) {
  BufferPool pool;
  auto buffer = pool.copy(kFour, 2);
  ASSERT_TRUE(buffer);
  std::ranges::copy(std::array<std::uint8_t, 2>{8, 9}, buffer->prepend(2).begin());
  EXPECT_EQ(content(*buffer), (std::vector<std::uint8_t>{8, 9, 1, 2, 3, 4}));
  EXPECT_EQ(buffer->headroom(), 0U);
}

TEST(PacketBuffer, AppendsAfterItsBytes) {
  BufferPool pool;
  auto buffer = pool.take(6, 0);
  std::ranges::copy(kFour, buffer->append(4).begin());
  std::ranges::copy(std::array<std::uint8_t, 2>{5, 6}, buffer->append(2).begin());
  EXPECT_EQ(content(*buffer), (std::vector<std::uint8_t>{1, 2, 3, 4, 5, 6}));
  EXPECT_EQ(buffer->tailroom(), buffer->capacity() - 6);
}

TEST(PacketBuffer, ShrinksAtBothEnds) {
  BufferPool pool;
  auto buffer = pool.copy(kFour, 10);
  buffer->remove_front(1);
  buffer->remove_back(1);
  EXPECT_EQ(content(*buffer), (std::vector<std::uint8_t>{2, 3}));
  EXPECT_EQ(buffer->headroom(), 11U);
  EXPECT_EQ(buffer->tailroom(), buffer->capacity() - 13);
}

TEST(PacketBuffer, ShowsTheRangeItWasResetTo) {
  BufferPool pool;
  auto buffer = pool.copy(kFour, 0);
  buffer->reset(1, 2);
  EXPECT_EQ(content(*buffer), (std::vector<std::uint8_t>{2, 3}));
}

TEST(PacketBuffer, MovesWithItsBytesAndOffloadAndLeavesNothingBehind) {
  BufferPool pool;
  auto source = pool.copy(kFour, 5);
  source->offload.gso_size = 1460;
  const PacketBuffer moved = std::move(*source);
  EXPECT_EQ(content(moved), (std::vector<std::uint8_t>{1, 2, 3, 4}));
  EXPECT_EQ(moved.offload.gso_size, 1460);
  EXPECT_FALSE(*source);  // NOLINT(bugprone-use-after-move): what is left behind is the subject
  EXPECT_EQ(source->size(), 0U);
}

TEST(PacketBuffer, ReleasesItsOldBytesWhenAssignedTo) {
  BufferPool pool;
  auto target = pool.take(1000, 0);
  auto source = pool.copy(kFour, 0);
  *target = std::move(*source);
  EXPECT_EQ(content(*target), (std::vector<std::uint8_t>{1, 2, 3, 4}));
  EXPECT_LT(pool.bytes_in_use(), 1000U);
}

TEST(PacketBuffer, SurvivesAssignmentToItself) {
  BufferPool pool;
  auto buffer = pool.copy(kFour, 0);
  PacketBuffer& same = *buffer;
  *buffer = std::move(same);
  EXPECT_EQ(content(*buffer), (std::vector<std::uint8_t>{1, 2, 3, 4}));
}

TEST(BufferPool, CopiesAnEmptyPacket) {
  BufferPool pool;
  const auto buffer = pool.copy({}, 3);
  ASSERT_TRUE(buffer);
  EXPECT_TRUE(buffer->empty());
  EXPECT_EQ(buffer->headroom(), 3U);
}

TEST(BufferPool, CountsWhatIsOutAndForgetsWhatComesBack) {
  BufferPool pool;
  {
    const auto one = pool.take(100, 0);
    const auto other = pool.take(200, 0);
    EXPECT_GE(pool.bytes_in_use(), 300U);
  }
  EXPECT_EQ(pool.bytes_in_use(), 0U);
}

TEST(BufferPool, RefusesBeyondItsLimitAndRecovers) {
  BufferPool pool(1000);
  {
    const auto held = pool.take(900, 0);
    ASSERT_TRUE(held);
    EXPECT_FALSE(pool.take(900, 0));
  }
  EXPECT_TRUE(pool.take(900, 0));
}

TEST(BufferPool, RefusalCostsNothing) {
  BufferPool pool(1000);
  for (int i = 0; i < 10; ++i) EXPECT_FALSE(pool.take(2000, 0));
  EXPECT_EQ(pool.bytes_in_use(), 0U);
}

TEST(BufferPool, TakesANewLimit) {
  BufferPool pool(0);
  EXPECT_FALSE(pool.take(1, 0));
  pool.set_limit_bytes(10'000);
  EXPECT_EQ(pool.limit_bytes(), 10'000U);
  EXPECT_TRUE(pool.take(1, 0));
}

TEST(BufferPool, MayGoAwayBeforeItsBuffers) {
  std::optional<PacketBuffer> buffer;
  {
    BufferPool pool;
    buffer = pool.copy(kFour);
  }
  EXPECT_EQ(content(*buffer), (std::vector<std::uint8_t>{1, 2, 3, 4}));
  buffer.reset();
}

TEST(BufferPool, KeepsNoMoreThanTwiceWhatWasAskedFor) {
  BufferPool pool;
  for (std::size_t room = 1; room <= 70'000; room += 61) {
    const auto buffer = pool.take(room);
    ASSERT_TRUE(buffer);
    ASSERT_GE(buffer->tailroom(), room);
    ASSERT_LT(buffer->capacity(), 2 * (room + BufferPool::kDefaultHeadroom)) << room;
  }
}

TEST(BufferPool, GivesReleasedStorageToTheNextPacketUnmixed) {
  BufferPool pool;
  for (int round = 0; round < 3; ++round) {
    std::vector<PacketBuffer> out;
    for (std::uint8_t i = 0; i < 200; ++i) {
      out.push_back(*pool.copy(std::vector<std::uint8_t>(1500 + std::size_t{i} * 300, i)));
    }
    for (std::uint8_t i = 0; i < 200; ++i) {
      const auto bytes = out[i].bytes();
      ASSERT_TRUE(std::ranges::all_of(bytes, [i](std::uint8_t octet) { return octet == i; }));
    }
  }
  EXPECT_EQ(pool.bytes_in_use(), 0U);
}

TEST(BufferPool, TakesStorageBackOnOtherThreads) {
  BufferPool pool;
  std::vector<std::jthread> threads;
  for (int thread = 0; thread < 4; ++thread) {
    threads.emplace_back([&pool] {
      for (int i = 0; i < 2000; ++i) {
        auto buffer = pool.take(i % 2 == 0 ? 2000 : 60'000);
        ASSERT_TRUE(buffer);
        buffer->append(1)[0] = 1;
      }
    });
  }
  threads.clear();
  EXPECT_EQ(pool.bytes_in_use(), 0U);
}

TEST(BufferPool, HoldsEveryHeaderOfOursInItsDefaultHeadroom) {
  EXPECT_GE(BufferPool::kDefaultHeadroom, 14U + 60U + 60U);
}

}  // namespace
}  // namespace fourtuple
