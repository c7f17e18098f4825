// Where one write ends and the next begins. [REPLAY (a)]
#include <gtest/gtest.h>

#include "tests/unit/replay/conversation_maker.hpp"
#include "tests/unit/replay/plan_text.hpp"

namespace fourtuple::replay {
namespace {

using capture::Host;

std::string client_writes(std::string_view lines) {
  return plan_text(infer_application(*make_open_conversation(lines), Host::kClient));
}
std::string server_does(std::string_view lines) {
  return plan_text(infer_application(*make_open_conversation(lines), Host::kServer));
}

TEST(InferredWrites, SegmentsInABurstAreOneWrite) {
  EXPECT_EQ(client_writes(R"(
      +0.005 c .  1:1461(1460) ack 1
      +0.0001 c .  1461:2921(1460) ack 1
      +0.0001 c P. 2921:3001(80) ack 1)"),
            "connect, write 3000");
}

TEST(InferredWrites, ASegmentAfterAPauseIsAnotherWrite) {
  EXPECT_EQ(client_writes(R"(
      +0.005 c P. 1:101(100) ack 1
      +0.010 s .  1:1(0) ack 101
      +0.030 c P. 101:201(100) ack 1)"),
            "connect, write 100, write 100");
}

TEST(InferredWrites, WhatAnAcknowledgmentReleasedBelongsToTheSameWrite) {
  EXPECT_EQ(client_writes(R"(
      +0.005 c P. 1:1461(1460) ack 1
      +0.010 s .  1:1(0) ack 1461
      +0.0005 c P. 1461:2921(1460) ack 1)"),
            "connect, write 2920");
}

TEST(InferredWrites, WhatComesLongAfterAnAcknowledgmentWasNotReleasedByIt) {
  EXPECT_EQ(client_writes(R"(
      +0.005 c P. 1:1461(1460) ack 1
      +0.010 s .  1:1(0) ack 1461
      +0.0050 c P. 1461:2921(1460) ack 1)"),
            "connect, write 1460, write 1460");
}

TEST(InferredWrites, PushOnAShortSegmentEndsAWrite) {
  EXPECT_EQ(client_writes(R"(
      +0.005 c P. 1:101(100) ack 1
      +0.0001 c P. 101:201(100) ack 1
      +0.010 s .  1:1(0) ack 201
      +0.0001 c P. 201:301(100) ack 1)"),
            "connect, nodelay, write 100, write 100, write 100");
}

TEST(InferredWrites, ASegmentCutByTheWindowDoesNotEndAWrite) {
  EXPECT_EQ(client_writes(R"(
      +0.005 s .  1:1(0) ack 1 win 2000
      +0.005 c .  1:1461(1460) ack 1
      +0.000 c P. 1461:65161(63700) ack 1
      +0.200 s .  1:1(0) ack 65161 win 2000
      +0.0005 c P. 65161:65261(100) ack 1)"),
            "connect, write 65260");
}

TEST(InferredWrites, WithoutPushTheRestWasWaitingForThePeer) {
  EXPECT_EQ(client_writes(R"(
      +0.005 c .  1:1461(1460) ack 1
      +0.005 c .  1461:2921(1460) ack 1
      +0.005 c P. 2921:3001(80) ack 1)"),
            "connect, write 3000");
}

TEST(InferredWrites, WithoutPushAndWithNothingInFlightTheNextIsAnotherWrite) {
  EXPECT_EQ(client_writes(R"(
      +0.005 c P. 1:11(10) ack 1
      +0.010 s .  1:1(0) ack 11
      +0.005 c .  11:1471(1460) ack 1
      +0.010 s .  1:1(0) ack 1471
      +0.300 c P. 1471:1501(30) ack 1)"),
            "connect, write 10, write 1460, write 30");
}

TEST(InferredWrites, WhereNobodySetsPushItsAbsenceSaysNothing) {
  EXPECT_EQ(client_writes(R"(
      +0.005 c .  1:11(10) ack 1
      +0.005 c .  11:21(10) ack 1)"),
            "connect, nodelay, write 10, write 10");
}

TEST(InferredWrites, NoWriteBeginsWhileAHoleIsRepaired) {
  EXPECT_EQ(client_writes(R"(
      +0.005 c .  1:1461(1460) ack 1
      +0.000 c P. 1461:2921(1460) ack 1
      +0.010 s .  1:1(0) ack 1 <nop,nop,sack 1461:2921>
      +0.006 c P. 2921:4381(1460) ack 1
      +0.010 c .  1:1461(1460) ack 1
      +0.006 c P. 4381:5841(1460) ack 1
      +0.010 s .  1:1(0) ack 5841
      +0.050 c P. 5841:5941(100) ack 1)"),
            "connect, write 5840, write 100");
}

TEST(InferredWrites, DuplicateAcknowledgmentsSpeakOfAHole) {
  EXPECT_EQ(client_writes(R"(
      +0.005 c .  1:1461(1460) ack 1
      +0.000 c P. 1461:2921(1460) ack 1
      +0.010 s .  1:1(0) ack 1 win 65160
      +0.006 c P. 2921:4381(1460) ack 1)"),
            "connect, write 4380");
}

TEST(InferredWrites, ARetransmissionIsNoWrite) {
  EXPECT_EQ(client_writes(R"(
      +0.005 c P. 1:101(100) ack 1
      +0.300 c P. 1:101(100) ack 1
      +0.010 s .  1:1(0) ack 101)"),
            "connect, write 100");
}

TEST(InferredWrites, DamagedSegmentsAreNotRead) {
  const auto conversation = make_open_conversation(R"(
      +0.005 c P. 1:101(100) ack 1 # damaged altered
      +0.300 c P. 1:101(100) ack 1)");
  const ApplicationPlan plan = infer_application(*conversation, Host::kClient);
  ASSERT_EQ(plan.stream.size(), 100U);
  EXPECT_EQ(plan.stream[0], made_octet(Host::kClient, 1));
}

TEST(InferredWrites, OfOverlappingSegmentsTheFirstCounts) {
  const auto conversation = make_open_conversation(R"(
      +0.005 c .  1:101(100) ack 1
      +0.000 c .  201:301(100) ack 1
      +0.000 c P. 51:251(200) ack 1)");
  const ApplicationPlan plan = infer_application(*conversation, Host::kClient);
  ASSERT_EQ(plan.stream.size(), 300U);
  for (std::size_t i = 0; i < plan.stream.size(); ++i)
    EXPECT_EQ(plan.stream[i], made_octet(Host::kClient, static_cast<StreamOffset>(i) + 1)) << i;
}

TEST(InferredWrites, OctetsBehindAHoleThatNobodyFilledAreNotWritten) {
  const auto conversation = make_open_conversation(R"(
      +0.005 c .  1:101(100) ack 1
      +0.000 c P. 201:1661(1460) ack 1)");
  const ApplicationPlan plan = infer_application(*conversation, Host::kClient);
  EXPECT_EQ(plan.stream.size(), 100U);
  EXPECT_EQ(plan_text(plan), "connect, write 100");
}

TEST(InferredWrites, AnswersFollowTheFrameThatTheyAnswer) {
  const auto conversation = make_open_conversation(R"(
      +0.005 c P. 1:101(100) ack 1
      +0.000 s .  1:1(0) ack 101
      +0.002 s P. 1:51(50) ack 101)");
  const ApplicationPlan plan = infer_application(*conversation, Host::kServer);
  ASSERT_EQ(plan_text(plan), "listen, write 50");
  EXPECT_EQ(plan.calls[1].after_frame, 3U);  // the request; frames count from 0
}

TEST(InferredWrites, TwoAnswersInARowAreTwoWrites) {
  EXPECT_EQ(server_does(R"(
      +0.005 c P. 1:101(100) ack 1
      +0.010 s P. 1:51(50) ack 101
      +0.000 c P. 101:201(100) ack 51
      +0.010 s P. 51:101(50) ack 201)"),
            "listen, write 50, write 50");
}

TEST(InferredWrites, UrgentOctetsAreACallOfTheirOwn) {
  EXPECT_EQ(client_writes(R"(
      +0.005 c PU. 1:11(10) ack 1 urg 4
      +0.010 s .  1:1(0) ack 11)"),
            "connect, urgent 4, write 6");
}

TEST(InferredWrites, OctetsThatWereLostBeforeTheCaptureWereWrittenBeforeTheFinBehindThem) {
  EXPECT_EQ(client_writes(R"(
      +0.005 c F. 1001:1001(0) ack 1
      +0.000 s .  1:1(0) ack 1
      +0.500 c P. 1:1001(1000) ack 1
      +0.010 s .  1:1(0) ack 1002)"),
            "connect, write 1000, close");
}

TEST(InferredWrites, AForgersOctetsAreNotTheApplications) {
  const auto conversation = make_open_conversation(R"(
      +0.005 c P. 1:11(10) ack 1
      +0.010 s .  1:1(0) ack 11
      +0.005 c .  11:21(10) ack 90001 # altered
      +0.010 c P. 11:21(10) ack 1
      +0.010 s .  1:1(0) ack 21)");
  const ApplicationPlan plan = infer_application(*conversation, Host::kClient);
  EXPECT_EQ(plan_text(plan), "connect, write 10, write 10");
  EXPECT_EQ(plan.stream[10], made_octet(Host::kClient, 11));
}

}  // namespace
}  // namespace fourtuple::replay
