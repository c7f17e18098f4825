// Slow start, congestion avoidance and what idleness does to the congestion window (RFC 5681, RFC 6928).
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "tests/support/conversation.hpp"

namespace fourtuple::test {
namespace {

constexpr std::uint64_t kSegment = 1460;

// Takes all that was sent and acknowledges it segment by segment; answers how many segments there were.
std::size_t acknowledge_all(Conversation& c) {
  std::vector<std::int64_t> ends;
  while (c.waiting() != 0) {
    const auto segment = c.peer().describe(c.take());
    ends.push_back(segment.seq + segment.length);
  }
  for (const auto end : ends) c.in(fmt::format(". 1:1(0) ack {}", end));
  return ends.size();
}

void establish_wide(Conversation& c) { c.establish("<mss 1460,nop,wscale 7>", {}, 65535); }

TEST(InitialWindow, IsTenSegments) {  // [RFC6928 2]
  Conversation c;
  c.establish();
  c.send(100'000);
  EXPECT_EQ(c.waiting(), 10U);
  c.ignore_rest();
}

TEST(InitialWindow, IsTwoSegmentsWhereTheyAreLarge) {  // [RFC6928 2]
  ConversationSetup setup;
  setup.path = {8960, 8960, 0};
  Conversation c(setup);
  c.establish("<mss 8960>");
  c.send(100'000);
  EXPECT_EQ(c.waiting(), 2U);
  c.ignore_rest();
}

TEST(InitialWindow, FollowsTheConfiguration) {
  ConversationSetup setup;
  setup.config.initial_window_segments = 3;
  Conversation c(setup);
  c.establish();
  c.send(100'000);
  EXPECT_EQ(c.waiting(), 3U);
  c.ignore_rest();
}

TEST(SlowStart, SendsTwoSegmentsForEachAcknowledgedOne) {  // [RFC5681 3.1] [RFC9293 MUST-19]
  Conversation c;
  establish_wide(c);
  c.send(500'000);
  c.forget_sent();
  c.in(". 1:1(0) ack 1461");
  EXPECT_EQ(c.waiting(), 2U);
  c.forget_sent();
  c.in(". 1:1(0) ack 2921");
  EXPECT_EQ(c.waiting(), 2U);
  c.ignore_rest();
}

TEST(SlowStart, DoublesTheWindowInARoundTrip) {
  Conversation c;
  establish_wide(c);
  c.send(500'000);
  EXPECT_EQ(acknowledge_all(c), 10U);
  EXPECT_EQ(acknowledge_all(c), 20U);
  EXPECT_EQ(acknowledge_all(c), 40U);
  c.ignore_rest();
}

TEST(SlowStart, GrowsNoFasterThanDataIsAcknowledged) {  // [RFC3465 2.1]
  Conversation c;
  establish_wide(c);
  c.send(500'000);
  c.forget_sent();
  const auto before = c.info().congestion_window_bytes;
  for (int ack = 2; ack < 102; ++ack) c.in(fmt::format(". 1:1(0) ack {}", ack));  // ACK division
  EXPECT_LE(c.info().congestion_window_bytes, before + 101);
  c.ignore_rest();
}

// A peer that is in a hurry acknowledges what it cannot have.
TEST(SlowStart, GainsNothingFromAcksOfWhatWasNeverSent) {  // [RFC9293 3.10.7.4]
  Conversation c;
  establish_wide(c);
  c.send(500'000);
  c.forget_sent();
  const auto before = c.info();
  for (std::uint64_t i = 0; i < 50; ++i) c.in(fmt::format(". 1:1(0) ack {}", 14602 + i * kSegment));
  EXPECT_EQ(c.info().congestion_window_bytes, before.congestion_window_bytes);
  EXPECT_EQ(c.info().in_flight_bytes, before.in_flight_bytes);
  c.ignore_rest();
}

TEST(SlowStart, DoublesAtMostForAnAckOfAllThatIsInFlight) {  // [RFC3465 2.1]
  Conversation c;
  establish_wide(c);
  c.send(500'000);
  c.forget_sent();
  c.in(". 1:1(0) ack 14601");
  EXPECT_EQ(c.info().congestion_window_bytes, 20 * kSegment);
  EXPECT_EQ(c.waiting(), 20U);
  c.ignore_rest();
}

// Without data to send the window says nothing about the path (RFC 7661's concern, RFC 5681 4.3): it does not grow.
TEST(SlowStart, DoesNotGrowWhileTheApplicationIsTheLimit) {  // [RFC7661 4]
  Conversation c;
  establish_wide(c);
  for (int i = 0; i < 100; ++i) {
    c.send(1460);
    acknowledge_all(c);
  }
  EXPECT_LE(c.info().congestion_window_bytes, 20 * kSegment);
  c.ignore_rest();
}

// Brings the connection into congestion avoidance: a timeout with ten segments in flight sets the threshold to five.
void avoid_congestion(Conversation& c) {
  establish_wide(c);
  c.send(900'000);
  c.forget_sent();
  c.after(200ms, ". 1:1461(1460) ack 1");
  c.in(". 1:1(0) ack 14601");
  while (c.info().congestion_window_bytes < c.info().slow_start_threshold_bytes) acknowledge_all(c);
}

TEST(CongestionAvoidance, GrowsByAboutOneSegmentInARoundTrip) {  // [RFC5681 3.1] [RFC9293 MUST-19]
  Conversation c;
  avoid_congestion(c);
  for (int round = 0; round < 5; ++round) {
    const auto before = c.info().congestion_window_bytes;
    acknowledge_all(c);
    const auto growth = c.info().congestion_window_bytes - before;
    EXPECT_GE(growth, kSegment / 2);
    EXPECT_LE(growth, kSegment * 3 / 2);
  }
  c.ignore_rest();
}

TEST(Idleness, LongerThanTheTimeoutRestartsFromTheInitialWindow) {  // [RFC5681 4.1]
  Conversation c;
  establish_wide(c);
  c.send(100 * kSegment);
  while (acknowledge_all(c) != 0) {
  }
  EXPECT_GT(c.info().congestion_window_bytes, 20 * kSegment);
  c.advance(10s);
  c.send(100 * kSegment);
  EXPECT_EQ(c.waiting(), 10U);
  c.ignore_rest();
}

TEST(FlightSize, NeverExceedsTheCongestionWindow) {
  Conversation c;
  establish_wide(c);
  c.send(500'000);
  for (int round = 0; round < 6; ++round) {
    EXPECT_LE(c.info().in_flight_bytes, c.info().congestion_window_bytes);
    acknowledge_all(c);
  }
  c.ignore_rest();
}

}  // namespace
}  // namespace fourtuple::test
