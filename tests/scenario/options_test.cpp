// What the SYNs agree on: maximum segment size and window scale (RFC 9293 3.7.1, RFC 7323 2).
#include <gtest/gtest.h>

#include "tests/support/conversation.hpp"

namespace fourtuple::test {
namespace {

// Establishes with this option list, writes a lot and answers the size of the first segment.
std::size_t segment_size_with(std::string_view syn_options, std::uint16_t path_mss = 1460) {
  ConversationSetup setup;
  setup.path.send_mss = path_mss;
  Conversation c(setup);
  c.establish(syn_options);
  c.send(10'000);
  const auto size = c.take().payload.size();
  c.ignore_rest();
  return size;
}

TEST(MaximumSegmentSize, Is536WithoutTheOption) {  // [RFC9293 MUST-15]
  EXPECT_EQ(segment_size_with(""), 536U);
}

TEST(MaximumSegmentSize, IsTheSmallerOfPeerAndPath) {  // [RFC9293 MUST-16]
  EXPECT_EQ(segment_size_with("<mss 1000>"), 1000U);
  EXPECT_EQ(segment_size_with("<mss 9000>"), 1460U);
  EXPECT_EQ(segment_size_with("<mss 65535>"), 1460U);
  EXPECT_EQ(segment_size_with("<mss 1460>", 1400), 1400U);
}

TEST(MaximumSegmentSize, LeavesRoomForOptions) {  // RFC 6691 [RFC9293 MUST-16] [RFC6691 2]
  EXPECT_EQ(segment_size_with("<mss 1460,TS val 0 ecr 0>"), 1448U);
}

TEST(MaximumSegmentSize, IsNeverSilly) {
  EXPECT_EQ(segment_size_with("<mss 0>"), 48U);
  EXPECT_EQ(segment_size_with("<mss 1>"), 48U);
  EXPECT_EQ(segment_size_with("<mss 8>"), 48U);
}

TEST(MaximumSegmentSize, ComesFromTheSynOnly) {  // [RFC9293 MUST-65]
  Conversation c;
  c.establish();
  c.in("P. 1:11(10) ack 1 <mss 100>");
  c.send(3000);
  c.out(". 1:1461(1460) ack 11");
  c.ignore_rest();
}

TEST(MaximumSegmentSize, IsAnnouncedFromTheInterface) {  // [RFC9293 MUST-14, MUST-67]
  ConversationSetup setup;
  setup.path = {1400, 8960, 0};
  Conversation c(setup);
  c.listen();
  c.in("S 0:0(0) win 65535 <mss 1460>");
  c.out("S. 0:0(0) ack 1 <mss 8960>");
}

TEST(MaximumSegmentSize, CanBeLoweredByTheApplication) {
  tcp::ConnectionOptions options;
  options.max_segment = 900;
  Conversation c;
  c.listen(16, options);
  c.in("S 0:0(0) win 65535 <mss 1460>");
  c.out("S. 0:0(0) ack 1 <mss 900>");
  c.in(". 1:1(0) ack 1");
  c.accept();
  c.send(2000);
  c.out(". 1:901(900) ack 1");
  c.ignore_rest();
}

TEST(WindowScale, IsAnsweredOnlyWhereItIsOffered) {  // [RFC7323 2.2, 1.3]
  Conversation with;
  with.listen();
  with.in("S 0:0(0) win 65535 <mss 1460,nop,wscale 7>");
  EXPECT_TRUE(with.take().header.options.window_scale.has_value());

  Conversation without;
  without.listen();
  without.in("S 0:0(0) win 65535 <mss 1460>");
  EXPECT_FALSE(without.take().header.options.window_scale.has_value());
}

TEST(WindowScale, CountsForThePeersWindow) {
  Conversation c;
  c.establish("<mss 1460,nop,wscale 7>", {}, 1000);
  EXPECT_EQ(c.info().peer_window_bytes, 128'000U);
}

TEST(WindowScale, IsNotUsedWhenThePeerRefusesIt) {  // [RFC7323 2.2]
  Conversation c;
  c.connect();
  c.out("S 0:0(0) <...>");
  c.in("S. 0:0(0) ack 1 win 1000 <mss 1460>");
  const auto ack = c.take();
  EXPECT_EQ(c.info().peer_window_bytes, 1000U);
  EXPECT_EQ(ack.header.window, 65535);  // a megabyte does not fit, so all that does
}

TEST(WindowScale, IsCappedAt14) {  // [RFC7323 2.3]
  for (const char* options : {"<mss 1460,nop,wscale 15>", "<mss 1460,nop,wscale 255>"}) {
    Conversation c;
    c.establish(options, {}, 1);
    EXPECT_EQ(c.info().peer_window_bytes, 16384U);
  }
}

TEST(WindowScale, LetsUsOfferAllOfALargeBuffer) {
  tcp::ConnectionOptions options;
  options.receive_buffer_bytes = 4U << 20;
  Conversation c;
  c.listen(16, options);
  c.in("S 0:0(0) win 65535 <mss 1460,nop,wscale 7>");
  const auto syn_ack = c.take();
  const auto shift = syn_ack.header.options.window_scale.value_or(0);
  EXPECT_EQ(syn_ack.header.window, 65535);
  c.in(". 1:1(0) ack 1");
  c.accept();
  c.in({". 1:1461(1460) ack 1", ". 1461:2921(1460) ack 1"});
  const auto window = std::uint64_t{c.take().header.window} << shift;
  EXPECT_GE(window + 2920, (4U << 20) - (1U << shift));
  EXPECT_LE(window, 4U << 20);
}

TEST(WindowScale, IsSwitchedOffByConfiguration) {
  ConversationSetup setup;
  setup.config.window_scaling = false;
  Conversation c(setup);
  c.listen();
  c.in("S 0:0(0) win 65535 <mss 1460,nop,wscale 7>");
  c.out("S. 0:0(0) ack 1 <mss 1460>");
}

TEST(WindowClamp, BoundsWhatIsOffered) {
  tcp::ConnectionOptions options;
  options.window_clamp = 5000;
  Conversation c;
  c.listen(16, options);
  c.in("S 0:0(0) win 65535 <mss 1460>");
  EXPECT_LE(c.take().header.window, 5000);
  c.in(". 1:1(0) ack 1");
  c.accept();
  c.in({". 1:1461(1460) ack 1", ". 1461:2921(1460) ack 1"});
  EXPECT_LE(c.take().header.window, 5000);
}

}  // namespace
}  // namespace fourtuple::test
