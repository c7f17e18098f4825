// How large a receive buffer should be, found by reading alone.
#include "stack/tcp/receive/window_tuning.hpp"

#include <gtest/gtest.h>

namespace fourtuple::test {
namespace {

using namespace std::chrono_literals;
using tcp::WindowTuning;

constexpr std::size_t kTunedSegment = 1460;
constexpr std::size_t kSlack = 16 * kTunedSegment;

struct WindowTuningTest : testing::Test {
  WindowTuningTest() {
    tuning.take_sample(100ms);
    static_cast<void>(tuning.wanted_after_read(read, kTunedSegment, now));  // the first read begins the measurement
  }
  // The application reads so much, so long after the last time.
  std::size_t reads(std::size_t bytes, Duration after) {
    now += after;
    read += static_cast<StreamOffset>(bytes);
    return tuning.wanted_after_read(read, kTunedSegment, now);
  }
  WindowTuning tuning;
  Instant now{1h};
  StreamOffset read = 1;
};

TEST_F(WindowTuningTest, WantsTwiceWhatIsReadInARoundTripAndRoomForSlowStart) {
  EXPECT_EQ(reads(100'000, 100ms), 200'000 + kSlack);
}

TEST_F(WindowTuningTest, SaysNothingBeforeARoundTripIsOver) {
  EXPECT_EQ(reads(100'000, 99ms), 0U);
  EXPECT_EQ(reads(0, 1ms), 200'000 + kSlack) << "both reads count";
}

TEST_F(WindowTuningTest, WantsMoreWhileTheRateRises) {
  reads(100'000, 100ms);
  EXPECT_EQ(reads(200'000, 100ms), 2 * (200'000 + 100'000) + kSlack) << "next comes what doubles again";
}

TEST_F(WindowTuningTest, DoesNotExtrapolateAJump) {
  reads(1000, 100ms);
  EXPECT_EQ(reads(200'000, 100ms), 2 * (200'000 + 2000) + kSlack);
}

TEST_F(WindowTuningTest, WantsNoExtraWhereTheRateStays) {
  reads(100'000, 100ms);
  EXPECT_EQ(reads(100'000, 100ms), 200'000 + kSlack);
  EXPECT_EQ(reads(50'000, 100ms), 100'000 + kSlack);
  EXPECT_EQ(tuning.bytes_per_round_trip(), 100'000U);
}

TEST_F(WindowTuningTest, CountsWhatASleeperReadsAtOnceAtItsRate) {
  EXPECT_EQ(reads(100'000, 1s), 2U * 10'000 + kSlack) << "in ten round trips";
}

TEST_F(WindowTuningTest, BelievesAShorterRoundTripAtOnceAndALongerOneByAnEighth) {
  tuning.take_sample(20ms);
  EXPECT_EQ(tuning.round_trip(), 20ms);
  tuning.take_sample(100ms);
  EXPECT_EQ(tuning.round_trip(), 30ms);
}

TEST(WindowTuningAlone, KnowsNothingWithoutARoundTrip) {
  WindowTuning tuning;
  tuning.take_sample(Duration::zero());
  EXPECT_EQ(tuning.wanted_after_read(1, kTunedSegment, Instant{1h}), 0U);
  EXPECT_EQ(tuning.wanted_after_read(1'000'001, kTunedSegment, Instant{2h}), 0U);
}

TEST(WindowTuningAlone, TakesTheTimeOfOneWindowForARoundTrip) {
  WindowTuning tuning;
  tuning.note_arrival(1, 10'001, Instant{1h});
  tuning.note_arrival(5'001, 15'001, Instant{1h + 30ms});
  EXPECT_EQ(tuning.round_trip(), 0ms);
  tuning.note_arrival(10'001, 20'001, Instant{1h + 50ms});
  EXPECT_EQ(tuning.round_trip(), 50ms);
  tuning.note_arrival(20'001, 30'001, Instant{1h + 10s});
  EXPECT_EQ(tuning.round_trip(), 50ms) << "the sender had nothing to send: a window takes a round trip at least";
}

}  // namespace
}  // namespace fourtuple::test
