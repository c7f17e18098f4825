// Errors of the measurement, marked so that nobody takes them for the hosts' doing.
#include <algorithm>

#include "apps/capture/axis.hpp"
#include "apps/capture/preparation.hpp"

namespace fourtuple::capture {
namespace {

bool says_the_same(const Segment& a, const Segment& b) {
  return a.seq == b.seq && a.ack == b.ack && a.flags == b.flags && a.window == b.window && a.urgent == b.urgent &&
         a.options == b.options && std::ranges::equal(a.payload, b.payload);
}

// Hosts number their datagrams, so a twin was recorded or carried twice and not sent twice. Where all are numbered zero
// only haste tells: nobody retransmits data that soon.
bool is_twin(const TcpFrame& earlier, const TcpFrame& later) {
  constexpr CaptureTime kTooSoonToRepeat = 100us;
  constexpr CaptureTime kTooLateForATwin = 100ms;  // some hosts give all their datagrams one number
  if (earlier.from != later.from || earlier.ip_identification != later.ip_identification) return false;
  if (earlier.number == later.number || !says_the_same(earlier.segment, later.segment)) return false;
  const CaptureTime between = later.time - earlier.time;
  if (later.ip_identification != 0) return between < kTooLateForATwin;
  return !later.segment.payload.empty() && between < kTooSoonToRepeat;
}

// Twins stand close together; a bound keeps long captures linear.
bool has_twin_before(const std::vector<TcpFrame>& frames, std::size_t index) {
  constexpr std::size_t kNear = 32;
  const std::size_t first = index - std::min(index, kNear);
  for (std::size_t i = first; i < index; ++i) {
    if (is_twin(frames[i], frames[index])) return true;
  }
  return false;
}

}  // namespace

void mark_oddities(Conversation& conversation) {
  std::array<SequenceAxis, 2> axes;
  for (std::size_t i = 0; i < conversation.frames.size(); ++i) {
    TcpFrame& frame = conversation.frames[i];
    frame.odd.exact_duplicate = has_twin_before(conversation.frames, i);
    if (frame.segment.flags.rst()) continue;
    SequenceAxis& ours = axes[index_of(frame.from)];
    if (frame.checksum_is_wrong) {
      if (ours.is_known()) ours.take_damaged(frame.segment, frame.octets_on_the_wire());
      continue;
    }
    const SequenceAxis& theirs = axes[index_of(other(frame.from))];
    if (frame.segment.flags.ack() && theirs.is_known()) {
      frame.odd.acks_unseen = theirs.offset_of(frame.segment.ack) > theirs.sent_end();
    }
    ours.take(frame.segment, frame.octets_on_the_wire());
  }
}

}  // namespace fourtuple::capture
