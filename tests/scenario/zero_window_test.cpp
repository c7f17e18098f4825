// The peer's window is closed: probes (RFC 9293 3.8.6.1). [RFC9293 MUST-35, MUST-36, MUST-37, SHLD-29, SHLD-30]
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <vector>

#include "tests/support/conversation.hpp"

namespace fourtuple::test {
namespace {

// A connection whose peer has closed its window, and 1000 octets that wait.
void close_window(Conversation& c) {
  c.establish();
  c.in(". 1:1(0) ack 1 win 0");
  c.send(1000);
  c.quiet();
}

void expect_probe(Conversation& c) {
  const auto probe = c.peer().describe(c.take());
  EXPECT_LE(probe.length, 1U);
  EXPECT_LE(probe.seq + probe.length, 2);
  EXPECT_GE(probe.seq, 0);
}

// All 1000 octets leave now. The probe's octet may come by itself: it was sent once, and was not taken.
void expect_all_sent(Conversation& c) {
  std::int64_t next = 1;
  while (c.waiting() != 0 && next < 1001) {
    const auto segment = c.peer().describe(c.take());
    EXPECT_EQ(segment.seq, next);
    next += segment.length;
  }
  EXPECT_EQ(next, 1001);
}

TEST(ZeroWindow, IsProbedWithBackoff) {  // [RFC9293 MUST-36, SHLD-29, SHLD-30]
  Conversation c;
  close_window(c);
  std::vector<Duration> gaps;
  Instant last = c.now();
  for (int i = 0; i < 6; ++i) {
    while (c.waiting() == 0 && c.elapsed() < std::chrono::hours(1)) c.advance(10ms);
    const auto probe = c.take();
    gaps.push_back(probe.time - last);
    last = probe.time;
    c.in(". 1:1(0) ack 1 win 0");
  }
  EXPECT_GE(gaps.front(), 200ms);
  EXPECT_LE(gaps.front(), 1s);
  for (std::size_t i = 1; i < gaps.size(); ++i) EXPECT_GE(gaps[i], gaps[i - 1] * 19 / 10);
}

TEST(ZeroWindow, IsProbedWithAtMostOneOctet) {
  Conversation c;
  close_window(c);
  c.advance(1s);
  expect_probe(c);
  c.ignore_rest();
}

TEST(ZeroWindow, IsProbedForEverWhileThePeerAnswers) {  // [RFC9293 MUST-37]
  Conversation c;
  close_window(c);
  for (int minutes = 0; minutes < 24 * 60; ++minutes) {
    c.advance(60s);
    if (c.waiting() != 0) c.in(". 1:1(0) ack 1 win 0");
    c.forget_sent();
  }
  c.expect_state(TcpState::kEstablished);
  c.in(". 1:1(0) ack 1 win 65535");
  expect_all_sent(c);
}

TEST(ZeroWindow, GapsBetweenProbesAreBounded) {
  Conversation c;
  close_window(c);
  Instant last = c.now();
  for (int minutes = 0; minutes < 120; ++minutes) {
    c.advance(60s);
    while (c.waiting() != 0) {
      last = c.take().time;
      c.in(". 1:1(0) ack 1 win 0");
    }
    EXPECT_LE(c.now() - last, 180s);
  }
  c.ignore_rest();
}

TEST(ZeroWindow, OpeningLetsDataGoAtOnce) {
  Conversation c;
  close_window(c);
  c.in(". 1:1(0) ack 1 win 65535");
  c.out("P. 1:1001(1000) ack 1");
  c.in(". 1:1(0) ack 1001");
  c.quiet_for(600s);
}

// The peer may keep the probe's octet.
TEST(ZeroWindow, CountsAnAcknowledgedProbe) {
  Conversation c;
  close_window(c);
  c.advance(1s);
  const auto probe = c.peer().describe(c.take());
  c.forget_sent();
  c.in(". 1:1(0) ack " + std::to_string(probe.seq + probe.length) + " win 65535");
  const auto rest = c.peer().describe(c.take());
  EXPECT_EQ(rest.seq + rest.length, 1001);
  c.ignore_rest();
}

TEST(ZeroWindow, WithoutDataIsNotProbed) {
  Conversation c;
  c.establish();
  c.in(". 1:1(0) ack 1 win 0");
  c.quiet_for(std::chrono::hours(1));
}

TEST(ZeroWindow, WithASilentPeerEndsTheConnection) {
  ConversationSetup setup;
  setup.config.retries_r2 = 4;
  Conversation c(setup);
  close_window(c);
  c.advance(120s);
  c.expect_state(TcpState::kClosed);
  c.expect_error(std::errc::timed_out);
  c.ignore_rest();
}

TEST(ZeroWindow, HoldsTheFinBackBehindTheData) {
  Conversation c;
  close_window(c);
  c.shutdown();
  c.in(". 1:1(0) ack 1 win 65535");
  const auto data = c.take();
  if (!data.header.flags.fin()) c.out("F. 1001:1001(0) ack 1");
  c.in(". 1:1(0) ack 1002");
  c.expect_state(TcpState::kFinWait2);
}

// Seed 432 of the simulation: the lone octet in flight was taken for a probe, and its timer outlived it.
TEST(ZeroWindow, ClosedAndOpenedInOneBatchBeforeTheFinIsAcknowledged) {
  Conversation c;
  c.establish();
  c.send(10);
  c.out("P. 1:11(10) ack 1");
  c.shutdown();
  c.out("F. 11:11(0) ack 1");
  c.in({". 1:1(0) ack 11 win 0", ". 1:1(0) ack 11 win 1000"});
  c.expect_state(TcpState::kFinWait1);
  c.maybe("F. 11:11(0) ack 1");
  c.in(". 1:1(0) ack 12");
  c.expect_state(TcpState::kFinWait2);
}

// Closed while data is in flight: what comes of it, the stream goes on when the window opens.
TEST(ZeroWindow, WhileDataIsInFlightLosesNothing) {
  Conversation c;
  c.establish();
  c.send(4380);
  c.forget_sent();
  c.in(". 1:1(0) ack 1461 win 0");
  c.advance(5s);
  c.forget_sent();
  c.in(". 1:1(0) ack 1461 win 65535");
  const auto first = c.peer().describe(c.take());
  EXPECT_EQ(first.seq, 1461);
  c.forget_sent();
  c.in(fmt::format(". 1:1(0) ack {}", 1461 + first.length));
  c.advance(5s);
  const auto next = c.peer().describe(c.take());
  EXPECT_EQ(next.seq, 1461 + first.length);
  c.ignore_rest();
}

}  // namespace
}  // namespace fourtuple::test
