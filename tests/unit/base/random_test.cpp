#include "stack/base/random.hpp"

#include <array>
#include <gtest/gtest.h>
#include <set>

namespace fourtuple {
namespace {

TEST(RandomSource, GivesTheSameNumbersForTheSameSeed) {
  RandomSource one = RandomSource::from_seed(7);
  RandomSource other = RandomSource::from_seed(7);
  for (int i = 0; i < 100; ++i) {
    EXPECT_EQ(one.next(), other.next());
    EXPECT_EQ(one.secret(), other.secret());
  }
}

TEST(RandomSource, GivesOtherNumbersForAnotherSeed) {
  RandomSource one = RandomSource::from_seed(7);
  RandomSource other = RandomSource::from_seed(8);
  EXPECT_NE(one.next(), other.next());
  EXPECT_NE(one.secret(), other.secret());
}

// What a peer may see does not depend on how many secrets were drawn, and the other way round.
TEST(RandomSource, KeepsThePublicAndTheSecretStreamApart) {
  RandomSource quiet = RandomSource::from_seed(7);
  RandomSource busy = RandomSource::from_seed(7);
  for (int i = 0; i < 10; ++i) static_cast<void>(busy.secret());
  EXPECT_EQ(quiet.next(), busy.next());

  RandomSource chatty = RandomSource::from_seed(9);
  RandomSource silent = RandomSource::from_seed(9);
  for (int i = 0; i < 10; ++i) static_cast<void>(chatty.next());
  EXPECT_EQ(chatty.secret(), silent.secret());
}

// Two words of the seed key each stream.
TEST(RandomSource, DrawsEachStreamFromItsOwnHalfOfTheSeed) {
  const RandomSource::Seed seed{1, 2, 3, 4};
  for (std::size_t word = 0; word < seed.size(); ++word) {
    RandomSource::Seed other = seed;
    other[word] += 1;
    RandomSource one(seed);
    RandomSource changed(other);
    EXPECT_EQ(one.secret() != changed.secret(), word < 2) << word;
    EXPECT_EQ(one.next() != changed.next(), word >= 2) << word;
  }
}

TEST(RandomSource, DoesNotRepeatItself) {
  RandomSource random = RandomSource::from_seed(1);
  std::set<std::uint64_t> seen;
  for (int i = 0; i < 10'000; ++i) {
    seen.insert(random.next());
    seen.insert(random.secret());
  }
  EXPECT_EQ(seen.size(), 20'000U);
}

TEST(RandomSource, StaysBelowTheBound) {
  RandomSource random = RandomSource::from_seed(2);
  for (const std::uint64_t bound : {std::uint64_t{1}, std::uint64_t{2}, std::uint64_t{3}, std::uint64_t{28232},
                                    std::uint64_t{1} << 63, ~std::uint64_t{0}}) {
    for (int i = 0; i < 100; ++i) EXPECT_LT(random.below(bound), bound);
  }
}

TEST(RandomSource, ReachesEveryNumberBelowASmallBoundAboutEquallyOften) {
  RandomSource random = RandomSource::from_seed(3);
  std::array<int, 6> dice{};
  for (int i = 0; i < 6'000; ++i) ++dice[random.below(6)];
  for (const int count : dice) {
    EXPECT_GT(count, 850);
    EXPECT_LT(count, 1150);
  }
}

}  // namespace
}  // namespace fourtuple
