// Super-frames: a network card that cuts segments for its host (TSO), or joins them (GRO), shows the whole to whoever
// captures on the host. On the wire they were segments no larger than the peer's MSS.
#include <algorithm>

#include "apps/capture/preparation.hpp"

namespace fourtuple::capture {
namespace {

constexpr std::size_t kEthernetMtu = 1500;
constexpr std::size_t kDefaultMss = 536;   // [RFC9293 MUST-15]
constexpr std::size_t kUnknownMss = 1460;  // of a SYN that the capture lacks
constexpr std::size_t kSmallestPiece = 48;

// What each host may send in one segment: the other's MSS option, from the first SYN that was seen.
std::array<std::size_t, 2> largest_segments(const Conversation& conversation) {
  std::array<std::optional<std::size_t>, 2> offered;
  for (const TcpFrame& frame : conversation.frames) {
    auto& mss = offered[index_of(frame.from)];
    if (frame.segment.flags.syn() && !mss) mss = frame.segment.options.mss.value_or(kDefaultMss);
  }
  return {offered[1].value_or(kUnknownMss), offered[0].value_or(kUnknownMss)};
}

// The options of every segment take their room from the data. [RFC9293 MUST-16]
std::size_t room_for_data(std::size_t mss, const TcpFrame& frame) {
  const std::size_t options = frame.segment.options.encoded_size();
  return std::max(kSmallestPiece, mss - std::min(mss, options));
}

// A segment that is too large may also be its sender's mistake, and that is for the rules to say. What no Ethernet
// carries, what has no length yet, or whose checksum the card was to finish, was not on the wire like this.
bool is_super_frame(const TcpFrame& frame, const FrameFacts& facts, std::size_t room) {
  const std::size_t size = frame.segment.payload.size();
  if (size <= room || frame.segment.flags.syn() || frame.segment.flags.rst()) return false;
  return facts.length_was_zero || facts.datagram_octets > kEthernetMtu || frame.odd.offloaded_checksum ||
         size % room == 0;
}

// PSH, FIN and URG as the card does it: PSH and FIN on the last piece, the urgent pointer counted from each piece's
// own beginning while it reaches that far, CWR on the first.
TcpFrame piece_of(const TcpFrame& whole, std::size_t begin, std::size_t size) {
  TcpFrame piece = whole;
  Segment& segment = piece.segment;
  const bool is_last = begin + size == whole.segment.payload.size();
  segment.seq = whole.segment.seq + static_cast<std::uint32_t>(begin);
  segment.payload = whole.segment.payload.subspan(begin, size);
  if (!is_last) segment.flags.bits &= static_cast<std::uint8_t>(~(TcpFlags::kPsh | TcpFlags::kFin));
  if (begin != 0) segment.flags.bits &= static_cast<std::uint8_t>(~TcpFlags::kCwr);
  if (whole.segment.flags.urg()) {
    if (whole.segment.urgent >= begin) segment.urgent = static_cast<std::uint16_t>(whole.segment.urgent - begin);
    if (whole.segment.urgent < begin) segment.flags.bits &= static_cast<std::uint8_t>(~TcpFlags::kUrg);
  }
  piece.odd.cut_from_super_frame = true;
  piece.cut_octets = is_last ? whole.cut_octets : 0;
  return piece;
}

}  // namespace

void cut_super_frames(Conversation& conversation, const std::vector<FrameFacts>& facts, std::size_t most_frames) {
  const auto largest = largest_segments(conversation);
  const auto room_of = [&](const TcpFrame& frame) { return room_for_data(largest[index_of(frame.from)], frame); };
  std::vector<bool> is_super(facts.size());
  for (std::size_t i = 0; i < facts.size(); ++i) {
    const TcpFrame& frame = conversation.frames[i];
    is_super[i] = is_super_frame(frame, facts[i], room_of(frame));
    conversation.has_super_frames |= is_super[i];
  }
  if (!conversation.has_super_frames) return;
  std::vector<TcpFrame> frames;
  for (std::size_t i = 0; i < facts.size(); ++i) {
    const TcpFrame& frame = conversation.frames[i];
    const std::size_t room = room_of(frame);
    const std::size_t size = frame.segment.payload.size();
    if (!is_super[i] || frames.size() + size / room >= most_frames) {
      frames.push_back(frame);
      continue;
    }
    for (std::size_t at = 0; at < size; at += room) frames.push_back(piece_of(frame, at, std::min(room, size - at)));
  }
  conversation.frames = std::move(frames);
}

}  // namespace fourtuple::capture
