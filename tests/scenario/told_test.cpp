// What a connection tells those who watch it, beside its segments and states.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <vector>

#include "tests/support/conversation.hpp"

namespace fourtuple::test {
namespace {

using testing::ElementsAre;

// Keeps the events of one kind.
template <class Wanted>
class Keeps final : public trace::Sink {
 public:
  void on_event(const trace::Event& event) override {
    if (const auto* wanted = std::get_if<Wanted>(&event.body)) all.push_back(*wanted);
  }
  std::vector<Wanted> all;
};

TEST(Told, WhatBothSynsAgreedOn) {
  Keeps<trace::OptionsAgreed> agreed;
  Conversation c;
  c.add_sink(agreed);
  c.establish("<mss 1200,sackOK,nop,wscale 5>");
  ASSERT_EQ(agreed.all.size(), 1U);
  EXPECT_EQ(agreed.all[0].segment_bytes, 1200U);
  EXPECT_EQ(agreed.all[0].send_scale, 5);
  EXPECT_TRUE(agreed.all[0].sack);
  EXPECT_TRUE(agreed.all[0].window_scaling);
  EXPECT_FALSE(agreed.all[0].timestamps);
}

TEST(Told, CallsThatChangedSomething) {
  Keeps<trace::UserCalled> calls;
  Conversation c;
  c.add_sink(calls);
  c.establish();
  c.expect_blocked();
  c.send(100);
  c.out("P. 1:101(100) ack 1");
  c.in("P. 1:41(40) ack 101");
  c.receive(40);
  c.shutdown();
  c.ignore_rest();
  std::vector<trace::UserCall> kinds;
  for (const auto& call : calls.all) kinds.push_back(call.call);
  EXPECT_THAT(kinds, ElementsAre(trace::UserCall::kSend, trace::UserCall::kReceive, trace::UserCall::kShutdownSend));
  EXPECT_EQ(calls.all[0].bytes, 100U);
  EXPECT_EQ(calls.all[1].bytes, 40U);
}

TEST(Told, AnAbortIsNotCalledAClose) {
  Keeps<trace::UserCalled> calls;
  Conversation c;
  c.add_sink(calls);
  c.establish();
  c.abort();
  c.out_reset(1);
  ASSERT_EQ(calls.all.size(), 1U);
  EXPECT_EQ(calls.all[0].call, trace::UserCall::kAbort);
}

TEST(Told, WhatIsBelievedLostAndWhy) {
  Keeps<trace::LossDetected> losses;
  Conversation c;
  c.add_sink(losses);
  c.establish("<mss 1000>");
  c.send(4000);
  c.forget_sent();
  c.advance(1s);
  c.ignore_rest();
  ASSERT_FALSE(losses.all.empty());
  EXPECT_EQ(losses.all[0].relative_begin, 1);
  EXPECT_EQ(losses.all[0].lost_bytes, 4000U);
  EXPECT_EQ(losses.all[0].sign, "timeout");
}

TEST(Told, ThatThePathTakesSmallerSegments) {
  Keeps<trace::PathChanged> changes;
  Conversation c;
  c.add_sink(changes);
  c.establish("<mss 1000>");
  c.send(1000);
  c.forget_sent();
  c.report(tcp::NetworkReport::Kind::kPacketTooBig, std::errc::message_size, 1, 600);
  c.ignore_rest();
  ASSERT_EQ(changes.all.size(), 1U);
  EXPECT_EQ(changes.all[0].segment_bytes, 600U);
}

}  // namespace
}  // namespace fourtuple::test
