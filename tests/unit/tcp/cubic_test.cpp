// CUBIC and HyStart++ by themselves: hand-made events, no connection.
#include "stack/tcp/congestion/cubic.hpp"

#include <cmath>
#include <gtest/gtest.h>

namespace fourtuple::tcp {
namespace {

using namespace std::chrono_literals;

constexpr std::uint32_t kMss = 1000;

// A sender that always has something to send, on a path with a constant round trip: every round delivers the window.
class Path {
 public:
  explicit Path(Cubic& cubic, Duration rtt = 100ms) : cubic_(cubic), rtt_(rtt) {}

  void round(bool window_was_used = true) {
    const std::uint64_t flight = cubic_.window();
    cubic_.on_sent({now_, flight, flight});
    now_ += rtt_;
    for (std::uint64_t left = flight; left > 0;) {
      const std::uint64_t bytes = std::min<std::uint64_t>(left, 2 * kMss);
      cubic_.on_acked({now_, bytes, flight, rtt_, false, window_was_used});
      left -= bytes;
    }
  }
  void rounds(int count) {
    for (int i = 0; i < count; ++i) round();
  }
  void lose() { cubic_.on_loss({now_, cubic_.window()}); }
  void time_out() { cubic_.on_timeout({now_, cubic_.window()}, true); }
  void set_rtt(Duration rtt) { rtt_ = rtt; }
  void pass(Duration span) { now_ += span; }

