// Segments out of order (RFC 9293 SHLD-31): every overlap there is, every order, and a bound on what is held.
#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <vector>

#include "tests/support/conversation.hpp"

namespace fourtuple::test {
namespace {

void say(Conversation& c, int begin, int end) { c.in(fmt::format(". {}:{}({}) ack 1", begin, end, end - begin)); }

TEST(Reassembly, HoldsASegmentBehindAGapAndDeliversBoth) {  // [RFC9293 SHLD-31]
  Conversation c;
  c.establish();
  say(c, 101, 201);
  c.out(". 1:1(0) ack 1");
  c.expect_blocked();
  say(c, 1, 101);
  c.out(". 1:1(0) ack 201");  // a filled gap is told at once (RFC 5681 4.2)
  c.receive(200);
}

TEST(Reassembly, TellsOfAFilledPartOfAGapAtOnce) {  // [RFC5681 4.2(a)]
  Conversation c;
  c.establish();
  say(c, 201, 301);
  c.out(". 1:1(0) ack 1");
  say(c, 1, 101);
  c.out(". 1:1(0) ack 101");
  c.receive(100);
}

TEST(Reassembly, TakesEveryKindOfOverlap) {
  struct Range {
    int begin, end;
  };
  // What is already held, then a segment that covers its front, back, middle, all of it, more than it, or two at once.
  constexpr std::array<Range, 8> kSecond{
      {{50, 150}, {150, 250}, {120, 180}, {101, 201}, {50, 300}, {90, 101}, {201, 210}, {150, 450}}};
  for (const auto& [begin, end] : kSecond) {
    SCOPED_TRACE(fmt::format("{}:{}", begin, end));
    Conversation c;
    c.establish("<mss 1460,sackOK>");
    say(c, 101, 201);
    say(c, 401, 501);
    say(c, begin, end);
    say(c, 1, 501);
    c.receive(500);
    c.expect_blocked();
    c.ignore_rest();
  }
}

TEST(Reassembly, WorksInEveryOrderOfFiveSegments) {
  std::array<int, 5> order{0, 1, 2, 3, 4};
  do {
    Conversation c;
    c.establish("<mss 1460,sackOK>");
    for (const int i : order) say(c, 1 + i * 100, 121 + i * 100);  // each overlaps the next by 20
    c.receive(520);
    c.expect_blocked();
    c.ignore_rest();
  } while (std::next_permutation(order.begin(), order.end()));
}

TEST(Reassembly, HoldsNoMoreSegmentsThanTheLimit) {
  ConversationSetup setup;
  setup.config.max_out_of_order_segments = 100;
  Conversation c(setup);
  c.establish();
  for (int i = 0; i < 1000; ++i) say(c, 3 + 2 * i, 4 + 2 * i);
  c.expect_drop(DropReason::kTcpOutOfOrderLimit);
  c.expect_state(TcpState::kEstablished);
  c.forget_sent();
  for (int begin = 1; begin < 2003; begin += 1001) say(c, begin, begin + 1001);
  c.receive(2002);
  c.ignore_rest();
}

TEST(Reassembly, CountsAgainstTheWindow) {
  tcp::ConnectionOptions options;
  options.receive_buffer_bytes = 10'000;
  Conversation c;
  c.listen(16, options);
  c.in("S 0:0(0) win 65535 <mss 1460>");
  const auto window = c.take().header.window;
  c.in(". 1:1(0) ack 1");
  c.accept();
  for (int begin = 1001; begin < window; begin += 1000) {
    say(c, begin, begin + 1000);
    // The right edge stays where it is: RFC 9293 SHLD-14.
    EXPECT_EQ(c.take().header.window, window);
  }
  say(c, 1, 1001);
  c.advance(100ms);
  c.receive(window);
  c.ignore_rest();
}

}  // namespace
}  // namespace fourtuple::test
