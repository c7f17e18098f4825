// Silly window syndrome avoidance (RFC 9293 3.8.6.2). [RFC9293 MUST-38, MUST-39, SHLD-14]
#include <algorithm>
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "tests/support/conversation.hpp"

namespace fourtuple::test {
namespace {

// Fills a receive buffer of `buffer` octets by the peer; answers the next sequence number.
int fill_buffer(Conversation& c, std::size_t buffer) {
  tcp::ConnectionOptions options;
  options.receive_buffer_bytes = buffer;
  c.listen(16, options);
  c.in("S 0:0(0) win 65535 <mss 1460>");
  const int window = c.take().header.window;
  c.in(". 1:1(0) ack 1");
  c.accept();
  for (int seq = 1; seq <= window; seq += 1460) {
    const int length = std::min(1460, window + 1 - seq);
    c.in(fmt::format(". {}:{}({}) ack 1", seq, seq + length, length));
  }
  c.advance(100ms);
  Sent last;
  while (c.waiting() != 0) last = c.take();
  EXPECT_EQ(last.header.window, 0);
  return window + 1;
}

TEST(ReceiversSillyWindow, IsNotOfferedForAFewOctets) {  // [RFC9293 MUST-39]
  Conversation c;
  const int next = fill_buffer(c, 20'000);
  c.receive(100);
  c.receive(1000);
  c.quiet_for(1s);
  c.receive(1000);
  const auto update = c.take();
  EXPECT_EQ(update.header.ack, c.peer().initial() + static_cast<std::uint32_t>(next));
  EXPECT_GE(update.header.window, 1460);
  EXPECT_LE(update.header.window, 2100);
  c.quiet();
}

TEST(ReceiversSillyWindow, IsHalfOfABufferSmallerThanTwoSegments) {
  Conversation c;
  fill_buffer(c, 2000);
  c.receive(900);
  c.quiet();
  c.receive(200);
  EXPECT_GE(c.take().header.window, 1000);
}

TEST(ReceiversSillyWindow, StaysClosedInAnswersToProbes) {  // [RFC9293 MUST-39, MAY-8]
  Conversation c;
  const int next = fill_buffer(c, 20'000);
  c.receive(500);
  c.in(fmt::format(". {}:{}(1) ack 1", next, next + 1));
  c.out(fmt::format(". 1:1(0) ack {} win 0", next));
}

// [RFC9293 SHLD-14]
TEST(ReceiversRightEdge, NeverMovesLeft) {  // [RFC7323 2.4]
  tcp::ConnectionOptions options;
  options.receive_buffer_bytes = 20'000;
  Conversation c;
  c.listen(16, options);
  c.in("S 0:0(0) win 65535 <mss 1460>");
  std::int64_t edge = 1 + c.take().header.window;
  c.in(". 1:1(0) ack 1");
  c.accept();
  int seq = 1;
  for (int i = 0; i < 300; ++i) {
    const int length = static_cast<int>(std::min<std::int64_t>(1 + i * 37 % 1460, edge - seq));
    if (length > 0) c.in(fmt::format(". {}:{}({}) ack 1", seq, seq + length, length));
    seq += length;
    if (i % 3 == 0) static_cast<void>(c.try_receive(static_cast<std::size_t>(i * 53 % 2000 + 1)));
    c.advance(45ms);
    while (c.waiting() != 0) {
      const auto ack = c.peer().describe(c.take());
      EXPECT_GE(*ack.ack + *ack.window, edge);
      edge = std::max<std::int64_t>(edge, *ack.ack + *ack.window);
    }
  }
}

// A buffer that is made smaller must not take back what was offered.
TEST(ReceiversRightEdge, SurvivesASmallerBuffer) {
  Conversation c;
  c.establish();
  tcp::ConnectionOptions options;
  options.receive_buffer_bytes = 1000;
  c.set_options(options);
  c.in({". 1:1461(1460) ack 1", ". 1461:2921(1460) ack 1"});
  const auto ack = c.peer().describe(c.take());
  EXPECT_EQ(*ack.ack, 2921);
  EXPECT_GE(*ack.ack + *ack.window, 65'536);
  c.receive(2920);
  c.ignore_rest();
}

// [RFC9293 MUST-38] less than a segment, less than half of the largest window: wait, but not forever
TEST(SendersSillyWindow, IsNotUsedUntilTheOverrideTimerFires) {  // [RFC9293 3.8.6.2.1]
  Conversation c;
  c.establish();
  c.send(1460);
  c.out("P. 1:1461(1460) ack 1");
  c.in(". 1:1(0) ack 1461 win 500");
  c.send(3000);
  c.quiet_for(90ms);
  c.advance(1s);
  c.out(". 1461:1961(500) ack 1");
  c.ignore_rest();
}

TEST(SendersSillyWindow, IsUsedWhenItIsHalfOfTheLargestWindow) {
  Conversation c;
  c.establish("<mss 1460>", {}, 1000);
  c.send(3000);
  c.out(". 1:1001(1000) ack 1");
  c.in(". 1:1(0) ack 1001 win 600");
  c.out(". 1001:1601(600) ack 1");
  c.ignore_rest();
}

TEST(SendersSillyWindow, DoesNotHoldBackTheLastData) {
  Conversation c;
  c.establish();
  c.send(1460);
  c.out("P. 1:1461(1460) ack 1");
  c.in(". 1:1(0) ack 1461 win 500");
  c.send(300);
  c.out("P. 1461:1761(300) ack 1");
}

}  // namespace
}  // namespace fourtuple::test