 private:
  Cubic& cubic_;
  Duration rtt_;
  Instant now_{1h};
};

double segments(const Cubic& cubic) { return static_cast<double>(cubic.window()) / kMss; }

TEST(Cubic, DoublesEachRoundInSlowStart) {  // [RFC5681 3.1]
  Cubic cubic(kMss, 10);
  Path path(cubic);
  path.round();
  EXPECT_EQ(cubic.window(), 20 * kMss);
  path.rounds(2);
  EXPECT_EQ(cubic.window(), 80 * kMss);
}

TEST(Cubic, KeepsSevenTenthsAfterALoss) {  // [RFC9438 4.6, 5.1]
  Cubic cubic(kMss, 100);
  Path path(cubic);
  path.lose();
  EXPECT_EQ(cubic.window(), 70 * kMss);
  EXPECT_EQ(cubic.threshold(), 70 * kMss);
}

TEST(Cubic, IsBackWhereTheLossWasAfterKSeconds) {  // [RFC9438 4.2, 5.8]
  Cubic cubic(kMss, 1000);
  Path path(cubic, 100ms);
  path.lose();
  const double k = std::cbrt(1000 * (1 - Cubic::kBeta) / Cubic::kC);  // 9.1 s
  path.rounds(static_cast<int>(k * 10 / 2));
  const double half_way = segments(cubic);
  EXPECT_GT(half_way, 930);  // concave: most of the way in the first half of the time
  path.rounds(static_cast<int>(k * 10 / 2));
  EXPECT_NEAR(segments(cubic), 1000, 10);
  path.rounds(20);
  const double flat = segments(cubic) - 1000;
  path.rounds(40);
  EXPECT_GT(segments(cubic) - 1000, 6 * flat);  // convex: ever faster
}

TEST(Cubic, DependsOnTimeAndNotOnRoundTrips) {
  Cubic near(kMss, 1000);
  Cubic far(kMss, 1000);
  Path near_path(near, 50ms);
  Path far_path(far, 200ms);
  near_path.lose();
  far_path.lose();
  near_path.rounds(80);
  far_path.rounds(20);
  EXPECT_NEAR(segments(near), segments(far), 15);
}

TEST(Cubic, AimsLowerAfterTwoLossesInARow) {  // [RFC9438 4.7]
  Cubic cubic(kMss, 1000);
  Path path(cubic);
  path.lose();  // W_max 1000
  path.lose();  // at 700: W_max becomes 595 * ...
  const double k = std::cbrt((700 * (1 + Cubic::kBeta) / 2 - 490) / Cubic::kC);
  path.rounds(static_cast<int>(k * 10));
  EXPECT_NEAR(segments(cubic), 700 * (1 + Cubic::kBeta) / 2, 8);
}

TEST(Cubic, IsNeverSlowerThanReno) {  // [RFC9438 4.3]
  Cubic cubic(kMss, 10);
  Path path(cubic, 5ms);
  path.lose();
  // On a short path the cube hardly moves; Reno with this beta gains alpha segments a round, and one a round beyond the
  // window of the loss.
  path.rounds(6);
  EXPECT_NEAR(segments(cubic), 7 + 6 * Cubic::kAlpha, 0.5);
  const double before = segments(cubic);
  path.rounds(20);
  EXPECT_GT(segments(cubic), before + 12);
}

TEST(Cubic, StartsAgainFromOneSegmentAfterATimeout) {  // [RFC9438 4.8, 4.10]
  Cubic cubic(kMss, 100);
  Path path(cubic);
  path.time_out();
  EXPECT_EQ(cubic.window(), kMss);
  EXPECT_EQ(cubic.threshold(), 70 * kMss);
  cubic.on_timeout({Instant(2h), cubic.window()}, false);
  EXPECT_EQ(cubic.threshold(), 70 * kMss);  // the same segment again is no news
  path.rounds(7);
  EXPECT_GE(cubic.window(), 70 * kMss);
}

TEST(Cubic, DoesNotGrowWhileTheApplicationIsTheLimit) {  // [RFC9438 4.2] [RFC7661]
  Cubic cubic(kMss, 1000);
  Path path(cubic);
  path.lose();
  path.rounds(3);
  const std::uint64_t before = cubic.window();
  for (int i = 0; i < 100; ++i) path.round(false);
  EXPECT_EQ(cubic.window(), before);
  path.round();
  EXPECT_LT(cubic.window() - before, 60 * kMss);  // the cube's clock stood still meanwhile
}

TEST(Cubic, TakesALossBackThatWasNone) {  // [RFC9438 4.9]
  Cubic cubic(kMss, 1000);
  Path path(cubic);
  path.lose();
  path.rounds(30);
  const std::uint64_t before = cubic.window();
  const std::uint64_t threshold = cubic.threshold();
  path.lose();
  EXPECT_LT(cubic.window(), before);
  cubic.undo();
  EXPECT_EQ(cubic.window(), before);
  EXPECT_EQ(cubic.threshold(), threshold);
  path.rounds(60);  // on along the cube that began with the first loss
  EXPECT_NEAR(segments(cubic), 1000, 10);
}

TEST(Cubic, GoesBackToTheInitialWindowAfterIdling) {  // [RFC5681 4.1]
  Cubic cubic(kMss, 10);
  Path path(cubic);
  path.rounds(4);
  cubic.after_idle();
  EXPECT_EQ(cubic.window(), 10 * kMss);
}

TEST(HyStart, EndsSlowStartWhenRoundTripsGrow) {  // [RFC9406 4.2, 4.3]
  Cubic cubic(kMss, 20);
  Path path(cubic, 40ms);
  path.rounds(2);
  EXPECT_EQ(cubic.window(), 80 * kMss);
  path.set_rtt(50ms);  // 10 ms more than before: a queue builds up
  path.round();
  EXPECT_LT(cubic.window(), 120 * kMss);  // conservative from the eighth sample on
  EXPECT_EQ(cubic.threshold(), UINT64_MAX);
  path.rounds(5);
  EXPECT_LT(cubic.threshold(), 300 * kMss);
  const double before = segments(cubic);
  path.round();
  EXPECT_LT(segments(cubic), before + 3);  // congestion avoidance
}

TEST(HyStart, GoesOnWhenItWasOnlyJitter) {  // [RFC9406 4.2]
  Cubic cubic(kMss, 20);
  Path path(cubic, 40ms);
  path.rounds(2);
  path.set_rtt(50ms);
  path.round();
  path.set_rtt(40ms);
  path.rounds(6);
  EXPECT_EQ(cubic.threshold(), UINT64_MAX);
  EXPECT_GT(cubic.window(), 2000 * kMss);
}

TEST(HyStart, IsNotDisturbedBySmallChanges) {
  Cubic cubic(kMss, 20);
  Path path(cubic, 40ms);
  for (int i = 0; i < 6; ++i) {
    path.set_rtt(40ms + i * 500us);
    path.round();
  }
  EXPECT_EQ(cubic.window(), 20 * 64 * kMss);
}

}  // namespace
}  // namespace fourtuple::tcp
