// Congestion controllers as they are found: by name.
#include <gtest/gtest.h>

#include "stack/tcp/congestion/controller.hpp"

namespace fourtuple::tcp {
namespace {

constexpr std::uint32_t kSegment = 1000;

TEST(Controllers, AreMadeByTheNamesThatAreListed) {  // [RFC9293 MAY-18]
  ASSERT_EQ(controller_names().size(), 2U);
  for (const std::string_view name : controller_names()) {
    const auto controller = make_controller(name, kSegment, 10);
    ASSERT_NE(controller, nullptr) << name;
    EXPECT_EQ(controller->name(), name);
    EXPECT_EQ(controller->window(), 10 * kSegment) << name;  // [RFC6928 2]
  }
  EXPECT_EQ(make_controller("bic", kSegment, 10), nullptr);
}

TEST(Controllers, TakeAReductionBack) {  // [RFC4015 3.2]
  for (const std::string_view name : controller_names()) {
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

}  // namespace
}  // namespace fourtuple::tcp
