// What the player says in other words to our stack: timestamps, errors from the network, reads.
#include <algorithm>
#include <gtest/gtest.h>

#include "apps/replay/performance.hpp"
#include "tests/unit/replay/plan_maker.hpp"

namespace fourtuple::replay {
namespace {

using capture::Host;
using Kind = judge::Call::Kind;

PlanMaker mapped_client() { return {Host::kClient, true}; }

TEST(PlayerMapping, EchoesTheTimestampOfOurOwnSegment) {
  const auto made = make_conversation(R"(
      0.000  c S  0:0(0) win 65535 <mss 1460,nop,nop,TS val 7000 ecr 0>
      +0.010 s S. 0:0(0) ack 1 <mss 1460,nop,nop,TS val 90 ecr 7000>
      +0.000 c .  1:1(0) ack 1 <nop,nop,TS val 7010 ecr 90>
      +0.010 c P. 1:101(100) ack 1 <nop,nop,TS val 7020 ecr 90>
      +0.010 s .  1:1(0) ack 101 <nop,nop,TS val 110 ecr 7020>)");
  const Performance played = play(*made, mapped_client().write(45ms, 100, 2));  // 25 ms later than recorded
  ASSERT_EQ(played.ending, Ending::kPlayed);
  const auto data = std::find_if(played.segments.begin(), played.segments.end(),
                                 [](const OurSegment& one) { return !one.segment.payload.empty(); });
  ASSERT_NE(data, played.segments.end());
  EXPECT_EQ(played.segments.front().segment.options.timestamps->value, 7000U);
  EXPECT_EQ(data->segment.options.timestamps->value, 7045U);
  ASSERT_EQ(played.deliveries.size(), 2U);
  EXPECT_EQ(played.deliveries[0].segment.options.timestamps->echo_reply, 7000U);
  EXPECT_EQ(played.deliveries[1].segment.options.timestamps->echo_reply, 7045U);
  EXPECT_EQ(played.deliveries[1].segment.options.timestamps->value, 110U);
}

TEST(PlayerMapping, QuotesOurSegmentInAnErrorOfTheNetwork) {
  const auto made = make_open_conversation(R"(
      +0.010 c P. 1:1461(1460) ack 1
      +0.010 s icmp unreachable frag_needed mtu 1000 [1:1461(1460)]
      +0.000 c .  1:961(960) ack 1
      +0.000 c P. 961:1461(500) ack 1
      +0.010 s .  1:1(0) ack 1461)");
  const Performance played = play(*made, mapped_client().write(20ms, 1460, 2));
  EXPECT_EQ(played.ending, Ending::kPlayed);
  const auto error =
      std::find_if(played.deliveries.begin(), played.deliveries.end(), [](const Delivery& one) { return one.is_icmp; });
  ASSERT_NE(error, played.deliveries.end());
  const auto smaller = std::count_if(played.segments.begin(), played.segments.end(), [](const OurSegment& one) {
    return one.retransmission && one.segment.payload.size() == 960;
  });
  EXPECT_EQ(smaller, 1);
}

TEST(PlayerMapping, RefusesAConnectionWithAnErrorOfTheNetwork) {
  auto made = make_conversation(R"(
      0.000  c S  0:0(0) win 65535 <mss 1460>
      +0.010 s icmp unreachable frag_needed mtu 1000 [0:0(0)])");
  ASSERT_EQ(made->icmp.size(), 1U);
  made->icmp[0].code = 3;  // port unreachable
  made->icmp[0].quoted_seq = made_initial(Host::kClient);
  const Performance played = play(*made, mapped_client());
  EXPECT_EQ(played.ending, Ending::kPlayed);
  EXPECT_EQ(played.final_state, TcpState::kClosed);
  EXPECT_EQ(played.segments.size(), 1U);
}

TEST(PlayerMapping, ReadsAsThePlanSays) {
  const auto made = make_open_conversation(R"(
      +0.010 s P. 1:1001(1000) ack 1
      +0.000 c .  1:1(0) ack 1001
      +0.500 c .  1:1(0) ack 1001)");
  const Performance played =
      play(*made, mapped_client().receive_buffer(1000).call(Kind::kRead, 15ms, 0).call(Kind::kRead, 520ms, 400));
  EXPECT_EQ(played.octets_read, 400U);
  const auto read = std::find_if(played.calls.begin(), played.calls.end(),
                                 [](const judge::Call& call) { return call.kind == Kind::kRead; });
  ASSERT_NE(read, played.calls.end());
  EXPECT_EQ(read->time, played.begin + 520ms);
}

TEST(PlayerMapping, TellsWhereTheApplicationReadOtherOctets) {
  const auto made = make_open_conversation(R"(
      +0.010 s P. 1:101(100) ack 1
      +0.000 c .  1:1(0) ack 101)");
  EXPECT_TRUE(play(*made, mapped_client()).stream_is_whole);
}

TEST(PlayerMapping, StopsTryingWhenTheRecordedHostHad) {
  const auto made = make_conversation(R"(
      0.000  c S  0:0(0) win 65535 <mss 1460>
      +1.000 c S  0:0(0) win 65535 <mss 1460>
      +2.000 c S  0:0(0) win 65535 <mss 1460>)");
  const Performance played = play(*made, mapped_client());
  EXPECT_EQ(played.segments.size(), 3U);
  EXPECT_LE(played.end, played.begin + 6s);
}

}  // namespace
}  // namespace fourtuple::replay
