#include "drivers/relay.hpp"

#include <gtest/gtest.h>

#include "drivers/memory/memory.hpp"
#include "frames.hpp"

namespace fourtuple {
namespace {

using namespace test;

constexpr Instant kStart{};

// first wire -> relay -> second wire
struct Chain {
  Chain(const MemoryWireOptions& first_options, const MemoryWireOptions& second_options)
      : first(*MemoryWire::open(first_options, pool)),
        second(*MemoryWire::open(second_options, pool)),
        sender(first.end(0)),
        receiver(second.end(1)),
        from(first.end(1)),
        to(second.end(0)),
        relay(*from, *to) {}

  void send(const std::vector<std::uint8_t>& frame, OffloadInfo offload = {.checksum = ChecksumState::kComplete}) {
    const TransmitFrame view = one_piece(frame, offload);
    EXPECT_EQ(sender->send({&view, 1}, kStart), 1U);
  }
  std::vector<PacketBuffer> received() {
    std::vector<PacketBuffer> frames;
    receiver->receive(frames, 1000, kStart);
    return frames;
  }

  BufferPool pool;
  MemoryWire first;
  MemoryWire second;
  std::unique_ptr<Driver> sender;
  std::unique_ptr<Driver> receiver;
  std::unique_ptr<Driver> from;
  std::unique_ptr<Driver> to;
  Relay relay;
};

std::vector<std::uint8_t> super_segment() {
  auto frame = tcp_frame({.payload = 2500});
  make_partial(frame);
  return frame;
}

bool has_good_sum(const PacketBuffer& frame) {
  return wire::TcpView::parse(frame.bytes().subspan(kTcpOffset))->checksum_is_good(kOurIp, kPeerIp);
}

TEST(Relay, CarriesWhatIsThereUpToItsLimit) {
  Chain chain({}, {});
  for (int i = 0; i < 5; ++i) chain.send(tcp_frame({.payload = 10}));
  EXPECT_EQ(chain.relay.carry(3, kStart), 3U);
  EXPECT_EQ(chain.relay.carry(3, kStart), 2U);
  EXPECT_EQ(chain.relay.carry(3, kStart), 0U);
  EXPECT_EQ(chain.received().size(), 5U);
  EXPECT_EQ(chain.relay.frames(), 5U);
}

TEST(Relay, PassesSuperSegmentsWholeWhereBothSidesHaveThem) {
  Chain chain({.tso4 = true}, {.tso4 = true});
  chain.send(super_segment(), partial_offload(1000));
  chain.relay.carry(10, kStart);
  const auto frames = chain.received();
  ASSERT_EQ(frames.size(), 1U);
  EXPECT_EQ(frames[0].offload.gso_size, 1000U);
}

TEST(Relay, CutsAndSumsForASideThatCannot) {
  Chain chain({.tso4 = true}, {});
  chain.send(tcp_frame({.payload = 1}));
  chain.send(super_segment(), partial_offload(1000));
  chain.send(tcp_frame({.payload = 2}));
  chain.relay.carry(10, kStart);
  const auto frames = chain.received();
  ASSERT_EQ(frames.size(), 5U);
  EXPECT_EQ(frames[0].size(), kHeaders + 1);
  EXPECT_EQ(frames[3].size(), kHeaders + 500);
  EXPECT_EQ(frames[4].size(), kHeaders + 2);
  for (const auto& frame : frames) EXPECT_TRUE(has_good_sum(frame));
}

TEST(Relay, LeavesSumsToASideThatCanOnlySum) {
  Chain chain({.tso4 = true}, {.checksum_offload = true});
  chain.send(super_segment(), partial_offload(1000));
  chain.relay.carry(10, kStart);
  const auto frames = chain.received();
  ASSERT_EQ(frames.size(), 3U);
  EXPECT_EQ(frames[0].offload.checksum, ChecksumState::kPartial);
}

TEST(Relay, CountsWhatTheOtherSideDoesNotTake) {
  Chain chain({.mtu = 9000}, {.mtu = 1500});
  chain.send(tcp_frame({.payload = 5000}));
  chain.relay.carry(10, kStart);
  EXPECT_TRUE(chain.received().empty());
  EXPECT_EQ(chain.relay.refused(), 1U);
}

}  // namespace
}  // namespace fourtuple
