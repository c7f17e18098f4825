// Buffers that tune themselves are not what limits a transfer, as far as their bounds reach.
#include <gtest/gtest.h>

#include "tests/golden/table/transfer.hpp"

namespace fourtuple::golden {
namespace {

constexpr std::uint64_t kMegabyte = 1'000'000;

Circumstances over(const char* rules, std::uint64_t megabytes, std::size_t buffer_bytes = 0) {
  Circumstances given;
  given.rules = rules;
  given.octets = megabytes * kMegabyte;
  given.limit = std::chrono::seconds(60);
  given.buffer_bytes = buffer_bytes;
  return given;
}

// Mbit/s between two moments of one transfer: slow start is over.
double later_rate(const char* rules, std::uint64_t from, std::uint64_t until) {
  const auto seconds = [&](std::uint64_t megabytes) {
    return static_cast<double>(megabytes) * 8 / transfer(over(rules, megabytes)).megabits_per_second;
  };
  return static_cast<double>(until - from) * 8 / (seconds(until) - seconds(from));
}

TEST(TunedBuffers, FillALongPath) { EXPECT_GT(later_rate("rate 100mbit; queue 2000; delay 50ms", 15, 30), 90); }

TEST(TunedBuffers, FillALongFastPath) { EXPECT_GT(later_rate("rate 1000mbit; queue 9000; delay 25ms", 30, 60), 900); }

TEST(TunedBuffers, AreAsGoodAsLargeOnesFromTheBeginning) {
  for (const char* rules : {"rate 100mbit; queue 900; delay 50ms", "rate 1000mbit; queue 4500; delay 25ms"}) {
    const double large = transfer(over(rules, 20, std::size_t{32} << 20)).megabits_per_second;
    EXPECT_GT(transfer(over(rules, 20)).megabits_per_second, 0.9 * large) << rules;
  }
}

TEST(TunedBuffers, AreWhatMakesTheDifference) {
  Circumstances given = over("rate 1000mbit; queue 4500; delay 50ms", 40);
  const double tuned = transfer(given).megabits_per_second;
  given.tunes_buffers = false;
  EXPECT_LT(transfer(given).megabits_per_second, 0.5 * tuned);
}

TEST(TunedBuffers, OfSixtyFourMegabytesFillAPathThatNeedsThem) {
  const char* const rules = "rate 1000mbit; queue 20000; delay 200ms";
  const double large = transfer(over(rules, 150, std::size_t{64} << 20)).megabits_per_second;
  EXPECT_GT(large, 2 * transfer(over(rules, 50)).megabits_per_second);
}

TEST(TunedBuffers, WorkFromTinyOnes) {
  EXPECT_GT(transfer(over("rate 10mbit; queue 100; delay 10ms", 5, 4096)).megabits_per_second, 7);
}

}  // namespace
}  // namespace fourtuple::golden
