// The slow link: its queue in frames and octets, traces, CoDel, marks.
#include <gtest/gtest.h>

#include "bad_wire.hpp"

namespace fourtuple {
namespace {

using namespace test;

constexpr std::uint8_t kCapable = 2;  // ECT(0)
constexpr std::uint8_t kMarked = 3;   // CE

std::vector<std::uint8_t> frame_of_size(std::size_t size, std::uint8_t tos = 0) {
  auto frame = tcp_frame({.payload = size - kHeaders});
  frame[wire::kEthernetHeaderSize + 1] = tos;
  const ByteSpan ip = ByteSpan(frame).subspan(wire::kEthernetHeaderSize);
  ip[10] = ip[11] = 0;
  const std::uint16_t sum = wire::internet_checksum(ip.first(wire::kIpv4HeaderSize));
  ip[10] = static_cast<std::uint8_t>(sum >> 8);
  ip[11] = static_cast<std::uint8_t>(sum);
  return frame;
}

std::uint8_t ecn_of(const PacketBuffer& frame) { return frame.bytes()[wire::kEthernetHeaderSize + 1] & 3U; }

bool has_good_ip_checksum(const PacketBuffer& frame) {
  return wire::Ipv4Header::parse(frame.bytes().subspan(wire::kEthernetHeaderSize)).has_value();
}

// When each of the frames sent at the start arrives, looked at every `step`.
std::vector<Duration> arrival_times(BadWire& wire, Duration until, Duration step) {
  std::vector<Duration> times;
  for (Duration at{}; at <= until; at += step) times.insert(times.end(), wire.arrived_at_peer(kStart + at).size(), at);
  return times;
}

TEST(SlowLink, QueuesByOctets) {
  BadWire wire("out: rate 8mbit; out: queue 3kB");
  for (int i = 0; i < 5; ++i) wire.send(frame_of_size(1000));
  EXPECT_EQ(counters(wire).dropped_queue_full, 2U);
  EXPECT_EQ(arrival_times(wire, 10ms, 1ms), (std::vector<Duration>{1ms, 2ms, 3ms}));
}

TEST(SlowLink, LiftsTheStandardLimitInFramesWhereOneInOctetsIsSaid) {
  BadWire wire("out: rate 8mbit; out: queue 10MB");
  for (int i = 0; i < 1500; ++i) wire.send(frame_of_size(100));
  EXPECT_EQ(counters(wire).dropped_queue_full, 0U);
}

TEST(SlowLink, KeepsWhatARuleDelaysFromHoldingUpTheRest) {
  BadWire wire("out: rate 8mbit; out: delay data 1 by 5ms");
  for (int i = 0; i < 3; ++i) wire.send(frame_of_size(1000));
  EXPECT_EQ(arrival_times(wire, 10ms, 1ms), (std::vector<Duration>{2ms, 3ms, 6ms}));
}

TEST(SlowLink, ChangesItsRateAtTheTimeSaidHoweverLateItIsAsked) {
  const char* const rules = "out: rate 8mbit; at 2ms: out: rate 80mbit";
  BadWire punctual(rules);
  for (int i = 0; i < 5; ++i) punctual.send(frame_of_size(1000));
  EXPECT_EQ(arrival_times(punctual, 3ms, 100us), (std::vector<Duration>{1ms, 2ms, 2100us, 2200us, 2300us}));
  BadWire late(rules);
  for (int i = 0; i < 5; ++i) late.send(frame_of_size(1000));
  EXPECT_EQ(late.arrived_at_peer(kStart + 2200us).size(), 4U);
}

TEST(SlowLink, EmptiesItsQueueWhenTheLimitIsLifted) {
  BadWire wire("out: rate 8mbit; at 2500us: out: rate unlimited");
  for (int i = 0; i < 5; ++i) wire.send(frame_of_size(1000));
  EXPECT_EQ(arrival_times(wire, 4ms, 500us), (std::vector<Duration>{1ms, 2ms, 3ms, 3ms, 3ms}));
  wire.send(frame_of_size(1000), kStart + 5ms);
  EXPECT_EQ(wire.arrived_at_peer(kStart + 5ms).size(), 1U);
}

TEST(SlowLink, AnnouncesWhenTheNextFrameLeavesItsQueue) {
  BadWire wire("out: rate 8mbit; out: delay 20ms");
  wire.send(frame_of_size(1000));
  wire.send(frame_of_size(1000));
  EXPECT_EQ(wire.ours->next_deadline(), kStart + 1ms);  // the second one enters the link
  EXPECT_TRUE(wire.arrived_at_peer(kStart + 1ms).empty());
  EXPECT_EQ(wire.ours->next_deadline(), kStart + 21ms);
}

TEST(TracedLink, SendsAtTheMomentsOfItsTraceAndStartsAgain) {
  BadWire wire("out: rate-trace 3 4 10");
  for (int i = 0; i < 5; ++i) wire.send(frame_of_size(1514));
  EXPECT_EQ(arrival_times(wire, 30ms, 1ms), (std::vector<Duration>{3ms, 4ms, 10ms, 13ms, 14ms}));
}

TEST(TracedLink, LetsSmallPacketsShareAMomentAndLargeOnesTakeSeveral) {
  BadWire wire("out: rate-trace 3 4 10");
  for (int i = 0; i < 3; ++i) wire.send(frame_of_size(514));  // 500 octets of IP each
  wire.send(frame_of_size(1014));
  wire.send(frame_of_size(1014));  // 500 at 4 ms, 500 at 10 ms
  EXPECT_EQ(arrival_times(wire, 30ms, 1ms), (std::vector<Duration>{3ms, 3ms, 3ms, 4ms, 10ms}));
}

TEST(TracedLink, WastesTheMomentsAtWhichNothingWaits) {
  BadWire wire("out: rate-trace 3 4 10");
  EXPECT_TRUE(wire.arrived_at_peer(kStart).empty());  // from here the moments count
  wire.send(frame_of_size(100), kStart + 5ms);
  EXPECT_EQ(arrival_times(wire, 30ms, 1ms), (std::vector<Duration>{10ms}));
  wire.send(frame_of_size(100), kStart + 40ms);  // a moment itself: the last of the fourth round
  EXPECT_EQ(wire.arrived_at_peer(kStart + 40ms).size(), 1U);
}

TEST(TracedLink, HasSeveralPacketsForAMomentThatIsSaidTwice) {
  BadWire wire("out: rate-trace 3 3 10");
  for (int i = 0; i < 3; ++i) wire.send(frame_of_size(1514));
  EXPECT_EQ(arrival_times(wire, 30ms, 1ms), (std::vector<Duration>{3ms, 3ms, 10ms}));
}

TEST(MarkingQueue, MarksCapablePacketsThatFindItLong) {
  BadWire wire("out: rate 8mbit; out: queue 100 mark 2");
  for (int i = 0; i < 4; ++i) wire.send(frame_of_size(1000, kCapable));
  wire.send(frame_of_size(1000));
  const auto frames = wire.arrived_at_peer(kStart + 1s);
  ASSERT_EQ(frames.size(), 5U);
  EXPECT_EQ(ecn_of(frames[1]), kCapable);
  EXPECT_EQ(ecn_of(frames[2]), kMarked);
  EXPECT_EQ(ecn_of(frames[3]), kMarked);
  EXPECT_EQ(ecn_of(frames[4]), 0U);  // its sender does not know what a mark is
  EXPECT_TRUE(has_good_ip_checksum(frames[2]));
  EXPECT_EQ(counters(wire).marked, 2U);
}

TEST(MarkingRule, MarksTheCountedFrame) {
  BadWire wire("out: mark data 2");
  for (int i = 0; i < 3; ++i) wire.send(frame_of_size(200, kCapable));
  const auto frames = wire.arrived_at_peer();
  ASSERT_EQ(frames.size(), 3U);
  EXPECT_EQ(ecn_of(frames[0]), kCapable);
  EXPECT_EQ(ecn_of(frames[1]), kMarked);
}

// A sender that offers more than the link carries for two seconds.
struct Overload {
  explicit Overload(BadWire& wire, std::uint8_t tos = 0) {
    const auto frame = frame_of_size(1000, tos);
    for (Duration at{}; at < 2s; at += 800us) wire.send(frame, kStart + at);  // 10 Mbit/s into 8
  }
};

std::size_t queued_at_the_end(BadWire& wire) { return wire.arrived_at_peer(kStart + 10s).size(); }

TEST(Codel, LeavesAQueueAloneThatStandsForLessThanAnInterval) {
  BadWire wire("out: rate 8mbit; out: codel");
  for (int i = 0; i < 90; ++i) wire.send(frame_of_size(1000));  // gone after 90 ms
  EXPECT_EQ(wire.arrived_at_peer(kStart + 1s).size(), 90U);
  EXPECT_EQ(counters(wire).dropped_by_codel, 0U);
}

TEST(Codel, DropsFirstWhenTheQueueHasStoodForAnInterval) {
  BadWire wire("out: rate 8mbit; out: codel target 5ms interval 100ms");
  for (int i = 0; i < 300; ++i) wire.send(frame_of_size(1000));
  // The frame that leaves at 5 ms is the first to have waited too long: from 105 ms on one is dropped.
  EXPECT_EQ(wire.arrived_at_peer(kStart + 105ms - 1ns).size(), 104U);
  EXPECT_EQ(counters(wire).dropped_by_codel, 0U);
  EXPECT_EQ(wire.arrived_at_peer(kStart + 105ms).size(), 1U);
  EXPECT_EQ(counters(wire).dropped_by_codel, 1U);
  // The next one after interval / sqrt(1), the third after interval / sqrt(2).
  wire.arrived_at_peer(kStart + 204ms);
  EXPECT_EQ(counters(wire).dropped_by_codel, 1U);
  wire.arrived_at_peer(kStart + 206ms);
  EXPECT_EQ(counters(wire).dropped_by_codel, 2U);
  wire.arrived_at_peer(kStart + 274ms);
  EXPECT_EQ(counters(wire).dropped_by_codel, 2U);
  wire.arrived_at_peer(kStart + 278ms);
  EXPECT_EQ(counters(wire).dropped_by_codel, 3U);
}

TEST(Codel, DropsMoreAndMoreOftenWhileNobodySlowsDown) {
  const MemoryWireOptions roomy{.queue_limit_frames = 10'000};
  BadWire with("out: rate 8mbit; out: codel", roomy);
  const Overload a(with);
  BadWire without("out: rate 8mbit; out: queue 10000", roomy);
  const Overload b(without);
  EXPECT_GT(counters(with).dropped_by_codel, 20U);
  EXPECT_LT(queued_at_the_end(with), queued_at_the_end(without));
}

TEST(Codel, MarksInsteadOfDroppingWithEcn) {
  BadWire wire("out: rate 8mbit; out: codel ecn");
  const Overload load(wire, kCapable);
  EXPECT_GT(counters(wire).marked, 10U);
  EXPECT_EQ(counters(wire).dropped_by_codel, 0U);
  BadWire incapable("out: rate 8mbit; out: codel ecn");
  const Overload other(incapable);
  EXPECT_GT(counters(incapable).dropped_by_codel, 10U);
}

}  // namespace
}  // namespace fourtuple
