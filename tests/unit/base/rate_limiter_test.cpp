#include "stack/base/rate_limiter.hpp"

#include <gtest/gtest.h>

#include "stack/base/random.hpp"

namespace fourtuple {
namespace {

constexpr Instant kStart = Instant(1000s);

int allowed_at(RateLimiter& limiter, Instant now, int attempts) {
  int count = 0;
  for (int i = 0; i < attempts; ++i) count += limiter.allow(now) ? 1 : 0;
  return count;
}

TEST(RateLimiter, AllowsTheBurstAtOnceAndNoMore) {
  RateLimiter limiter(10, 5);
  EXPECT_EQ(allowed_at(limiter, kStart, 100), 5);
}

TEST(RateLimiter, RefillsOneTokenPerInterval) {
  RateLimiter limiter(10, 5);
  allowed_at(limiter, kStart, 100);
  EXPECT_EQ(allowed_at(limiter, kStart + 99ms, 10), 0);
  EXPECT_EQ(allowed_at(limiter, kStart + 100ms, 10), 1);
  EXPECT_EQ(allowed_at(limiter, kStart + 300ms, 10), 2);
}

TEST(RateLimiter, DoesNotSaveUpMoreThanTheBurst) {
  RateLimiter limiter(10, 5);
  allowed_at(limiter, kStart, 100);
  EXPECT_EQ(allowed_at(limiter, kStart + 1h, 100), 5);
}

TEST(RateLimiter, AllowsNothingAtRateZeroOrBurstZero) {
  RateLimiter no_rate(0, 5);
  RateLimiter no_burst(10, 0);
  EXPECT_EQ(allowed_at(no_rate, kStart, 10), 0);
  EXPECT_EQ(allowed_at(no_burst, kStart, 10), 0);
}

TEST(RateLimiter, WorksFromTheEpochOfItsClock) {
  RateLimiter limiter(10, 2);
  EXPECT_EQ(allowed_at(limiter, Instant{}, 10), 2);
}

// Whatever the pattern of attempts: in any stretch of time no more than burst + rate * time.
TEST(RateLimiter, NeverExceedsRateAndBurstOverManyRandomAttempts) {
  RateLimiter limiter(100, 20);
  RandomSource random = RandomSource::from_seed(4);
  Instant now = kStart;
  int allowed = 0;
  for (int i = 0; i < 20'000; ++i) {
    now += std::chrono::microseconds(random.below(4'000));
    allowed += limiter.allow(now) ? 1 : 0;
  }
  const double seconds = std::chrono::duration<double>(now - kStart).count();
  EXPECT_LE(allowed, 20 + 100 * seconds + 1);
  EXPECT_GE(allowed, 99 * seconds);
}

}  // namespace
}  // namespace fourtuple
