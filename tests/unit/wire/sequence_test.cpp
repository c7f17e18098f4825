#include "stack/wire/sequence.hpp"

#include <gtest/gtest.h>
#include <limits>

namespace fourtuple {
namespace {

constexpr std::int64_t kCircle = std::int64_t{1} << 32;
constexpr std::int64_t kHalf = std::int64_t{1} << 31;

TEST(SeqNum, AddsAroundTheCircle) {
  EXPECT_EQ(SeqNum{0xffffffff} + 1, SeqNum{0});
  EXPECT_EQ(SeqNum{5} - 10, SeqNum{0xfffffffb});
}

TEST(SeqNum, MeasuresDistanceTheShortWay) {
  EXPECT_EQ(distance(SeqNum{0xfffffff0}, SeqNum{0x10}), 0x20);
  EXPECT_EQ(distance(SeqNum{0x10}, SeqNum{0xfffffff0}), -0x20);
  EXPECT_EQ(distance(SeqNum{7}, SeqNum{7}), 0);
  EXPECT_EQ(distance(SeqNum{0}, SeqNum{0x7fffffff}), std::numeric_limits<std::int32_t>::max());
  EXPECT_EQ(distance(SeqNum{0}, SeqNum{0x80000000}), std::numeric_limits<std::int32_t>::min());
}

TEST(SeqNum, UnwrapsToTheOffsetNearestToWhereTheConnectionStands) {
  const SeqNum initial{0xfffffff0};
  EXPECT_EQ(unwrap(initial, initial, 0), 0);
  EXPECT_EQ(unwrap(SeqNum{0x10}, initial, 0), 0x20);
  EXPECT_EQ(unwrap(SeqNum{0xffffffe0}, initial, 0), -0x10);
  EXPECT_EQ(unwrap(SeqNum{0x10}, initial, kCircle), kCircle + 0x20);
  EXPECT_EQ(unwrap(SeqNum{0xffffffe0}, initial, 3 * kCircle), 3 * kCircle - 0x10);
}

// The corners of the circle for every one of its arguments: wrap and unwrap are inverse wherever the offset lies
// within half a circle of `near`.
TEST(SeqNum, UnwrapInvertsWrapAtEveryCorner) {
  constexpr std::int64_t kCorners[]{0, 1, 2, kHalf - 1, kHalf, kHalf + 1, kCircle - 2, kCircle - 1};
  for (const std::int64_t initial : kCorners) {
    for (const std::int64_t turn : {-1, 0, 1, 1'000'000}) {
      for (const std::int64_t corner : kCorners) {
        const StreamOffset near = turn * kCircle + corner;
        for (const std::int64_t step :
             {-kHalf, -kHalf + 1, std::int64_t{-1}, std::int64_t{0}, std::int64_t{1}, kHalf - 1}) {
          const SeqNum isn{static_cast<std::uint32_t>(initial)};
          ASSERT_EQ(unwrap(wrap(near + step, isn), isn, near), near + step)
              << "initial " << initial << " near " << near << " step " << step;
        }
      }
    }
  }
}

}  // namespace
}  // namespace fourtuple
