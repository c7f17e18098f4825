#include "drivers/memory/memory.hpp"

#include <gtest/gtest.h>
#include <poll.h>
#include <thread>

#include "frames.hpp"

namespace fourtuple {
namespace {

using namespace test;

constexpr Instant kStart{};

MemoryWire open_wire(const MemoryWireOptions& options, BufferPool& pool) {
  auto wire = MemoryWire::open(options, pool);
  EXPECT_TRUE(wire);
  return *wire;
}

std::size_t send_one(Driver& driver, const TransmitFrame& frame, Instant now = kStart) {
  return driver.send({&frame, 1}, now);
}

std::vector<PacketBuffer> receive_all(Driver& driver, Instant now) {
  std::vector<PacketBuffer> frames;
  driver.receive(frames, 1000, now);
  return frames;
}

bool is_readable(int descriptor) {
  pollfd entry{.fd = descriptor, .events = POLLIN, .revents = 0};
  return ::poll(&entry, 1, 0) == 1;
}

TEST(MemoryWire, CarriesFramesInOrderBothWays) {
  BufferPool pool;
  const MemoryWire wire = open_wire({}, pool);
  const auto left = wire.end(0);
  const auto right = wire.end(1);
  const auto first = tcp_frame({.payload = 10});
  const auto second = tcp_frame({.payload = 20});
  EXPECT_EQ(send_one(*left, one_piece(first)), 1U);
  EXPECT_EQ(send_one(*left, one_piece(second)), 1U);
  EXPECT_EQ(send_one(*right, one_piece(second)), 1U);
  auto arrived = receive_all(*right, kStart);
  ASSERT_EQ(arrived.size(), 2U);
  EXPECT_EQ(flat(arrived[0]), first);
  EXPECT_EQ(flat(arrived[1]), second);
  EXPECT_GE(arrived[0].headroom(), BufferPool::kDefaultHeadroom);
  EXPECT_EQ(receive_all(*left, kStart).size(), 1U);
}

TEST(MemoryWire, DeliversAfterTheLatencyOfTheDirection) {
  BufferPool pool;
  const MemoryWire wire = open_wire({.latency = {10ms, 3ms}}, pool);
  const auto left = wire.end(0);
  const auto right = wire.end(1);
  const auto frame = tcp_frame({});
  EXPECT_EQ(right->next_deadline(), kNever);
  send_one(*left, one_piece(frame), kStart + 1ms);
  send_one(*right, one_piece(frame), kStart + 1ms);
  EXPECT_EQ(right->next_deadline(), kStart + 11ms);
  EXPECT_EQ(left->next_deadline(), kStart + 4ms);
  EXPECT_TRUE(receive_all(*right, kStart + 11ms - 1ns).empty());
  EXPECT_EQ(receive_all(*right, kStart + 11ms).size(), 1U);
  EXPECT_EQ(right->next_deadline(), kNever);
}

TEST(MemoryWire, DropsAndCountsWhatFindsTheQueueFull) {
  BufferPool pool;
  const MemoryWire wire = open_wire({.queue_limit_frames = 2}, pool);
  const auto left = wire.end(0);
  const auto frame = tcp_frame({});
  const std::vector<TransmitFrame> three(3, one_piece(frame));
  EXPECT_EQ(left->send(three, kStart), 2U);
  EXPECT_EQ(wire.counters(0).dropped_queue_full, 1U);
  EXPECT_EQ(wire.counters(0).sent_frames, 2U);
  EXPECT_EQ(wire.counters(1).sent_frames, 0U);
}

TEST(MemoryWire, RefusesWhatItsCapabilitiesDoNotOffer) {
  BufferPool pool;
  const MemoryWire wire = open_wire({.mtu = 100}, pool);
  const auto left = wire.end(0);
  auto big = tcp_frame({.payload = 100});
  EXPECT_EQ(send_one(*left, one_piece(big)), 0U);
  EXPECT_EQ(send_one(*left, one_piece(big, partial_offload(50))), 0U);
  auto small = tcp_frame({.payload = 10});
  EXPECT_EQ(send_one(*left, one_piece(small, partial_offload())), 0U);
  EXPECT_EQ(wire.counters(0).dropped_not_offered, 3U);
}

TEST(MemoryWire, CarriesOffloadInformationAcrossLikeATap) {
  BufferPool pool;
  const MemoryWire wire = open_wire({.tso4 = true}, pool);
  const auto left = wire.end(0);
  const auto right = wire.end(1);
  EXPECT_TRUE(left->capabilities().transmit_checksum);
  auto super = tcp_frame({.payload = 30'000});
  make_partial(super);
  EXPECT_EQ(send_one(*left, one_piece(super, partial_offload(1460))), 1U);
  const auto plain = tcp_frame({.payload = 1});
  EXPECT_EQ(send_one(*left, one_piece(plain)), 1U);
  const auto arrived = receive_all(*right, kStart);
  ASSERT_EQ(arrived.size(), 2U);
  EXPECT_EQ(arrived[0].offload.gso_size, 1460U);
  EXPECT_EQ(arrived[0].offload.checksum, ChecksumState::kPartial);
  EXPECT_EQ(arrived[0].offload.checksum_start, kTcpOffset);
  EXPECT_EQ(arrived[1].offload.checksum, ChecksumState::kUnknown);
}

TEST(MemoryWire, DropsAndCountsWhenThePoolIsExhausted) {
  BufferPool pool(400);
  const MemoryWire wire = open_wire({}, pool);
  const auto frame = tcp_frame({.payload = 1000});
  EXPECT_EQ(send_one(*wire.end(0), one_piece(frame)), 0U);
  EXPECT_EQ(wire.counters(0).dropped_no_buffer, 1U);
  EXPECT_EQ(pool.bytes_in_use(), 0U);
}

TEST(MemoryWire, HasNoDescriptorInVirtualTime) {
  BufferPool pool;
  EXPECT_EQ(open_wire({}, pool).end(0)->descriptor(), -1);
}

TEST(RealTimeMemoryWire, PollsReadableExactlyWhileAFrameIsDue) {
  BufferPool pool;
  const MemoryWire wire = open_wire({.latency = {5ms, 0ms}, .real_time = true}, pool);
  const auto left = wire.end(0);
  const auto right = wire.end(1);
  EXPECT_FALSE(is_readable(right->descriptor()));
  const auto frame = tcp_frame({});
  const std::vector<TransmitFrame> two(2, one_piece(frame));
  left->send(two, kStart);
  EXPECT_TRUE(receive_all(*right, kStart).empty());  // under way: the deadline tells, the descriptor rests
  EXPECT_FALSE(is_readable(right->descriptor()));
  right->send(two, kStart);
  EXPECT_TRUE(is_readable(left->descriptor()));
  std::vector<PacketBuffer> frames;
  EXPECT_EQ(left->receive(frames, 1, kStart), 1U);
  EXPECT_TRUE(is_readable(left->descriptor()));
  EXPECT_EQ(left->receive(frames, 1, kStart), 1U);
  EXPECT_FALSE(is_readable(left->descriptor()));
}

TEST(RealTimeMemoryWire, LosesNothingBetweenTwoThreads) {
  constexpr std::size_t kFrames = 5000;
  BufferPool pool;
  const MemoryWire wire = open_wire({.queue_limit_frames = kFrames, .real_time = true}, pool);
  std::jthread sender([left = wire.end(0)] {
    const auto frame = tcp_frame({.payload = 100});
    for (std::size_t i = 0; i < kFrames; ++i) send_one(*left, one_piece(frame));
  });
  const auto right = wire.end(1);
  std::size_t received = 0;
  while (received < kFrames) {
    pollfd entry{.fd = right->descriptor(), .events = POLLIN, .revents = 0};
    ASSERT_EQ(::poll(&entry, 1, 10'000), 1) << "after " << received;
    received += receive_all(*right, kStart).size();
  }
  EXPECT_EQ(wire.counters(0).delivered_frames, kFrames);
}

}  // namespace
}  // namespace fourtuple
