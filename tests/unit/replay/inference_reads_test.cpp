// When an application paused reading, as its window shows. [REPLAY (a)]
#include <gtest/gtest.h>

#include "tests/unit/replay/conversation_maker.hpp"
#include "tests/unit/replay/plan_text.hpp"

namespace fourtuple::replay {
namespace {

using capture::Host;

// The client offers 4000 octets, the server fills them.
constexpr const char* kFilled = R"(
      0.000  c S  0:0(0) win 4000 <mss 1000>
      +0.010 s S. 0:0(0) ack 1 <mss 1000>
      +0.000 c .  1:1(0) ack 1 win 4000
      +0.010 s .  1:1001(1000) ack 1
      +0.000 s .  1001:2001(1000) ack 1
      +0.000 c .  1:1(0) ack 2001 win 2000
      +0.010 s .  2001:4001(2000) ack 1
      +0.000 c .  1:1(0) ack 4001 win 0
)";

ApplicationPlan reading_client(const std::string& lines) {
  return infer_application(*make_conversation(kFilled + lines), Host::kClient);
}

TEST(InferredReads, AWindowThatFollowsTheDataMeansReadingAtOnce) {
  const ApplicationPlan plan = infer_application(*make_open_conversation(R"(
      +0.010 s P. 1:1001(1000) ack 1
      +0.000 c .  1:1(0) ack 1001
      +0.010 s P. 1001:2001(1000) ack 1
      +0.000 c .  1:1(0) ack 2001)"),
                                                 Host::kClient);
  EXPECT_FALSE(plan.reads_by_plan);
  EXPECT_EQ(plan_text(plan), "connect");
}

TEST(InferredReads, AWindowThatClosesMeansAPauseFromTheLastMomentItWasOpen) {
  const ApplicationPlan plan = reading_client("");
  EXPECT_TRUE(plan.reads_by_plan);
  EXPECT_EQ(plan.receive_buffer, 4000U);
  EXPECT_EQ(plan_text(plan), "connect, pause");
  EXPECT_EQ(plan.calls[1].time, 10ms);
  EXPECT_EQ(plan.calls[1].after_frame, 1U);
}

TEST(InferredReads, WhatTheRightEdgeMovedWasRead) {
  EXPECT_EQ(plan_text(reading_client(R"(
      +0.500 c .  1:1(0) ack 4001 win 1500
      +0.010 s .  4001:5501(1500) ack 1
      +0.000 c .  1:1(0) ack 5501 win 0
      +0.500 c .  1:1(0) ack 5501 win 500)")),
            "connect, pause, read 1500, read 500");
}

TEST(InferredReads, AWindowThatIsWholeAgainEndsThePause) {
  const ApplicationPlan plan = reading_client(R"(
      +0.500 c .  1:1(0) ack 4001 win 4000
      +0.010 s .  4001:5001(1000) ack 1
      +0.000 c .  1:1(0) ack 5001 win 4000)");
  EXPECT_EQ(plan_text(plan), "connect, pause, read on");
  EXPECT_EQ(plan.calls[2].time, 530ms);
}

TEST(InferredReads, ThereCanBeSeveralPauses) {
  EXPECT_EQ(plan_text(reading_client(R"(
      +0.500 c .  1:1(0) ack 4001 win 4000
      +0.010 s .  4001:8001(4000) ack 1
      +0.000 c .  1:1(0) ack 8001 win 0)")),
            "connect, pause, read on, pause");
}

TEST(InferredReads, WhoClosesAfterAllHasReadBefore) {
  EXPECT_EQ(plan_text(reading_client(R"(
      +0.500 c F. 1:1(0) ack 4001 win 4000)")),
            "connect, pause, read on, close");
}

TEST(InferredReads, AFinWithAFullBufferEndsThePauseSoThatNothingIsReset) {
  EXPECT_EQ(plan_text(reading_client("+0.500 c F. 1:1(0) ack 4001 win 0")), "connect, pause, read on, close");
}

TEST(InferredReads, AWindowThatNeverWasAsLargeAsTheSynSaidIsNoPause) {
  const ApplicationPlan plan = infer_application(*make_open_conversation(R"(
      +0.000 c .  1:1(0) ack 1 win 4000
      +0.010 s P. 1:1001(1000) ack 1
      +0.000 c .  1:1(0) ack 1001 win 4000)"),
                                                 Host::kClient);
  EXPECT_FALSE(plan.reads_by_plan);
}

TEST(ReceiveWindowNeeded, IsTheMostThatWasUnderway) {
  const auto conversation = make_open_conversation(R"(
      +0.010 s .  1:1001(1000) ack 1
      +0.000 s .  1001:3001(2000) ack 1
      +0.000 c .  1:1(0) ack 3001
      +0.010 s .  3001:4001(1000) ack 1)");
  EXPECT_EQ(receive_window_needed(*conversation, Host::kClient), 3000U);
  EXPECT_EQ(receive_window_needed(*conversation, Host::kServer), 0U);
}

TEST(ReceiveWindowNeeded, WhatNeverFittedIsNotNeeded) {
  const auto conversation = make_open_conversation(R"(
      +0.010 s .  1:1001(1000) ack 1
      +0.000 s .  900001:900011(10) ack 1
      +0.000 c .  1:1(0) ack 1001)");
  EXPECT_EQ(receive_window_needed(*conversation, Host::kClient), 1000U);
}

}  // namespace
}  // namespace fourtuple::replay
