#include "tests/unit/replay/conversation_maker.hpp"

#include <gtest/gtest.h>

namespace fourtuple::replay {
namespace {

using capture::Host;

TEST(ConversationMaker, ReadsSegmentsOfBothHosts) {
  const auto made = make_conversation(R"(
      0.500  c S  0:0(0) win 1000 <mss 1400,sackOK,nop,wscale 7>
      +0.010 s S. 0:0(0) ack 1
      +0.005 c P. 1:301(300) ack 1 # damaged
      +0.000 s .  1:1(0) ack 1 <nop,nop,sack 101:201>)");
  ASSERT_EQ(made->frames.size(), 4U);
  EXPECT_EQ(made->frames[0].time, 500ms);
  EXPECT_EQ(made->frames[0].segment.options.mss, 1400);
  EXPECT_EQ(made->frames[0].segment.options.window_scale, 7);
  EXPECT_EQ(made->frames[1].from, Host::kServer);
  EXPECT_EQ(made->frames[1].segment.ack, made_initial(Host::kClient) + 1);
  EXPECT_EQ(made->frames[2].time, 515ms);
  EXPECT_TRUE(made->frames[2].checksum_is_wrong);
  EXPECT_EQ(made->frames[2].segment.payload.size(), 300U);
  EXPECT_EQ(made->frames[2].segment.payload[299], made_octet(Host::kClient, 300));
  ASSERT_EQ(made->frames[3].segment.options.sack_count, 1U);
  EXPECT_EQ(made->frames[3].segment.options.sack[0].left, made_initial(Host::kClient) + 101);
}

TEST(ConversationMaker, ReadsErrorsFromTheNetwork) {
  const auto made = make_open_conversation(R"(
      +0.010 c P. 1:101(100) ack 1
      +0.010 s icmp unreachable frag_needed mtu 1400 [1:101(100)])");
  ASSERT_EQ(made->icmp.size(), 1U);
  EXPECT_EQ(made->icmp[0].to, Host::kClient);
  EXPECT_EQ(made->icmp[0].next_hop_mtu, 1400);
  EXPECT_EQ(made->icmp[0].code, 4);
}

TEST(ConversationMaker, NumbersFramesAsTheyCome) {
  const auto made = make_open_conversation("+0.1 c F. 1:1(0) ack 1");
  ASSERT_EQ(made->frames.size(), 4U);
  EXPECT_EQ(made->frames[3].number, 4U);
  EXPECT_TRUE(made->frames[3].segment.flags.fin());
}

}  // namespace
}  // namespace fourtuple::replay
