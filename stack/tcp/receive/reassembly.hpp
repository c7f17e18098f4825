// Octets that arrived ahead of a gap, until the gap is filled (RFC 9293 3.10.7.4, RFC 2018).
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "stack/base/packet_buffer.hpp"
#include "stack/wire/sequence.hpp"

namespace fourtuple::tcp {

// Pieces lie in a tree by their place in the stream; beside it stand the blocks that they make, which are few where the
// holes are few, however large the window is. What a segment costs depends on the number of holes alone.
//
//      blocks    |=========|        |====|      |===================|
//      pieces    |  |   |  |        |    |      |    |   |    |     |
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
  [[nodiscard]] std::size_t held_blocks() const { return blocks_.size(); }
  [[nodiscard]] std::size_t held_bytes() const { return held_bytes_; }    // octets of stream
  [[nodiscard]] std::size_t held_memory() const { return held_memory_; }  // octets of storage

  // Keeps what is new of a payload that begins at `begin`. What is held already stays: the first copy wins.
  // At most `max_blocks` blocks and `max_memory` octets of storage are held.
  Insertion insert(StreamOffset begin, PacketBuffer&& payload, std::size_t max_blocks, std::size_t max_memory);
  // The first octets held of those before `next`, which came in order meanwhile; an empty block where there are none.
  [[nodiscard]] Block held_below(StreamOffset next) const;
  // The piece that continues the stream at `next`, trimmed to begin there, if there is one.
  std::optional<PacketBuffer> take_at(StreamOffset next);
  void clear();

  // Fills `blocks` with the blocks held, the one that changed last first [RFC2018 4]; answers how many.
  std::size_t blocks(std::array<Block, 4>& blocks) const;
  // Pieces disjoint, blocks what they cover, sums right.
  [[nodiscard]] bool is_consistent() const;

 private:
  struct Aged {
    Block at;
    std::uint64_t arrival = 0;  // of its newest piece
  };
  using Pieces = std::map<StreamOffset, PacketBuffer>;

  void swallow(const Block& block);
  Pieces::iterator remove(Pieces::iterator piece);
  void place(StreamOffset begin, PacketBuffer&& payload);
  void note_block(Block block);
  void cut_front(StreamOffset until);

  Pieces pieces_;             // by the offset of their first octet; disjoint
  std::vector<Aged> blocks_;  // what they cover: sorted, neither overlapping nor touching
  std::size_t held_bytes_ = 0;
  std::size_t held_memory_ = 0;
  std::uint64_t arrivals_ = 0;
};

}  // namespace fourtuple::tcp
