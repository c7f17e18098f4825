// Our stack's driver behind a bad wire, in virtual time, and the peer's end in front of it.
#pragma once

#include <gtest/gtest.h>
#include <memory>
#include <string_view>
#include <vector>

#include "drivers/impair/impair.hpp"
#include "drivers/memory/memory.hpp"
#include "frames.hpp"

namespace fourtuple::test {

inline constexpr Instant kStart{};

struct BadWire {
  explicit BadWire(std::string_view rules, MemoryWireOptions options = {})
      : wire(*MemoryWire::open(options, pool)), peer(wire.end(1)) {
    ImpairOptions impairment;
    const auto parsed = impair::parse_rules(rules);
    EXPECT_TRUE(parsed) << rules;
    impairment.rules = *parsed;
    ours = *ImpairDriver::open(impairment, wire.end(0), pool);
  }

  void send(const std::vector<std::uint8_t>& frame, Instant now = kStart) {
    const TransmitFrame view = one_piece(frame);
    EXPECT_EQ(ours->send({&view, 1}, now), 1U);
  }
  void peer_sends(const std::vector<std::uint8_t>& frame, OffloadInfo offload = {.checksum = ChecksumState::kComplete},
                  Instant now = kStart) {
    const TransmitFrame view = one_piece(frame, offload);
    EXPECT_EQ(peer->send({&view, 1}, now), 1U);
  }
  std::vector<PacketBuffer> arrived_at_peer(Instant now = kStart) {
    std::vector<PacketBuffer> ignored;
    ours->receive(ignored, 0, now);
    std::vector<PacketBuffer> frames;
    peer->receive(frames, 100'000, now);
    return frames;
  }
  std::vector<PacketBuffer> arrived_at_us(Instant now = kStart) {
    std::vector<PacketBuffer> frames;
    ours->receive(frames, 100'000, now);
    return frames;
  }

  // Sends data frames 1..count (payload: their number of octets) and answers which arrive, in order.
  std::vector<std::size_t> numbers_through(std::size_t count) {
    for (std::size_t i = 1; i <= count; ++i) send(tcp_frame({.payload = i}));
    std::vector<std::size_t> result;
    for (const auto& frame : arrived_at_peer()) result.push_back(frame.size() - kHeaders);
    return result;
  }

  BufferPool pool;
  MemoryWire wire;
  std::unique_ptr<Driver> peer;
  std::unique_ptr<ImpairDriver> ours;
};

using Numbers = std::vector<std::size_t>;

// The way that our stack's frames take.
inline const impair::LaneCounters& counters(const BadWire& wire) { return wire.ours->outbound_counters(); }

}  // namespace fourtuple::test
