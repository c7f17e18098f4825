// What the sender does when the network marks segments instead of dropping them (RFC 3168), beside losses and beside
// what is taken back.
#include <gtest/gtest.h>

#include "tests/support/conversation.hpp"

namespace fourtuple::test {
namespace {

std::uint64_t window(Conversation& c) { return c.info().congestion_window_bytes; }

// ECN and SACK are agreed on, the round trip takes 20 ms. The first of ten segments of 1000 octets was sent again; then
// all are acknowledged, and nobody knows yet whether that was needed.
void recover_from_a_loss(Conversation& c) {
  c.listen();
  c.in("SEW 0:0(0) win 65535 <mss 1000,sackOK>");
  (void)c.take();
  c.advance(20ms);
  c.in(". 1:1(0) ack 1");
  c.accept();
  c.send(10'000);
  c.forget_sent();
  c.advance(20ms);
  c.in(". 1:1(0) ack 1 <sack 1001:4001>");
  c.out(". 1:1001(1000) ack 1");
  c.in(". 1:1(0) ack 10001");
  c.send(4000);
  c.forget_sent();
  c.advance(20ms);
}

TEST(CongestionEcho, IsNoLossThatCouldBeTakenBack) {  // [RFC3168 6.1.2] [RFC4015 3.2]
  Conversation c;
  recover_from_a_loss(c);
  const std::uint64_t before = window(c);
  c.in("E. 1:1(0) ack 11001");
  const std::uint64_t reduced = window(c);
  EXPECT_LT(reduced, before);
  c.in("E. 1:1(0) ack 11001 <sack 1:1001>");  // the loss was none, but the mark was one
  EXPECT_EQ(window(c), reduced);
  c.ignore_rest();
}

TEST(TailProbeThatFilledAHole, IsNoLossThatCouldBeTakenBack) {  // [RFC8985 7.4] [RFC4015 3.2]
  Conversation c;
  recover_from_a_loss(c);
  c.in(". 1:1(0) ack 12001");
  c.advance(60ms);
  c.out("P. 13001:14001(1000) ack 1");
  c.in(". 1:1(0) ack 14001");
  c.send(1000);
  c.forget_sent();
  const std::uint64_t before = window(c);
  c.in(". 1:1(0) ack 15001");
  const std::uint64_t reduced = window(c);
  EXPECT_LT(reduced, before);
  c.send(1000);
  EXPECT_TRUE(c.take().header.flags.cwr());  // [RFC3168 6.1.2]
  c.in(". 1:1(0) ack 15001 <sack 1:1001>");  // the first loss was none; the tail was lost all the same
  EXPECT_EQ(window(c), reduced);
  c.ignore_rest();
}

}  // namespace
}  // namespace fourtuple::test
