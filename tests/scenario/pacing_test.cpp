// Pacing (TcpConfig::pacing, SO_MAX_PACING_RATE): when segments leave, in virtual time. RFC 9002 7.7 is where the
// numbers come from: twice the window a round trip in slow start, a quarter more than it after.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "stack/tcp/connection.hpp"
#include "tests/support/conversation.hpp"

namespace fourtuple::test {
namespace {

constexpr std::int64_t kPacedSegment = 1460;
constexpr std::uint64_t kOneSegmentAMillisecond = 1'460'000;

ConversationSetup pacing_setup(std::uint32_t max_super_segment = 0) {
  ConversationSetup setup;
  setup.config.pacing = true;
  setup.path.max_super_segment = max_super_segment;
  return setup;
}

// A handshake that takes 100 ms, so that a round trip has been timed.
void establish_far(Conversation& c, const tcp::ConnectionOptions& options = {}) {
  c.listen(16, options);
  c.in("S 0:0(0) win 65535 <mss 1460,nop,wscale 7>");
  c.forget_sent();
  c.advance(100ms);
  c.in(". 1:1(0) ack 1 win 65535");
  c.accept();
}

tcp::ConnectionOptions paced_at_most(std::uint64_t octets_a_second) {
  tcp::ConnectionOptions options;
  options.max_pacing_rate = octets_a_second;
  return options;
}

// When the segments that were sent since the last call left, after `begin`.
std::vector<Duration> departures(Conversation& c, Instant begin) {
  std::vector<Duration> times;
  while (c.waiting() != 0) times.push_back(c.take().time - begin);
  return times;
}

bool pacing_timer_runs(Conversation& c) {
  return c.layer().inspect(c.peer().connection)->timers().is_armed(tcp::Timer::kPacing);
}

TEST(Pacing, IsOffUnlessAskedFor) {
  Conversation c;
  establish_far(c);
  c.send(500'000);
  c.forget_sent();
  c.in(fmt::format(". 1:1(0) ack {}", 1 + 9 * kPacedSegment));
  EXPECT_EQ(c.waiting(), 18U);
  EXPECT_FALSE(pacing_timer_runs(c));
  c.ignore_rest();
}

TEST(Pacing, LetsTheInitialWindowGoAtOnce) {  // [RFC6928 2]
  Conversation c(pacing_setup());
  establish_far(c);
  c.send(500'000);
  EXPECT_EQ(c.waiting(), 10U);
  c.ignore_rest();
}

TEST(Pacing, SpreadsTheWindowOverHalfARoundTripInSlowStart) {
  Conversation c(pacing_setup());
  establish_far(c);
  c.send(500'000);
  c.forget_sent();
  c.advance(100ms);
  const Instant begin = c.now();
  c.in(fmt::format(". 1:1(0) ack {}", 1 + 9 * kPacedSegment));
  EXPECT_TRUE(pacing_timer_runs(c));
  c.advance(60ms);
  EXPECT_FALSE(pacing_timer_runs(c));
  const auto times = departures(c, begin);
  ASSERT_EQ(times.size(), 18U);  // the window is 19 segments now, one was still in flight
  // 19 segments at twice that a round trip: one each 2.63 ms, after two that make up for the silence before.
  EXPECT_EQ(times[0], 0ms);
  for (std::size_t i = 2; i < times.size(); ++i) {
    EXPECT_GT(times[i] - times[i - 1], 2600us);
    EXPECT_LT(times[i] - times[i - 1], 2660us);
  }
}

TEST(Pacing, GivesSuperSegmentsOfTwoWhereTheRateIsLow) {
  Conversation c(pacing_setup(65'000));
  establish_far(c);
  c.send(500'000);
  c.forget_sent();
  c.advance(100ms);
  const Instant begin = c.now();
  c.in(fmt::format(". 1:1(0) ack {}", 1 + 9 * kPacedSegment));
  c.advance(60ms);
  const auto times = departures(c, begin);
  ASSERT_EQ(times.size(), 18U);
  for (std::size_t i = 4; i < times.size(); i += 2) {
    EXPECT_EQ(times[i + 1], times[i]);
    EXPECT_GT(times[i] - times[i - 1], 5ms);
  }
}

TEST(Pacing, GivesSuperSegmentsOfAMillisecond) {
  ConversationSetup setup;
  setup.path.max_super_segment = 65'000;
  setup.config.initial_window_segments = 200;
  Conversation c(setup);
  establish_far(c, paced_at_most(10 * kOneSegmentAMillisecond));
  c.send(900'000);
  EXPECT_EQ(c.waiting(), 200U);
  c.forget_sent();
  c.advance(100ms);
  const Instant begin = c.now();
  c.in(fmt::format(". 1:1(0) ack {}", 1 + 199 * kPacedSegment));
  c.advance(20ms);
  const auto times = departures(c, begin);
  ASSERT_GE(times.size(), 200U);
  for (std::size_t i = 20; i + 10 <= times.size(); i += 10) {
    EXPECT_EQ(times[i + 9], times[i]) << i;
    EXPECT_NEAR(static_cast<double>((times[i] - times[i - 10]).count()), 1e6, 2000) << i;
  }
  c.ignore_rest();
}

TEST(Pacing, DoesNotHoldAcksBack) {
  Conversation c(pacing_setup());
  establish_far(c);
  c.send(500'000);
  c.forget_sent();
  c.advance(100ms);
  c.in(fmt::format(". 1:1(0) ack {}", 1 + 9 * kPacedSegment));
  c.forget_sent();
  ASSERT_TRUE(pacing_timer_runs(c));
  c.in({fmt::format(". 1:1461(1460) ack {}", 1 + 9 * kPacedSegment),
        fmt::format(". 1461:2921(1460) ack {}", 1 + 9 * kPacedSegment)});
  const Sent ack = c.take();
  EXPECT_EQ(ack.payload.size(), 0U);
  EXPECT_EQ(c.peer().describe(ack).ack, 2921);
  c.ignore_rest();
}

TEST(Pacing, AllowsABurstOfTheInitialWindowAfterSilence) {  // [RFC6928 2]
  Conversation c(pacing_setup());
  establish_far(c, paced_at_most(kOneSegmentAMillisecond));
  c.send(10 * kPacedSegment);
  EXPECT_EQ(c.waiting(), 10U);
  c.forget_sent();
  c.advance(100ms);
  c.in(fmt::format(". 1:1(0) ack {}", 1 + 10 * kPacedSegment));
  c.advance(5s);
  c.send(30 * kPacedSegment);
  EXPECT_EQ(c.waiting(), 10U);
  c.ignore_rest();
}

TEST(Pacing, SavesNoMoreThanAQuantumWhileSomethingIsInFlight) {
  Conversation c;
  establish_far(c, paced_at_most(kOneSegmentAMillisecond));
  c.send(10 * kPacedSegment);
  c.forget_sent();
  c.advance(100ms);
  c.in(fmt::format(". 1:1(0) ack {}", 1 + 9 * kPacedSegment));
  c.advance(50ms);
  c.send(15 * kPacedSegment);
  EXPECT_EQ(c.waiting(), 2U);
  c.ignore_rest();
}

TEST(MaxPacingRate, LimitsWhatLeavesInASecond) {
  Conversation c;
  establish_far(c, paced_at_most(kOneSegmentAMillisecond));
  c.send(500'000);
  const Instant begin = c.now();
  std::int64_t next = 1;
  for (int step = 0; step < 20; ++step) {  // the peer acknowledges all that it has, every 5 ms
    c.advance(5ms);
    while (c.waiting() != 0) next = c.peer().describe(c.take()).seq + kPacedSegment;
    c.in(fmt::format(". 1:1(0) ack {}", next - 2 * kPacedSegment));
  }
  const auto segments = (next - 1) / kPacedSegment;
  EXPECT_LE(segments, 10 + (c.now() - begin) / 1ms);
  EXPECT_GE(segments, (c.now() - begin) / 1ms);
  EXPECT_EQ(c.info().pacing_rate, kOneSegmentAMillisecond);
  c.ignore_rest();
}

TEST(MaxPacingRate, HoldsForWhatIsSentAgain) {
  Conversation c;
  establish_far(c, paced_at_most(kOneSegmentAMillisecond / 10));
  c.send(10 * kPacedSegment);
  EXPECT_EQ(c.waiting(), 10U);
  c.forget_sent();
  c.advance(100ms);
  for (int i = 0; i < 3; ++i) c.in(". 1:1(0) ack 1");
  c.in(". 1:1(0) ack 1461");  // the first fills its hole by itself; the next are lost
  const auto first = departures(c, c.now());
  EXPECT_LE(first.size(), 2U);
  c.in(". 1:1(0) ack 2921");
  const Instant begin = c.now();
  c.in(". 1:1(0) ack 4381");
  EXPECT_LE(c.waiting(), 1U);
  c.forget_sent();
  c.advance(25ms);
  for (const Duration at : departures(c, begin)) EXPECT_GE(at, 5ms);
  c.ignore_rest();
}

TEST(MaxPacingRate, IsNoReasonToWaitAfterATimeout) {  // [RFC6298 5.4]
  Conversation c;
  establish_far(c, paced_at_most(100));
  c.send(2 * kPacedSegment);
  c.forget_sent();
  c.after(300ms, ". 1:1461(1460) ack 1");
  c.ignore_rest();
}

TEST(MaxPacingRate, MayBeRaisedWhileSomethingWaits) {
  Conversation c;
  establish_far(c, paced_at_most(1000));
  c.send(11 * kPacedSegment);
  EXPECT_EQ(c.waiting(), 10U);
  c.forget_sent();
  c.in(". 1:1(0) ack 1461");
  c.advance(10ms);
  c.quiet();
  c.set_options(paced_at_most(kOneSegmentAMillisecond));
  c.after(1ms, "P. 14601:16061(1460) ack 1");
}

TEST(MaxPacingRate, LeavesAFinThatHasNoDataAlone) {
  Conversation c;
  establish_far(c, paced_at_most(1000));
  c.send(10 * kPacedSegment);
  c.forget_sent();
  c.shutdown();
  c.out("F. 14601:14601(0) ack 1");
}

}  // namespace
}  // namespace fourtuple::test
