// Octets that arrived ahead of a gap, until the gap is filled (RFC 9293 3.10.7.4, RFC 2018).
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "stack/base/packet_buffer.hpp"
#include "stack/wire/sequence.hpp"

namespace fourtuple::tcp {

class Reassembly {
 public:
  struct Block {  // a SACK block in stream offsets
    StreamOffset left;
    StreamOffset right;
    [[nodiscard]] bool empty() const { return left == right; }
  };
  enum class Outcome : std::uint8_t { kHeld, kDuplicate, kFull };
  struct Insertion {
    Outcome outcome;
    Block duplicate{0, 0};  // the first octets of the payload that were held already; empty where all is new
  };

  [[nodiscard]] bool empty() const { return pieces_.empty(); }
  [[nodiscard]] std::size_t held_segments() const { return pieces_.size(); }
  [[nodiscard]] std::size_t held_bytes() const { return held_bytes_; }    // octets of stream
  [[nodiscard]] std::size_t held_memory() const { return held_memory_; }  // octets of storage

  // Keeps what is new of a payload that begins at `begin`. What is held already stays: the first copy wins.
  // At most `max_segments` pieces and `max_memory` octets of storage are held.
  Insertion insert(StreamOffset begin, PacketBuffer&& payload, std::size_t max_segments, std::size_t max_memory);
  // The first octets held of those before `next`, which came in order meanwhile; an empty block where there are none.
  [[nodiscard]] Block held_below(StreamOffset next) const;
  // The piece that continues the stream at `next`, trimmed to begin there, if there is one.
  std::optional<PacketBuffer> take_at(StreamOffset next);
  void clear();

  // Fills `blocks` with the blocks held, the one that changed last first [RFC2018 4]; answers how many.
  std::size_t blocks(std::array<Block, 4>& blocks) const;
  // Sorted, disjoint, sums right.
  [[nodiscard]] bool is_consistent() const;

 private:
  struct Piece {
    StreamOffset begin = 0;
    PacketBuffer payload;
    std::uint64_t arrival = 0;
    [[nodiscard]] StreamOffset end() const { return begin + static_cast<StreamOffset>(payload.size()); }
  };
  void place(StreamOffset begin, PacketBuffer&& payload);

  std::vector<Piece> pieces_;  // sorted by begin, disjoint
  std::size_t held_bytes_ = 0;
  std::size_t held_memory_ = 0;
  std::uint64_t arrivals_ = 0;
};

}  // namespace fourtuple::tcp
