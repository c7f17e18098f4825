#include "drivers/impair/impair.hpp"

#include <bit>
#include <gtest/gtest.h>

#include "bad_wire.hpp"

namespace fourtuple {
namespace {

using namespace test;

TEST(ImpairedWire, IsTransparentWithoutRules) {
  BadWire wire("", {.tso4 = true});
  EXPECT_TRUE(wire.ours->capabilities().tso4);
  EXPECT_EQ(wire.numbers_through(3), (Numbers{1, 2, 3}));
  EXPECT_EQ(wire.ours->next_deadline(), kNever);
}

TEST(ImpairedWire, DropsTheCountedSegmentOnce) {
  BadWire wire("out: drop data 3 once");
  EXPECT_EQ(wire.numbers_through(5), (Numbers{1, 2, 4, 5}));
  EXPECT_EQ(wire.numbers_through(5), (Numbers{1, 2, 3, 4, 5}));
  EXPECT_EQ(wire.ours->outbound_counters().dropped_by_rule, 1U);
}

TEST(ImpairedWire, LetsARuleForOneDirectionAloneInTheOther) {
  BadWire wire("in: drop any");
  EXPECT_EQ(wire.numbers_through(2), (Numbers{1, 2}));
  wire.peer_sends(tcp_frame({}));
  EXPECT_TRUE(wire.arrived_at_us().empty());
  EXPECT_EQ(wire.ours->inbound_counters().dropped_by_rule, 1U);
}

TEST(ImpairedWire, TellsTheKindsOfFramesApart) {
  BadWire wire("drop syn; drop synack; drop fin; drop rst; drop arp");
  for (const std::uint8_t flags : {TcpFlags::kSyn, std::uint8_t{TcpFlags::kSyn | TcpFlags::kAck},
                                   std::uint8_t{TcpFlags::kFin | TcpFlags::kAck}, TcpFlags::kRst}) {
    wire.send(tcp_frame({.flags = flags}));
  }
  auto arp = tcp_frame({});
  arp[13] = 0x06;
  wire.send(arp);
  EXPECT_TRUE(wire.arrived_at_peer().empty());
  wire.send(tcp_frame({.payload = 1}));
  wire.send(tcp_frame({}));
  EXPECT_EQ(wire.arrived_at_peer().size(), 2U);
}

TEST(ImpairedWire, DoesNotTakePaddingForData) {
  BadWire wire("drop data");
  auto padded = tcp_frame({});
  padded.resize(60);
  wire.send(padded);
  EXPECT_EQ(wire.arrived_at_peer().size(), 1U);
}

TEST(ImpairedWire, DelaysAndAnnouncesWhenTheFrameArrives) {
  BadWire wire("out: delay 20ms; in: delay ack 2 by 5ms");
  wire.send(tcp_frame({.payload = 1}), kStart + 1ms);
  EXPECT_EQ(wire.ours->next_deadline(), kStart + 21ms);
  EXPECT_TRUE(wire.arrived_at_peer(kStart + 21ms - 1ns).empty());
  EXPECT_EQ(wire.arrived_at_peer(kStart + 21ms).size(), 1U);
  wire.peer_sends(tcp_frame({}));
  wire.peer_sends(tcp_frame({}));
  EXPECT_EQ(wire.arrived_at_us(kStart + 21ms).size(), 1U);
  EXPECT_EQ(wire.ours->next_deadline(), kStart + 26ms);
  EXPECT_EQ(wire.arrived_at_us(kStart + 26ms).size(), 1U);
  EXPECT_EQ(wire.ours->next_deadline(), kNever);
}

TEST(ImpairedWire, DuplicatesTheCountedFrame) {
  BadWire wire("duplicate data 2");
  EXPECT_EQ(wire.numbers_through(3), (Numbers{1, 2, 2, 3}));
}

TEST(ImpairedWire, LosesAboutTheShareItWasTold) {
  BadWire wire("loss 5%", {.queue_limit_frames = 100'000});
  std::size_t arrived = 0;
  for (int i = 0; i < 10; ++i) arrived += wire.numbers_through(1000).size();
  EXPECT_GT(arrived, 9350U);
  EXPECT_LT(arrived, 9650U);
  EXPECT_EQ(arrived + wire.ours->outbound_counters().lost_by_chance, 10'000U);
}

TEST(ImpairedWire, RepeatsItselfWithTheSameSeed) {
  constexpr const char* kRules = "loss 20%; duplicate 10%; reorder 20%; seed 5";
  const auto once = BadWire(kRules).numbers_through(500);
  EXPECT_EQ(BadWire(kRules).numbers_through(500), once);
  EXPECT_NE(BadWire("loss 20%; duplicate 10%; reorder 20%; seed 6").numbers_through(500), once);
}

TEST(ImpairedWire, HoldsAReorderedFrameUntilItsDepthHasPassed) {
  BadWire wire("out: reorder 100% depth 2 by 4ms");
  EXPECT_EQ(wire.numbers_through(1), Numbers{});
  EXPECT_EQ(wire.ours->next_deadline(), kStart + 4ms);
  EXPECT_EQ(wire.arrived_at_peer(kStart + 4ms).size(), 1U);
  BadWire half("out: reorder 30% depth 2");
  const auto numbers = half.numbers_through(200);
  std::size_t late = 0;
  for (std::size_t i = 1; i < numbers.size(); ++i) late += numbers[i] < numbers[i - 1] ? 1U : 0U;
  EXPECT_GT(late, 20U);
  EXPECT_GE(numbers.size(), 190U);  // the last ones still wait for a follower or their time
  EXPECT_EQ(numbers.size() + half.arrived_at_peer(kStart + 10ms).size(), 200U);
}

TEST(ImpairedWire, FlipsOneBitThatAReceiverNotices) {
  BadWire wire("corrupt data", {.checksum_offload = true});
  auto frame = tcp_frame({.payload = 100});
  const auto complete = frame;
  make_partial(frame);
  wire.peer_sends(frame, partial_offload());
  const auto frames = wire.arrived_at_us();
  ASSERT_EQ(frames.size(), 1U);
  EXPECT_EQ(frames[0].offload.checksum, ChecksumState::kUnknown);
  std::size_t flipped = 0;
  for (std::size_t i = 0; i < complete.size(); ++i) {
    flipped += static_cast<std::size_t>(std::popcount(static_cast<unsigned>(complete[i] ^ frames[0].bytes()[i])));
  }
  EXPECT_EQ(flipped, 1U);
  EXPECT_TRUE(std::equal(complete.begin(), complete.begin() + 14, frames[0].data()));
}

TEST(ImpairedWire, SendsAtTheRateOfASlowLinkAndDropsBehindItsQueue) {
  BadWire wire("out: rate 8mbit; out: queue 3");  // an octet takes a microsecond
  const auto frame = tcp_frame({.payload = 1000 - kHeaders});
  for (int i = 0; i < 5; ++i) wire.send(frame);
  EXPECT_EQ(wire.ours->outbound_counters().dropped_queue_full, 2U);
  EXPECT_TRUE(wire.arrived_at_peer(kStart + 999us).empty());
  EXPECT_EQ(wire.arrived_at_peer(kStart + 1ms).size(), 1U);
  EXPECT_EQ(wire.arrived_at_peer(kStart + 3ms).size(), 2U);
  wire.send(frame, kStart + 10ms);
  EXPECT_EQ(wire.ours->next_deadline(), kStart + 11ms);
}

TEST(ImpairedWire, MeetsSinglePacketsWhereTheDeviceHasSuperSegments) {
  BadWire wire("in: drop data 2", {.tso4 = true});
  EXPECT_FALSE(wire.ours->capabilities().tso4);
  EXPECT_TRUE(wire.ours->capabilities().transmit_checksum);
  auto super = tcp_frame({.payload = 5000});
  make_partial(super);
  wire.peer_sends(super, partial_offload(1000));
  const auto frames = wire.arrived_at_us();
  ASSERT_EQ(frames.size(), 4U);
  for (const auto& frame : frames) {
    EXPECT_EQ(frame.size(), kHeaders + 1000);
    EXPECT_EQ(frame.offload.gso_size, 0U);
    const ByteView tcp = frame.bytes().subspan(kTcpOffset);
    EXPECT_TRUE(wire::TcpView::parse(tcp)->checksum_is_good(kOurIp, kPeerIp));
  }
  EXPECT_EQ(frames[1].bytes()[kTcpOffset + 7], static_cast<std::uint8_t>(0xf0 + 2000));
}

TEST(ImpairedWire, GivesNoMoreThanTheLimitAndAnnouncesTheRest) {
  BadWire wire("in: duplicate 100%");
  for (int i = 0; i < 4; ++i) wire.peer_sends(tcp_frame({}));
  std::vector<PacketBuffer> frames;
  EXPECT_EQ(wire.ours->receive(frames, 3, kStart), 3U);
  EXPECT_LE(wire.ours->next_deadline(), kStart);
  std::size_t rest = 0;
  while (const auto count = wire.ours->receive(frames, 3, kStart)) rest += count;
  EXPECT_EQ(rest, 5U);
}

TEST(ImpairedWire, KeepsNothingFromThePoolWhenItGoes) {
  BufferPool pool;
  {
    const MemoryWire wire = *MemoryWire::open({}, pool);
    auto ours = *ImpairDriver::open({.rules = *impair::parse_rules("delay 1s; reorder 50%")}, wire.end(0), pool);
    const auto bytes = tcp_frame({.payload = 100});
    const std::vector<TransmitFrame> frames(50, one_piece(bytes));
    EXPECT_EQ(ours->send(frames, kStart), 50U);
    EXPECT_GT(pool.bytes_in_use(), 0U);
  }
  EXPECT_EQ(pool.bytes_in_use(), 0U);
}

}  // namespace
}  // namespace fourtuple
