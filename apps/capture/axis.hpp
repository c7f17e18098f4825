// One direction's sequence space as a capture shows it.
#pragma once

#include <algorithm>
#include <optional>

#include "stack/wire/tcp.hpp"

namespace fourtuple::capture {

// Offsets count from the initial sequence number: the SYN is 0, the first octet 1. Without a SYN the first segment seen
// is taken to begin at 1.
class SequenceAxis {
 public:
  [[nodiscard]] bool is_known() const { return initial_.has_value(); }
  [[nodiscard]] StreamOffset sent_end() const { return sent_end_; }
  // Precondition: is_known().
  [[nodiscard]] StreamOffset offset_of(SeqNum seq) const { return unwrap(seq, *initial_, sent_end_); }

  // Where the first octet behind a SYN lies. `octets` of payload, those that were cut away included.
  StreamOffset take(const Segment& segment, std::uint32_t octets) {
    if (!initial_) initial_ = segment.flags.syn() ? segment.seq : segment.seq - 1;
    const StreamOffset begin = offset_of(segment.seq) + (segment.flags.syn() ? 1 : 0);
    const StreamOffset end = begin + octets + (segment.flags.fin() ? 1 : 0);
    // A SYN in the middle, or octets beyond the largest window there is: somebody made that up, and it must not move
    // us.
    const bool is_plausible = (!segment.flags.syn() || segment.seq == *initial_) && end - sent_end_ <= kLargestWindow;
    if (is_plausible) sent_end_ = std::max(sent_end_, end);
    return begin;
  }

  // The same of a damaged segment, whose numbers may be damaged, too: it counts where it goes on from what was seen.
  // nullopt where it does not. Precondition: is_known().
  std::optional<StreamOffset> take_damaged(const Segment& segment, std::uint32_t octets) {
    const StreamOffset begin = offset_of(segment.seq);
    if (segment.flags.syn() || begin < 1 || begin > sent_end_) return std::nullopt;
    return take(segment, octets);
  }

 private:
  static constexpr StreamOffset kLargestWindow = StreamOffset{1} << 30;

  std::optional<SeqNum> initial_;
  StreamOffset sent_end_ = 0;  // behind the highest octet, SYN or FIN that was seen
};

}  // namespace fourtuple::capture
