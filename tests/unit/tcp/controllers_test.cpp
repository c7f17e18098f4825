// Congestion controllers as they are found: by name.
#include <gtest/gtest.h>
#include <vector>

#include "stack/tcp/congestion/controller.hpp"

namespace fourtuple::tcp {
namespace {

constexpr std::uint32_t kSegment = 1000;

// All but "none", which listens to nothing.
std::vector<std::string_view> names_of_listeners() {
  std::vector<std::string_view> names(controller_names().begin(), controller_names().end());
  std::erase(names, "none");
  return names;
}

TEST(Controllers, AreMadeByTheNamesThatAreListed) {  // [RFC9293 MAY-18]
  ASSERT_EQ(controller_names().size(), 5U);
  for (const std::string_view name : controller_names()) {
    const auto controller = make_controller(name, kSegment, 10);
    ASSERT_NE(controller, nullptr) << name;
    EXPECT_EQ(controller->name(), name);
  }
  for (const std::string_view name : names_of_listeners())
    EXPECT_EQ(make_controller(name, kSegment, 10)->window(), 10 * kSegment) << name;  // [RFC6928 2]
  EXPECT_EQ(make_controller("bic", kSegment, 10), nullptr);
}

TEST(Controllers, TakeAReductionBack) {  // [RFC4015 3.2]
  for (const std::string_view name : names_of_listeners()) {
    const auto controller = make_controller(name, kSegment, 100);
    controller->on_loss({Instant(std::chrono::hours(1)), 100 * kSegment});
    EXPECT_LT(controller->window(), 100 * kSegment) << name;
    controller->undo();
    EXPECT_EQ(controller->window(), 100 * kSegment) << name;
    EXPECT_EQ(controller->threshold(), UINT64_MAX) << name;
    controller->on_timeout({Instant(std::chrono::hours(1)), 100 * kSegment}, true);
    controller->on_timeout({Instant(std::chrono::hours(1)), kSegment}, false);
    EXPECT_EQ(controller->window(), kSegment) << name;
    controller->undo();
    EXPECT_EQ(controller->window(), 100 * kSegment) << name;
  }
}

TEST(Controllers, RestartFromTheInitialWindowAfterSilence) {  // [RFC5681 4.1]
  for (const std::string_view name : {"reno", "cubic", "dctcp"}) {
    const auto controller = make_controller(name, kSegment, 10);
    const Instant begin(std::chrono::hours(1));
    const auto deliver = [&](int segments) {
      for (int i = 0; i < segments; ++i) {
        const std::uint64_t window = controller->window();
        controller->on_sent({begin, kSegment, window});
        controller->on_acked({begin, kSegment, window, std::chrono::milliseconds(50), false, true});
      }
    };
    deliver(90);
    EXPECT_EQ(controller->window(), 100 * kSegment) << name;
    controller->on_loss({begin, controller->window()});
    const std::uint64_t threshold = controller->threshold();
    EXPECT_GT(threshold, 10 * kSegment) << name;
    controller->after_idle();
    EXPECT_EQ(controller->window(), 10 * kSegment) << name;
    EXPECT_EQ(controller->threshold(), threshold) << name << " remembers where slow start ends";
    deliver(5);
    EXPECT_EQ(controller->window(), 15 * kSegment) << name;
    controller->on_timeout({begin, controller->window()}, true);
    controller->after_idle();
    EXPECT_EQ(controller->window(), kSegment) << name << " is not rewarded for being idle";
  }
}

TEST(Controllers, DoNotGrowWhileTheApplicationIsTheLimit) {  // [RFC7661 4]
  for (const std::string_view name : {"reno", "cubic", "dctcp"}) {
    const auto controller = make_controller(name, kSegment, 10);
    for (int i = 0; i < 100; ++i) {
      controller->on_acked(
          {Instant(std::chrono::hours(1)), kSegment, kSegment, std::chrono::milliseconds(50), false, false});
    }
    EXPECT_EQ(controller->window(), 10 * kSegment) << name;
  }
}

TEST(Controllers, TakeAMarkForALoss) {  // [RFC3168 6.1.2]
  for (const std::string_view name : {"reno", "cubic"}) {
    const auto marked = make_controller(name, kSegment, 100);
    const auto lost = make_controller(name, kSegment, 100);
    marked->on_congestion_experienced({Instant(std::chrono::hours(1)), 100 * kSegment});
    lost->on_loss({Instant(std::chrono::hours(1)), 100 * kSegment});
    EXPECT_EQ(marked->window(), lost->window()) << name;
    EXPECT_FALSE(marked->wants_exact_marks());
  }
}

TEST(Uncontrolled, LetsNothingButThePeersWindowLimitTheFlight) {
  const auto controller = make_controller("none", kSegment, 10);
  controller->on_loss({Instant(std::chrono::hours(1)), 100 * kSegment});
  controller->on_timeout({Instant(std::chrono::hours(1)), 100 * kSegment}, true);
  EXPECT_GE(controller->window(), std::uint64_t{65535} << 14);
}

}  // namespace
}  // namespace fourtuple::tcp
