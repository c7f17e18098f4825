// How a connection was opened, and what its application had set. [REPLAY (a)]
#include <gtest/gtest.h>

#include "tests/unit/replay/conversation_maker.hpp"
#include "tests/unit/replay/plan_text.hpp"

namespace fourtuple::replay {
namespace {

using capture::Host;

std::string client_does(std::string_view lines) {
  return plan_text(infer_application(*make_open_conversation(lines), Host::kClient));
}

TEST(InferredOpening, WhoSendsASynFirstConnects) {
  const auto conversation = make_open_conversation("");
  const ApplicationPlan client = infer_application(*conversation, Host::kClient);
  EXPECT_TRUE(client.active);
  EXPECT_TRUE(client.is_inferred);
  EXPECT_EQ(plan_text(client), "connect");
  EXPECT_EQ(client.calls[0].time, 0ms);
  EXPECT_EQ(client.calls[0].after_frame, std::nullopt);
}

TEST(InferredOpening, WhoAnswersWithSynAckListened) {
  const ApplicationPlan server = infer_application(*make_open_conversation(""), Host::kServer);
  EXPECT_FALSE(server.active);
  EXPECT_EQ(plan_text(server), "listen");
}

TEST(InferredOpening, WhereTheSynsCrossBothConnect) {
  const auto conversation = make_conversation(R"(
      0.000  c S  0:0(0) win 64240 <mss 1460>
      +0.010 s S  0:0(0) win 64240 <mss 1460>
      +0.000 c S. 0:0(0) ack 1 <mss 1460>
      +0.010 s S. 0:0(0) ack 1 <mss 1460>)");
  EXPECT_TRUE(infer_application(*conversation, Host::kClient).active);
  EXPECT_TRUE(infer_application(*conversation, Host::kServer).active);
}

TEST(InferredOptions, ASecondShortSegmentInFlightMeansNoDelay) {
  EXPECT_EQ(client_does(R"(
      +0.005 c P. 1:11(10) ack 1
      +0.005 c P. 11:21(10) ack 1)"),
            "connect, nodelay, write 10, write 10");
}

TEST(InferredOptions, AShortSegmentBehindFullOnesDoesNot) {
  EXPECT_EQ(client_does(R"(
      +0.005 c .  1:1461(1460) ack 1
      +0.000 c P. 1461:1471(10) ack 1)"),
            "connect, write 1470");
}

TEST(InferredOptions, AShortSegmentThatCarriesTheFinDoesNot) {
  EXPECT_EQ(client_does(R"(
      +0.005 c P. 1:11(10) ack 1
      +0.005 c FP. 11:21(10) ack 1)"),
            "connect, write 10, write 10, close");
}

TEST(InferredOptions, ASegmentThatTheWindowCutShortDoesNot) {
  EXPECT_EQ(client_does(R"(
      +0.005 c .  1:65001(65000) ack 1
      +0.000 c P. 65001:65061(60) ack 1
      +0.000 c P. 65061:65161(100) ack 1)"),
            "connect, write 65060, write 100");
}

TEST(InferredOptions, ARepairDoesNot) {
  EXPECT_EQ(client_does(R"(
      +0.005 c P. 1:11(10) ack 1
      +0.300 c P. 1:11(10) ack 1
      +0.005 c P. 11:21(10) ack 1)"),
            "connect, write 20");
}

TEST(InferredOptions, ProbesOfAnIdleConnectionAreKeepalive) {
  const ApplicationPlan plan = infer_application(*make_open_conversation(R"(
      +0.005  c P. 1:11(10) ack 1
      +0.010  s .  1:1(0) ack 11
      +30.000 c .  10:10(0) ack 1
      +0.010  s .  1:1(0) ack 11
      +5.000  c .  10:10(0) ack 1)"),
                                                 Host::kClient);
  ASSERT_EQ(plan_text(plan), "connect, keepalive, write 10");
  EXPECT_EQ(plan.calls[1].idle, 30s + 10ms);
  EXPECT_EQ(plan.calls[1].interval, 5s + 10ms);
}

TEST(InferredOptions, ProbesOfAClosedWindowAreNot) {
  EXPECT_EQ(client_does(R"(
      +0.005  c P. 1:11(10) ack 1
      +0.010  s .  1:1(0) ack 11 win 0
      +3.000  c .  10:10(0) ack 1
      +0.010  s .  1:1(0) ack 11 win 0)"),
            "connect, write 10");
}

}  // namespace
}  // namespace fourtuple::replay
