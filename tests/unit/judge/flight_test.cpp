#include "stack/judge/rules/flight.hpp"

#include <gtest/gtest.h>

namespace fourtuple::judge {
namespace {

// An endpoint that sends whatever a test wants, into a window that never ends.
class Sending {
 public:
  Sending() {
    take(true, TcpFlags::kSyn, 0, 0);
    take(false, TcpFlags::kSyn | TcpFlags::kAck, 0, 0);
  }
  void sent(std::uint32_t begin, std::uint32_t octets) { take(true, TcpFlags::kAck, begin, octets); }
  Flight flight;

 private:
  void take(bool sent, std::uint8_t flags, std::uint32_t seq, std::uint32_t octets) {
    TracedSegment traced;
    traced.sent = sent;
    traced.segment.flags.bits = flags;
    traced.segment.seq = {seq};
    traced.segment.ack = {1};
    traced.cut_octets = octets;
    flight.take(endpoint_, traced);
    endpoint_.take(traced);
  }
  Endpoint endpoint_{{}};
};

TEST(Flight, KeepsSoManyPiecesAndNoMoreHoweverTheyAreCut) {
  Sending sending;
  const auto segments = static_cast<std::uint32_t>(Flight::kMaxPieces);
  sending.sent(1, segments * 4);
  // Each is inside the piece that is left, and makes three of one.
  for (std::uint32_t i = 0; i < segments; ++i) sending.sent(2 + i * 4, 2);
  EXPECT_LE(sending.flight.size(), Flight::kMaxPieces);
  EXPECT_TRUE(sending.flight.has_lost_track());
}

}  // namespace
}  // namespace fourtuple::judge
