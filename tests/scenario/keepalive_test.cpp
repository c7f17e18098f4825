// Is the silent peer still there? (RFC 9293 3.8.4) [RFC9293 MAY-5, MUST-24, MUST-25, MUST-26, MUST-27]
#include <gtest/gtest.h>

#include "tests/support/conversation.hpp"

namespace fourtuple::test {
namespace {

tcp::ConnectionOptions keep_alive() {
  tcp::ConnectionOptions options;
  options.keep_alive = true;
  options.keep_alive_idle = 10s;
  options.keep_alive_interval = 2s;
  options.keep_alive_count = 3;
  return options;
}

TEST(KeepAlive, IsOffByDefault) {  // [RFC9293 MUST-25]
  Conversation c;
  c.establish();
  c.quiet_for(std::chrono::hours(24 * 7));
  c.expect_state(TcpState::kEstablished);
}

TEST(KeepAlive, WaitsTwoHoursUnlessToldOtherwise) {  // [RFC9293 MUST-26, MUST-28]
  tcp::ConnectionOptions options;
  options.keep_alive = true;
  Conversation c;
  c.establish("<mss 1460>", options);
  c.after(std::chrono::hours(2), ". 0:0(0) ack 1");
  c.in(". 1:1(0) ack 1");
}

TEST(KeepAlive, ProbesWithTheNumberBeforeTheNext) {  // [RFC9293 MAY-5, MUST-27, SHLD-12]
  Conversation c;
  c.establish("<mss 1460>", keep_alive());
  c.after(10s, ". 0:0(0) ack 1");
  c.in(". 1:1(0) ack 1");
  c.after(10s, ". 0:0(0) ack 1");
  c.in(". 1:1(0) ack 1");
}

TEST(KeepAlive, GivesUpOnlyAfterAllProbes) {  // [RFC9293 MUST-27, MUST-29] one lost probe proves nothing
  Conversation c;
  c.establish("<mss 1460>", keep_alive());
  c.after(10s, ". 0:0(0) ack 1");
  c.after(2s, ". 0:0(0) ack 1");
  c.after(2s, ". 0:0(0) ack 1");
  c.quiet_for(1900ms);
  c.expect_state(TcpState::kEstablished);
  c.advance(200ms);
  c.expect_state(TcpState::kClosed);
  c.expect_error(std::errc::timed_out);
  while (c.waiting() != 0) EXPECT_TRUE(c.take().header.flags.rst());
}

TEST(KeepAlive, StartsAnewWhenAnythingArrives) {  // [RFC9293 MUST-26]
  Conversation c;
  c.establish("<mss 1460>", keep_alive());
  c.quiet_for(6s);
  c.in("P. 1:11(10) ack 1");
  c.after(40ms, ". 1:1(0) ack 11");
  c.quiet_for(9900ms);
  c.advance(200ms);
  c.out(". 0:0(0) ack 11");
  c.in(". 11:11(0) ack 1");
  c.quiet_for(9s);
}

TEST(KeepAlive, IsNotSentWhileDataIsOutstanding) {  // [RFC9293 MUST-26]
  Conversation c;
  c.establish("<mss 1460>", keep_alive());
  c.send(100);
  c.out("P. 1:101(100) ack 1");
  c.advance(30s);
  while (c.waiting() != 0) {
    const auto sent = c.peer().describe(c.take());
    EXPECT_EQ(sent.seq, 1);
    EXPECT_EQ(sent.length, 100U);
  }
  c.ignore_rest();
}

// Seed 5271 of the simulation: both kinds of probe were sent, and together gave up on a peer too soon.
TEST(KeepAlive, LeavesTheAskingToWindowProbes) {
  Conversation c;
  c.establish("<mss 1460>", keep_alive());
  c.in(". 1:1(0) ack 1 win 0");
  c.send(100);
  c.advance(60s);
  c.expect_state(TcpState::kEstablished);
  while (c.waiting() != 0) EXPECT_EQ(c.take().cause, Cause::kWindowProbe);
  c.in(". 1:1(0) ack 1 win 65535");
  c.ignore_rest();
}

TEST(KeepAlive, CanBeSwitchedOnAndOffLater) {  // [RFC9293 MUST-24]
  tcp::ConnectionOptions off = keep_alive();
  off.keep_alive = false;
  Conversation c;
  c.establish("<mss 1460>", off);
  c.quiet_for(100s);
  c.set_options(keep_alive());  // it has been idle for long enough: now, or after the full time
  if (c.waiting() == 0) c.advance(10s);
  c.out(". 0:0(0) ack 1");
  c.in(". 1:1(0) ack 1");
  c.set_options(off);
  c.quiet_for(3600s);
}

TEST(KeepAlive, EndsWhenThePeerHasForgottenUs) {
  Conversation c;
  c.establish("<mss 1460>", keep_alive());
  c.after(10s, ". 0:0(0) ack 1");
  c.in("R 1:1(0)");
  c.expect_state(TcpState::kClosed);
  c.expect_error(std::errc::connection_reset);
}

// The other side of the matter: we answer probes, with and without the garbage octet.
TEST(KeepAlive, OfThePeerIsAnswered) {
  Conversation c;
  c.establish();
  c.in(". 0:0(0) ack 1");
  c.out(". 1:1(0) ack 1");
  c.in(". 0:1(1) ack 1");
  c.out(". 1:1(0) ack 1");
  c.expect_blocked();
}

}  // namespace
}  // namespace fourtuple::test
