// Conversations that show little, or too much.
#include <gtest/gtest.h>

#include "tests/unit/replay/conversation_maker.hpp"
#include "tests/unit/replay/plan_text.hpp"

namespace fourtuple::replay {
namespace {

using capture::Host;

TEST(InferenceLimits, NoFramesNoApplication) {
  const capture::Conversation nothing;
  EXPECT_EQ(plan_text(infer_application(nothing, Host::kClient)), "");
  EXPECT_EQ(infer_application(nothing, Host::kServer).close, CloseKind::kNone);
  EXPECT_EQ(receive_window_needed(nothing, Host::kClient), 0U);
}

TEST(InferenceLimits, OneSideAloneShowsWhatItDid) {
  const auto conversation = make_conversation(R"(
      0.000  c S  0:0(0) win 64240 <mss 1460>
      +0.020 c .  1:1(0) ack 1
      +0.000 c P. 1:101(100) ack 1
      +0.100 c P. 101:201(100) ack 51
      +0.100 c F. 201:201(0) ack 51)");
  EXPECT_EQ(plan_text(infer_application(*conversation, Host::kClient)),
            "connect, nodelay, write 100, write 100, close");
  EXPECT_EQ(plan_text(infer_application(*conversation, Host::kServer)), "");
}

TEST(InferenceLimits, WithoutAHandshakeThereIsNobodyToCall) {
  const auto conversation = make_conversation(R"(
      0.000  c P. 5001:5101(100) ack 1
      +0.010 s .  1:1(0) ack 5101)");
  const ApplicationPlan plan = infer_application(*conversation, Host::kClient);
  EXPECT_EQ(plan_text(plan), "");
  EXPECT_EQ(plan.stream.size(), 100U);
}

TEST(InferenceLimits, NumbersFromAnotherLifeDoNotMoveTheWindow) {
  const auto conversation = make_open_conversation(R"(
      +0.010 c P. 1:101(100) ack 1
      +0.010 c P. 900000001:900000101(100) ack 1
      +0.010 s .  1:1(0) ack 101
      +0.500 c P. 101:201(100) ack 1)");
  EXPECT_EQ(plan_text(infer_application(*conversation, Host::kClient)), "connect, write 100, write 100");
}

TEST(InferenceLimits, ClocksMayStepBack) {
  const auto conversation = make_open_conversation(R"(
      +0.500 c P. 1:101(100) ack 1
      +0.010 s .  1:1(0) ack 101
      +0.500 c P. 101:201(100) ack 1)");
  conversation->frames[4].time = 1ms;
  const ApplicationPlan plan = infer_application(*conversation, Host::kClient);
  EXPECT_EQ(plan_text(plan), "connect, write 100, write 100");
  EXPECT_GT(plan.calls[2].time, plan.calls[1].time);
}

// What is sent from far away is moved back to when it left, but not before what it answers.
TEST(InferenceLimits, SeenFromAfarCallsAreEarlier) {
  const auto conversation = make_conversation(R"(
      0.000  c S  0:0(0) win 64240 <mss 1460>
      +0.000 s S. 0:0(0) ack 1 <mss 1460>
      +0.100 c .  1:1(0) ack 1
      +0.050 c P. 1:101(100) ack 1
      +0.001 s P. 1:101(100) ack 101
      +0.100 c P. 101:201(100) ack 101)");
  const ApplicationPlan plan = infer_application(*conversation, Host::kClient);
  ASSERT_EQ(plan_text(plan), "connect, write 100, write 100");
  EXPECT_EQ(plan.calls[0].time, -50ms);
  EXPECT_EQ(plan.calls[1].time, 100ms);
  EXPECT_EQ(plan.calls[2].time, 201ms);
  EXPECT_EQ(plan.calls[2].after_frame, 4U);
}

// With a step for each pair of frames this would not end in time.
TEST(InferenceLimits, ManySmallFramesAreReadInOnePass) {
  constexpr std::uint32_t kFrames = 200'000;
  capture::Conversation conversation = *make_open_conversation("");
  const std::vector<std::uint8_t>& octets = conversation.octets.emplace_back(1, std::uint8_t{'x'});
  capture::TcpFrame frame = conversation.frames.back();
  for (std::uint32_t i = 0; i < kFrames; ++i) {
    frame.time += 2ms;
    frame.segment.seq = made_initial(Host::kClient) + 1 + (i ^ 1U);  // each two have changed places
    frame.segment.payload = octets;
    conversation.frames.push_back(frame);
  }
  const ApplicationPlan plan = infer_application(conversation, Host::kClient);
  EXPECT_EQ(plan.stream.size(), kFrames);
  EXPECT_LE(plan.calls.size(), kFrames + 2);
}

}  // namespace
}  // namespace fourtuple::replay
