// What the judge finds in a performance is told about the right segment of it.
#include "apps/replay/judging.hpp"

#include <gtest/gtest.h>

#include "tests/unit/replay/conversation_maker.hpp"
#include "tests/unit/replay/performance_maker.hpp"

namespace fourtuple::replay {
namespace {

using capture::Host;

// The first of our details with this name; fails the test where there is none.
Detail told_about_us(const capture::Conversation& conversation, const Performance& performance, std::string_view name) {
  std::uint64_t left_out = 0;
  for (Detail& detail : judge_ours(conversation, performance, left_out))
    if (detail.name == name) return std::move(detail);
  ADD_FAILURE() << name << " was not found";
  return {};
}

TEST(Judging, PointsAtThePieceOfASuperFrameThatItMeans) {
  const auto made = make_open_conversation(R"(
      +0.010 s . 1:1461(1460) ack 1
      +0.001 c . 1:1(0) ack 1461
      +0.001 s . 2921:4381(1460) ack 1)");
  made->frames.at(5).number = made->frames.at(3).number;  // pieces of one frame
  Performance performance = performance_like(*made, Host::kClient);
  performance.end += 10s;
  const Detail detail = told_about_us(*made, performance, "duplicate-ack-at-a-hole");
  EXPECT_EQ(detail.recorded_frame, 5U);
  EXPECT_EQ(detail.our_segment, std::nullopt);
}

TEST(Judging, PointsAtOurSegment) {
  const auto made = make_open_conversation(R"(
      +0.010 s . 1:101(100) ack 1
      +0.001 c . 1:1(0) ack 101)");
  Performance performance = performance_like(*made, Host::kClient);
  performance.segments.at(2).segment.ack = performance.segments.at(2).segment.ack + 50;
  std::uint64_t left_out = 0;
  const auto details = judge_ours(*made, performance, left_out);
  ASSERT_FALSE(details.empty());
  EXPECT_EQ(details.front().our_segment, 2U);
  EXPECT_EQ(details.front().recorded_frame, std::nullopt);
}

}  // namespace
}  // namespace fourtuple::replay
