// TCP segments that came in IP fragments, put together where all pieces are in the capture. Bounded.
#pragma once

#include <list>
#include <optional>
#include <vector>

#include "apps/capture/decoded.hpp"

namespace fourtuple::capture {

class Fragments {
 public:
  static constexpr std::size_t kMostDatagrams = 64;
  static constexpr std::size_t kMostPieces = 1024;  // of one datagram

  // A whole datagram, when this piece was the last that was missing; its payload is valid until the next call.
  [[nodiscard]] std::optional<DecodedDatagram> add(const DecodedDatagram& piece);

  // The beginnings of datagrams that were given up since the last call; their payload has the ports, if it has four
  // octets. A datagram without its first fragment has none.
  [[nodiscard]] std::vector<DecodedSegment> take_lost();
  // Gives up all that are incomplete.
  void finish();

 private:
  struct Piece {
    std::size_t begin = 0;
    bool is_last = false;
    std::vector<std::uint8_t> octets;
    [[nodiscard]] std::size_t end() const { return begin + octets.size(); }
  };
  struct Incomplete {
    IpHeader header;            // of the first fragment, once that is there
    std::vector<Piece> pieces;  // sorted, disjoint
    FrameFacts facts;
  };
  using Place = std::list<Incomplete>::iterator;

  Place find_or_create(const IpHeader& header);
  void lose(Place place);
  [[nodiscard]] static bool fits(const Incomplete& datagram, const Piece& piece);
  [[nodiscard]] static bool is_complete(const Incomplete& datagram);
  [[nodiscard]] std::optional<DecodedDatagram> assemble(Place place);

  std::list<Incomplete> datagrams_;  // oldest first
  std::vector<std::uint8_t> whole_;
  std::vector<DecodedSegment> lost_;
};

}  // namespace fourtuple::capture
