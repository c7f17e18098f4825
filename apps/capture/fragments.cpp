#include "apps/capture/fragments.hpp"

#include <algorithm>

#include "stack/wire/byte_order.hpp"

namespace fourtuple::capture {
namespace {

bool is_same_datagram(const IpHeader& a, const IpHeader& b) {
  return a.identification == b.identification && a.source == b.source && a.destination == b.destination;
}

}  // namespace

std::optional<DecodedDatagram> Fragments::add(const DecodedDatagram& piece) {
  const IpHeader& header = piece.header;
  const Place place = find_or_create(header);
  Piece fresh{.begin = header.fragment_offset,
              .is_last = !header.more_fragments,
              .octets = {piece.payload.begin(), piece.payload.end()}};
  if (fresh.begin == 0) place->header = header;
  place->facts.ip_checksum_is_wrong |= piece.facts.ip_checksum_is_wrong;
  const auto after = std::ranges::lower_bound(place->pieces, fresh.begin, {}, &Piece::begin);
  if (after != place->pieces.end() && after->begin == fresh.begin && after->octets == fresh.octets) return std::nullopt;
  if (piece.cut_octets != 0 || !fits(*place, fresh)) {
    lose(place);
    return std::nullopt;
  }
  place->pieces.insert(after, std::move(fresh));
  return is_complete(*place) ? assemble(place) : std::nullopt;
}

Fragments::Place Fragments::find_or_create(const IpHeader& header) {
  const auto found = std::ranges::find_if(
      datagrams_, [&](const Incomplete& datagram) { return is_same_datagram(datagram.header, header); });
  if (found != datagrams_.end()) return found;
  if (datagrams_.size() == kMostDatagrams) lose(datagrams_.begin());
  datagrams_.push_back({.header = header, .pieces = {}, .facts = {}});
  return std::prev(datagrams_.end());
}

// Overlaps are an attack on whoever looks on, and what lies beyond the longest datagram is nonsense.
bool Fragments::fits(const Incomplete& datagram, const Piece& piece) {
  if (datagram.pieces.size() >= kMostPieces || piece.octets.empty()) return false;
  if (piece.end() > wire::kIpv4MaxPacketSize - wire::kIpv4HeaderSize) return false;
  return std::ranges::none_of(datagram.pieces, [&](const Piece& other) {
    return (piece.begin < other.end() && other.begin < piece.end()) || (other.is_last && piece.begin >= other.end()) ||
           (piece.is_last && other.begin >= piece.end());
  });
}

bool Fragments::is_complete(const Incomplete& datagram) {
  std::size_t end = 0;
  for (const Piece& piece : datagram.pieces) {
    if (piece.begin != end) return false;
    end = piece.end();
  }
  return !datagram.pieces.empty() && datagram.pieces.back().is_last;
}

std::optional<DecodedDatagram> Fragments::assemble(Place place) {
  whole_.clear();
  for (const Piece& piece : place->pieces) whole_.insert(whole_.end(), piece.octets.begin(), piece.octets.end());
  DecodedDatagram result{.header = place->header, .payload = whole_, .cut_octets = 0, .facts = place->facts};
  result.header.more_fragments = false;
  result.header.fragment_offset = 0;
  result.header.total_length = result.header.size + whole_.size();
  result.facts.datagram_octets = static_cast<std::uint32_t>(result.header.total_length);
  datagrams_.erase(place);
  return result;
}

void Fragments::lose(Place place) {
  DecodedSegment loss{.source = {}, .destination = {}, .frame = {}, .facts = {}, .problem = Refusal::kFragments};
  if (!place->pieces.empty() && place->pieces.front().begin == 0 && place->pieces.front().octets.size() >= 4) {
    const std::uint8_t* const ports = place->pieces.front().octets.data();
    loss.source = {place->header.source, wire::load_be16(ports)};
    loss.destination = {place->header.destination, wire::load_be16(ports + 2)};
  }
  lost_.push_back(std::move(loss));
  datagrams_.erase(place);
}

std::vector<DecodedSegment> Fragments::take_lost() { return std::exchange(lost_, {}); }

void Fragments::finish() {
  while (!datagrams_.empty()) lose(datagrams_.begin());
}

}  // namespace fourtuple::capture
