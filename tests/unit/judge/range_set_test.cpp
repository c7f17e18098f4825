#include <gtest/gtest.h>

#include "stack/judge/endpoint.hpp"

namespace fourtuple::judge {
namespace {

using Ranges = std::map<StreamOffset, StreamOffset>;

TEST(RangeSet, MergesRangesThatMeet) {
  RangeSet set;
  set.add(10, 20);
  set.add(30, 40);
  EXPECT_EQ(set.ranges(), (Ranges{{10, 20}, {30, 40}}));
  set.add(20, 30);
  EXPECT_EQ(set.ranges(), (Ranges{{10, 40}}));
  set.add(5, 100);
  EXPECT_EQ(set.ranges(), (Ranges{{5, 100}}));
  set.add(7, 7);
  set.add(50, 60);
  EXPECT_EQ(set.ranges(), (Ranges{{5, 100}}));
}

TEST(RangeSet, TellsWhatItCoversAndTouches) {
  RangeSet set;
  set.add(10, 20);
  set.add(30, 40);
  EXPECT_TRUE(set.covers(10, 20));
  EXPECT_TRUE(set.covers(12, 15));
  EXPECT_FALSE(set.covers(10, 21));
  EXPECT_FALSE(set.covers(9, 20));
  EXPECT_FALSE(set.covers(15, 35));
  EXPECT_TRUE(set.touches(15, 35));
  EXPECT_TRUE(set.touches(0, 11));
  EXPECT_TRUE(set.touches(39, 50));
  EXPECT_FALSE(set.touches(20, 30));
  EXPECT_FALSE(set.touches(0, 10));
  EXPECT_FALSE(set.touches(40, 50));
}

TEST(RangeSet, FindsTheFirstOffsetThatIsMissing) {
  RangeSet set;
  EXPECT_EQ(set.contiguous_end(0), 0);
  EXPECT_EQ(set.highest(), 0);
  set.add(0, 5);
  set.add(7, 9);
  EXPECT_EQ(set.contiguous_end(0), 5);
  EXPECT_EQ(set.contiguous_end(5), 5);
  EXPECT_EQ(set.contiguous_end(8), 9);
  EXPECT_EQ(set.highest(), 9);
}

TEST(RangeSet, StaysBoundedAndSaysThatItForgot) {
  RangeSet set;
  for (StreamOffset i = 0; i < 5000; ++i) set.add(2 * i, 2 * i + 1);
  EXPECT_EQ(set.size(), RangeSet::kMaxRanges);
  EXPECT_TRUE(set.merged_by_force());
  EXPECT_EQ(set.highest(), 9999);
}

}  // namespace
}  // namespace fourtuple::judge
