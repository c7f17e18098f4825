#include "apps/replay/expected_stream.hpp"

#include <algorithm>
#include <optional>

namespace fourtuple::replay {

ExpectedStream::ExpectedStream(const capture::Conversation& conversation, capture::Host sender) {
  collect(conversation, sender);
  cut_overlaps();
}

void ExpectedStream::collect(const capture::Conversation& conversation, capture::Host sender) {
  std::optional<SeqNum> initial;
  StreamOffset near = 0;
  for (const capture::TcpFrame& frame : conversation.frames) {
    if (frame.from != sender || frame.checksum_is_wrong) continue;
    if (frame.segment.flags.syn() && !initial) initial = frame.segment.seq;
    if (!initial || frame.segment.payload.empty()) continue;
    const StreamOffset at = unwrap(frame.segment.seq, *initial, near) + (frame.segment.flags.syn() ? 1 : 0);
    if (at < 1) continue;  // a probe of what came before the stream
    pieces_.push_back({static_cast<std::uint64_t>(at - 1), frame.segment.payload, frame.odd.acks_unseen});
    near = std::max(near, at);
  }
}

// Of octets that came more than once the first copy counts; copies that differ were refused before. What acknowledges
// octets that never were sent was forged, and counts only where nothing else has its octets.
void ExpectedStream::cut_overlaps() {
  std::stable_sort(pieces_.begin(), pieces_.end(), [](const Piece& a, const Piece& b) {
    return a.begin != b.begin ? a.begin < b.begin : !a.is_doubtful && b.is_doubtful;
  });
  std::uint64_t covered = 0;
  std::vector<Piece> cut;
  for (Piece piece : pieces_) {
    const std::uint64_t end = piece.begin + piece.octets.size();
    if (end <= covered) continue;
    if (piece.begin < covered) piece.octets = piece.octets.subspan(covered - piece.begin);
    piece.begin = end - piece.octets.size();
    covered = end;
    cut.push_back(piece);
  }
  pieces_ = std::move(cut);
}

bool ExpectedStream::take(ByteView octets) {
  while (!octets.empty()) {
    while (current_ < pieces_.size() && pieces_[current_].begin + pieces_[current_].octets.size() <= taken_) ++current_;
    if (current_ == pieces_.size() || pieces_[current_].begin > taken_) return false;
    const Piece& piece = pieces_[current_];
    const ByteView rest = piece.octets.subspan(taken_ - piece.begin);
    const std::size_t count = std::min(rest.size(), octets.size());
    if (!std::equal(octets.begin(), octets.begin() + static_cast<std::ptrdiff_t>(count), rest.begin())) return false;
    taken_ += count;
    octets = octets.subspan(count);
  }
  return true;
}

}  // namespace fourtuple::replay
