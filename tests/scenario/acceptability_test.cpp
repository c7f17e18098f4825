// The first check of 3.10.7.4: is any of the segment inside the receive window? Four cases, by the length of the
// segment and the size of the window. What is not acceptable is answered with an ACK, unless it is a reset.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "tests/support/conversation.hpp"

namespace fourtuple::test {
namespace {

constexpr std::size_t kBuffer = 8000;

// A connection with a small receive buffer; answers the window that it offers, counted from sequence number 1.
std::uint16_t establish_small(Conversation& c) {
  tcp::ConnectionOptions options;
  options.receive_buffer_bytes = kBuffer;
  c.listen(16, options);
  c.in("S 0:0(0) win 65535 <mss 1000>");
  c.out("S. 0:0(0) ack 1 <...>");
  c.in(". 1:1(0) ack 1");
  c.accept();
  c.in("P. -9:1(10) ack 1");  // makes it say where it is
  return c.take().header.window;
}

// Says `length` octets at `seq`, which must be answered with an ACK that changes nothing.
void expect_refused(Conversation& c, std::int64_t seq, int length, std::int64_t next) {
  c.in(fmt::format(". {}:{}({}) ack 1", seq, seq + length, length));
  c.out(fmt::format(". 1:1(0) ack {}", next));
  c.quiet();
}

TEST(EmptySegmentOpenWindow, IsAcceptableFromNextToTheLastOctetOfTheWindow) {
  Conversation c;
  const int window = establish_small(c);
  c.in(". 1:1(0) ack 1");
  c.in(fmt::format(". {}:{}(0) ack 1", window, window));
  c.quiet();
}

TEST(EmptySegmentOpenWindow, IsRefusedOutsideOfIt) {
  Conversation c;
  const int window = establish_small(c);
  expect_refused(c, 0, 0, 1);
  expect_refused(c, -70'000, 0, 1);
  expect_refused(c, window + 1, 0, 1);
  expect_refused(c, 1'000'000'000, 0, 1);
}

TEST(DataOpenWindow, IsRefusedWhenAllOfItIsOldOrBeyond) {  // [RFC9293 3.10.7.4]
  Conversation c;
  const int window = establish_small(c);
  expect_refused(c, -9, 10, 1);
  expect_refused(c, -50'000, 1000, 1);
  expect_refused(c, window + 1, 10, 1);
  expect_refused(c, 2'000'000'000, 10, 1);
  c.expect_blocked();
}

TEST(DataOpenWindow, IsAcceptableWhenItsFirstOctetIsTheLastOneOfTheWindow) {
  Conversation c;
  const int window = establish_small(c);
  c.in(fmt::format(". {}:{}(1) ack 1", window, window + 1));
  c.out(". 1:1(0) ack 1 <...>");  // out of order, and held
  for (int seq = 1; seq < window; seq += 1000) {
    const int length = std::min(1000, window - seq);
    c.in(fmt::format(". {}:{}({}) ack 1", seq, seq + length, length));
  }
  c.advance(100ms);
  c.forget_sent();
  c.receive(static_cast<std::size_t>(window));
  c.ignore_rest();
}

TEST(DataOpenWindow, IsCutAtTheRightEdge) {  // [RFC9293 3.10.7.4]
  Conversation c;
  const int window = establish_small(c);
  int seq = 1;
  for (; seq + 1000 < window; seq += 1000) c.in(fmt::format(". {}:{}(1000) ack 1", seq, seq + 1000));
  c.in(fmt::format(". {}:{}(1000) ack 1", seq, seq + 1000));
  c.advance(100ms);
  Sent last;
  while (c.waiting() != 0) last = c.take();
  EXPECT_EQ(last.header.ack, c.peer().initial() + 1 + static_cast<std::uint32_t>(window));
  EXPECT_EQ(last.header.window, 0);
  c.receive(static_cast<std::size_t>(window));
  c.expect_blocked();
  c.ignore_rest();
}

// Fills the window; answers the next sequence number.
int fill(Conversation& c) {
  const int window = establish_small(c);
  for (int seq = 1; seq <= window; seq += 1000) {
    const int length = std::min(1000, window + 1 - seq);
    c.in(fmt::format(". {}:{}({}) ack 1", seq, seq + length, length));
  }
  c.advance(100ms);
  c.forget_sent();
  return window + 1;
}

TEST(EmptySegmentClosedWindow, IsAcceptableOnlyAtNext) {
  Conversation c;
  const int next = fill(c);
  c.in(fmt::format(". {0}:{0}(0) ack 1", next));
  c.quiet();
  expect_refused(c, next + 1, 0, next);
  expect_refused(c, next - 1, 0, next);
}

TEST(DataClosedWindow, IsNeverAcceptableAndTellsOfTheClosedWindow) {
  Conversation c;
  const int next = fill(c);
  c.in(fmt::format(". {}:{}(1) ack 1", next, next + 1));
  c.out(fmt::format(". 1:1(0) ack {} win 0", next));
  expect_refused(c, next, 100, next);
  expect_refused(c, next - 100, 100, next);
}

// "Special allowance should be made to accept valid ACKs, URGs, and RSTs" although the window is closed.
TEST(DataClosedWindow, StillCountsTheAck) {
  Conversation c;
  const int next = fill(c);
  c.send(100);
  c.out(fmt::format("P. 1:101(100) ack {}", next));
  c.in(fmt::format(". {}:{}(10) ack 101", next, next + 10));
  c.out(fmt::format(". 101:101(0) ack {} win 0", next));
  EXPECT_EQ(c.status().unacknowledged_bytes, 0U);
}

// [RFC9293 MUST-66]
TEST(DataClosedWindow, StillCountsAReset) {
  Conversation c;
  const int next = fill(c);
  c.in(fmt::format("R {0}:{0}(0)", next));
  c.expect_state(TcpState::kClosed);
  c.quiet();
}

TEST(DataClosedWindow, StillCountsAResetWithText) {  // [RFC9293 MUST-66, SHLD-2]
  Conversation c;
  const int next = fill(c);
  c.in(fmt::format("R {}:{}(10)", next, next + 10));
  c.expect_state(TcpState::kClosed);
  c.quiet();
}

}  // namespace
}  // namespace fourtuple::test
