// How an application ended its side. [REPLAY (a)]
#include <gtest/gtest.h>

#include "tests/unit/replay/conversation_maker.hpp"
#include "tests/unit/replay/plan_text.hpp"

namespace fourtuple::replay {
namespace {

using capture::Host;

ApplicationPlan of_client(std::string_view lines) {
  return infer_application(*make_open_conversation(lines), Host::kClient);
}
ApplicationPlan of_server(std::string_view lines) {
  return infer_application(*make_open_conversation(lines), Host::kServer);
}

TEST(InferredClose, AFinIsAClose) {
  const ApplicationPlan plan = of_client(R"(
      +0.040 c F. 1:1(0) ack 1
      +0.010 s F. 1:1(0) ack 2
      +0.000 c .  2:2(0) ack 2)");
  EXPECT_EQ(plan_text(plan), "connect, close");
  EXPECT_EQ(plan.close, CloseKind::kClose);
  EXPECT_EQ(plan.calls[1].time, 50ms);
}

TEST(InferredClose, DataThatIsTakenBehindTheFinMakesItAShutdown) {
  const ApplicationPlan plan = of_client(R"(
      +0.040 c F. 1:1(0) ack 1
      +0.010 s P. 1:101(100) ack 2
      +0.000 c .  2:2(0) ack 101
      +0.010 s F. 101:101(0) ack 2
      +0.000 c .  2:2(0) ack 102)");
  EXPECT_EQ(plan_text(plan), "connect, shutdown, close");
  EXPECT_EQ(plan.close, CloseKind::kShutdown);
  EXPECT_EQ(plan.calls[2].time, 70ms);  // when the other side's end came
  EXPECT_EQ(plan.calls[2].after_frame, 6U);
}

TEST(InferredClose, DataThatHadComeBeforeTheFinDoesNot) {
  const ApplicationPlan plan = of_client(R"(
      +0.040 s P. 1:101(100) ack 1
      +0.001 c F. 1:1(0) ack 1
      +0.000 c .  2:2(0) ack 101)");
  EXPECT_EQ(plan.close, CloseKind::kClose);
}

TEST(InferredClose, DataThatIsAnsweredWithAResetBehindTheFinWasUnwanted) {
  const ApplicationPlan plan = of_client(R"(
      +0.040 c F. 1:1(0) ack 1
      +0.010 s P. 1:101(100) ack 2
      +0.000 c R  2:2(0))");
  EXPECT_EQ(plan_text(plan), "connect, close");
  EXPECT_EQ(plan.close, CloseKind::kClose);
}

TEST(InferredClose, AResetWithAcknowledgmentBehindUnwantedDataIsNoAbort) {
  const ApplicationPlan plan = of_client(R"(
      +0.040 c F. 1:1(0) ack 1
      +0.010 s P. 1:101(100) ack 2
      +0.000 c R. 2:2(0) ack 101)");
  EXPECT_EQ(plan.close, CloseKind::kClose);
}

TEST(InferredClose, ACloseCanComeLaterThanAShutdown) {
  const ApplicationPlan plan = of_client(R"(
      +0.040 c F. 1:1(0) ack 1
      +0.010 s P. 1:101(100) ack 2
      +0.000 c .  2:2(0) ack 101
      +0.050 s P. 101:201(100) ack 2
      +0.000 c R  2:2(0))");
  EXPECT_EQ(plan_text(plan), "connect, shutdown, close");
  EXPECT_EQ(plan.close, CloseKind::kClose);
  EXPECT_EQ(plan.calls[2].after_frame, 4U);
}

TEST(InferredClose, ALonelyResetIsAnAbort) {
  const ApplicationPlan plan = of_client(R"(
      +0.005 c P. 1:101(100) ack 1
      +0.010 s .  1:1(0) ack 101
      +0.050 c R. 101:101(0) ack 1)");
  EXPECT_EQ(plan_text(plan), "connect, write 100, abort");
  EXPECT_EQ(plan.close, CloseKind::kAbort);
}

TEST(InferredClose, AResetOnceAfterTheFinIsAnAbortBehindAShutdown) {
  const ApplicationPlan plan = of_client(R"(
      +0.040 c F. 1:1(0) ack 1
      +0.010 s .  1:1(0) ack 2
      +0.500 c R. 2:2(0) ack 1)");
  EXPECT_EQ(plan_text(plan), "connect, shutdown, abort");
  EXPECT_EQ(plan.close, CloseKind::kAbort);
}

// RFC 9293 3.10.7.1: the SEQ of such a reset is the ACK of what it answers.
TEST(InferredClose, AResetThatAnswersASegmentNobodyExpectsIsTheStacks) {
  const ApplicationPlan plan = of_server(R"(
      +0.005 c P. 1:101(100) ack 1
      +0.010 s R  1:1(0))");
  EXPECT_EQ(plan_text(plan), "listen, abort");
  EXPECT_EQ(plan.close, CloseKind::kStackReset);
  EXPECT_EQ(plan.calls[1].after_frame, 3U);
}

TEST(InferredClose, AResetThatLifeWentOnAfterWasForged) {
  const ApplicationPlan plan = of_client(R"(
      +0.005 c R. 1:1(0) ack 1
      +0.010 c P. 1:101(100) ack 1
      +0.010 s .  1:1(0) ack 101
      +0.050 c F. 101:101(0) ack 1)");
  EXPECT_EQ(plan_text(plan), "connect, write 100, close");
  EXPECT_EQ(plan.close, CloseKind::kClose);
}

TEST(InferredClose, AResetBehindUnansweredProbesIsATimeout) {
  const ApplicationPlan plan = of_client(R"(
      +0.005 c P. 1:7(6) ack 1
      +0.001 s .  1:1(0) ack 7
      +1.000 c .  6:6(0) ack 1
      +1.000 c .  6:6(0) ack 1
      +1.000 c .  6:6(0) ack 1
      +1.000 c R. 7:7(0) ack 1)");
  EXPECT_EQ(plan_text(plan), "connect, keepalive, write 6, abort");
  EXPECT_EQ(plan.close, CloseKind::kTimeout);
}

TEST(InferredClose, AResetThatAnswersLongAfterTheLastRetransmissionIsATimeout) {
  const ApplicationPlan plan = of_client(R"(
      +0.005 c P. 1:14(13) ack 1
      +0.200 c P. 1:14(13) ack 1
      +0.400 c P. 1:14(13) ack 1
      +9.000 s F. 1:1(0) ack 1
      +0.000 c R  1:1(0))");
  EXPECT_EQ(plan.close, CloseKind::kTimeout);
  EXPECT_EQ(plan.calls.back().kind, judge::Call::Kind::kAbort);
}

TEST(InferredClose, RetransmissionsThatNobodyAnswersAreATimeoutToo) {
  const ApplicationPlan plan = of_client(R"(
      +0.005 c P. 1:14(13) ack 1
      +0.200 c P. 1:14(13) ack 1
      +0.400 c P. 1:14(13) ack 1)");
  EXPECT_EQ(plan_text(plan), "connect, write 13");
  EXPECT_EQ(plan.close, CloseKind::kTimeout);
}

TEST(InferredClose, WhomTheOtherHostResetCannotCloseAnyMore) {
  const ApplicationPlan plan = of_client(R"(
      +0.005 c P. 1:14(13) ack 1
      +0.010 s R. 1:1(0) ack 14)");
  EXPECT_EQ(plan_text(plan), "connect, write 13");
  EXPECT_EQ(plan.close, CloseKind::kNone);
}

TEST(InferredClose, AConversationThatWasCutDoesNotEnd) {
  const ApplicationPlan plan = of_server("+0.005 c P. 1:14(13) ack 1");
  EXPECT_EQ(plan_text(plan), "listen");
  EXPECT_EQ(plan.close, CloseKind::kNone);
}

TEST(InferredClose, AResetForASynMeansThatNobodyListened) {
  const auto conversation = make_conversation(R"(
      0.000  c S  0:0(0) win 64240 <mss 1460>
      +0.001 s R. 0:0(0) ack 1)");
  const ApplicationPlan client = infer_application(*conversation, Host::kClient);
  EXPECT_EQ(plan_text(client), "connect");
  EXPECT_EQ(client.close, CloseKind::kRefused);
  const ApplicationPlan server = infer_application(*conversation, Host::kServer);
  EXPECT_EQ(plan_text(server), "");
  EXPECT_EQ(server.close, CloseKind::kRefused);
}

TEST(InferredClose, SynsThatNobodyAnswersAreATimeout) {
  const ApplicationPlan plan = infer_application(*make_conversation(R"(
      0.000  c S  0:0(0) win 64240 <mss 1460>
      +1.000 c S  0:0(0) win 64240 <mss 1460>
      +2.000 c S  0:0(0) win 64240 <mss 1460>)"),
                                                 Host::kClient);
  EXPECT_EQ(plan_text(plan), "connect");
  EXPECT_EQ(plan.close, CloseKind::kTimeout);
}

TEST(InferredClose, AFinOnTheLastOctetsOfALargeWriteWaitedThere) {
  const ApplicationPlan plan = of_client(R"(
      +0.005 c .  1:1461(1460) ack 1
      +0.000 c P. 1461:2921(1460) ack 1
      +0.010 s .  1:1(0) ack 2921
      +0.0001 c FP. 2921:3001(80) ack 1)");
  EXPECT_EQ(plan_text(plan), "connect, write 3000, close");
  EXPECT_EQ(plan.calls[2].time, plan.calls[1].time);
}

TEST(InferredClose, ButNotBeforeOctetsThatTheHostTookInBetween) {
  const ApplicationPlan plan = of_client(R"(
      +0.005 c .  1:1461(1460) ack 1
      +0.005 s P. 1:11(10) ack 1
      +0.000 c .  1461:1461(0) ack 11
      +0.005 s .  11:11(0) ack 1461
      +0.0001 c FP. 1461:1501(40) ack 11)");
  EXPECT_EQ(plan_text(plan), "connect, write 1500, close");
  EXPECT_EQ(plan.calls[2].time, 20ms);
  EXPECT_EQ(plan.calls[2].after_frame, 4U);
}

}  // namespace
}  // namespace fourtuple::replay
