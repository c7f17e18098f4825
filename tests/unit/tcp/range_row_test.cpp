// The row behind the scoreboard, against a plain vector.
#include "stack/tcp/send/range_row.hpp"

#include <gtest/gtest.h>
#include <vector>

#include "stack/base/random.hpp"

namespace fourtuple::test {
namespace {

TEST(RangeRow, IsAVectorWhateverHappensToIt) {
  RandomSource random = RandomSource::from_seed(3);
  tcp::RangeRow<int> row;
  std::vector<int> plain;
  for (int i = 0; i < 20'000; ++i) {
    const std::size_t at = plain.empty() ? 0 : random.below(plain.size());
    const auto place = plain.begin() + static_cast<std::ptrdiff_t>(at);
    switch (random.below(i % 2000 < 1000 ? 5 : 8)) {
      case 0:
      case 1:
      case 2:
        row.push_back(i);
        plain.push_back(i);
        break;
      case 3:
        row.insert(at, i);
        plain.insert(place, i);
        break;
      case 4:
        row.erase_front(at / 16);
        plain.erase(plain.begin(), plain.begin() + static_cast<std::ptrdiff_t>(at / 16));
        break;
      default:
        if (plain.empty()) break;
        row.erase(at);
        plain.erase(place);
    }
    ASSERT_EQ(row.size(), plain.size());
    if (plain.empty()) continue;
    ASSERT_EQ(row.back(), plain.back());
    const std::size_t look = random.below(plain.size());
    ASSERT_EQ(row[look], plain[look]);
    if (i % 100 != 0) continue;
    for (std::size_t k = 0; k < plain.size(); ++k) ASSERT_EQ(row[k], plain[k]);
  }
}

TEST(RangeRow, BeginsAnewWhenItWasCleared) {
  tcp::RangeRow<int> row;
  for (int i = 0; i < 100; ++i) row.insert(row.size() / 2, i);
  row.clear();
  EXPECT_EQ(row.size(), 0U);
  row.push_back(7);
  row.insert(0, 6);
  EXPECT_EQ(row[0], 6);
  EXPECT_EQ(row[1], 7);
}

}  // namespace
}  // namespace fourtuple::test
