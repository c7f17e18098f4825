// DCTCP alone, with events made by hand.
#include "stack/tcp/congestion/dctcp.hpp"

#include <gtest/gtest.h>

namespace fourtuple::tcp {
namespace {

constexpr std::uint32_t kDctcpMss = 1000;
constexpr std::uint64_t kDctcpFlight = std::uint64_t{100} * kDctcpMss;
constexpr Instant kDctcpNow{std::chrono::hours(1)};

// One window's worth of ACKs, of which `marked` in a hundred echo a mark.
void acknowledge_a_window(Dctcp& controller, int marked) {
  for (int i = 0; i < 100; ++i) {
    controller.on_acked({.now = kDctcpNow,
                         .bytes = kDctcpMss,
                         .in_flight_before = kDctcpFlight,
                         .rtt = {},
                         .in_recovery = false,
                         .window_was_used = false,
                         .marked = i < marked});
  }
}

Dctcp calm_controller() {
  Dctcp controller(kDctcpMss, 100);
  for (int i = 0; i < 200; ++i) acknowledge_a_window(controller, 0);
  return controller;
}

TEST(Dctcp, BeginsCarefully) {  // [RFC8257 4.2]
  Dctcp controller(kDctcpMss, 100);
  EXPECT_EQ(controller.alpha(), 1);
  controller.on_congestion_experienced({kDctcpNow, kDctcpFlight});
  EXPECT_EQ(controller.window(), kDctcpFlight / 2);
}

TEST(Dctcp, ForgetsMarksWindowByWindow) {  // [RFC8257 3.3, 4.2]
  Dctcp controller(kDctcpMss, 100);
  acknowledge_a_window(controller, 0);
  const double once = controller.alpha();
  EXPECT_LT(once, 1);
  EXPECT_GE(once, 1 - 2 * Dctcp::kGain);
  EXPECT_LT(calm_controller().alpha(), 0.001);
}

TEST(Dctcp, LearnsTheShareOfMarkedOctets) {  // [RFC8257 3.3]
  Dctcp controller = calm_controller();
  for (int i = 0; i < 200; ++i) acknowledge_a_window(controller, 30);
  EXPECT_NEAR(controller.alpha(), 0.3, 0.01);
}

TEST(Dctcp, ReducesByHalfOfThatShare) {  // [RFC8257 3.3]
  Dctcp controller = calm_controller();
  for (int i = 0; i < 200; ++i) acknowledge_a_window(controller, 30);
  controller.on_congestion_experienced({kDctcpNow, kDctcpFlight});
  EXPECT_NEAR(static_cast<double>(controller.window()), 0.85 * static_cast<double>(kDctcpFlight), 0.01 * kDctcpFlight);
}

TEST(Dctcp, AnswersALossLikeAnybody) {  // [RFC8257 3.5]
  Dctcp controller = calm_controller();
  controller.on_loss({kDctcpNow, kDctcpFlight});
  EXPECT_EQ(controller.window(), kDctcpFlight / 2);
}

TEST(Dctcp, IsNeverTheDefaultAndWantsExactMarks) {  // [RFC8257 1, 3.2]
  EXPECT_TRUE(Dctcp(kDctcpMss, 10).wants_exact_marks());
}

}  // namespace
}  // namespace fourtuple::tcp
