#include "apps/replay/relief.hpp"

#include <algorithm>
#include <utility>

namespace fourtuple::replay {
namespace {

// How long after the octets the recorded acknowledgment came.
[[nodiscard]] Duration time_to_acknowledge(const Cue& cue) {
  for (std::size_t i = 0; i < cue.enabler_count; ++i) {
    if (cue.enablers[i].end == cue.acked) return cue.enablers[i].after;
  }
  return {};
}

}  // namespace

Relief::Relief(const capture::Conversation& conversation, const Score& score)
    : conversation_(conversation), score_(score) {}

void Relief::note_delivery(const Segment& segment, const Cue& cue) {
  acked_ = std::max(acked_, cue.acked);
  if (segment.flags.rst()) return;
  latest_ = segment;
  const SeqNum end = segment.seq + segment.length();
  if (!next_ || distance(*next_, end) > 0) next_ = end;
}

Relief::Offer Relief::for_blocked(std::size_t index, const Situation& situation, Instant natural) const {
  const SendHistory& ours = situation.ours;
  const Cue& cue = score_.cues[index];
  if (cue.is_icmp || !next_) return {};
  if (cue.acked <= ours.end()) {
    const Clearance cleared = clearance(without_unsent_blocks(cue), score_, situation);
    if (cleared.held_for != HeldFor::kNothing) return {};
    return {.kind = Kind::kWithoutSack, .due = std::max(cleared.due, natural), .acked = 0, .cue = index};
  }
  const auto sent = ours.reached(ours.end());
  if (!sent || ours.end() <= acked_) return {};
  const Instant due = std::max(natural, *sent + time_to_acknowledge(cue));
  return {.kind = Kind::kAcknowledgment, .due = due, .acked = ours.end(), .cue = index};
}

Relief::Offer Relief::elastic(std::size_t from, const Situation& situation) {
  next_elastic_ = std::max(next_elastic_, from);
  while (next_elastic_ < score_.cues.size() && score_.cues[next_elastic_].acked <= acked_) ++next_elastic_;
  if (next_elastic_ == score_.cues.size() || !next_) return {};
  Cue cue = without_unsent_blocks(score_.cues[next_elastic_]);
  const Instant recorded = std::exchange(cue.recorded, Instant{});
  const Clearance cleared = clearance(cue, score_, situation);
  if (cleared.held_for != HeldFor::kNothing || cleared.due >= recorded) return {};
  return {.kind = Kind::kAcknowledgment, .due = cleared.due, .acked = cue.acked, .cue = next_elastic_};
}

Segment Relief::take_acknowledgment(const Offer& offer, const SendHistory& ours) {
  acked_ = std::max(acked_, offer.acked);
  Segment segment = conversation_.frames[score_.cues[offer.cue].index].segment;
  segment.flags = {TcpFlags::kAck};
  segment.seq = next_.value_or(latest_.seq);
  segment.ack = wrap(offer.acked, ours.initial());
  segment.urgent = 0;
  segment.payload = {};
  segment.options = {};
  if (latest_.options.timestamps && !ours.stamps().empty()) {
    const std::uint32_t echo = ours.stamp_for(offer.acked, Instant::max()).value_or(0);
    segment.options.timestamps = TcpTimestamps{latest_.options.timestamps->value, echo};
  }
  return segment;
}

Cue without_unsent_blocks(const Cue& cue) {
  Cue result = cue;
  result.needs = cue.acked;
  result.enabler_count = 0;
  for (std::size_t i = 0; i < cue.enabler_count; ++i) {
    if (cue.enablers[i].end <= cue.acked) result.enabled_by(cue.enablers[i]);
  }
  return result;
}

void remove_unsent_blocks(SegmentOptions& options, const SendHistory& ours) {
  std::uint8_t kept = 0;
  const std::size_t count = std::min<std::size_t>(options.sack_count, options.sack.size());
  for (std::size_t i = 0; i < count; ++i) {
    SackBlock block = options.sack[i];
    if (ours.offset(block.left) >= ours.end()) continue;
    if (ours.offset(block.right) > ours.end()) block.right = wrap(ours.end(), ours.initial());
    options.sack[kept++] = block;
  }
  options.sack_count = kept;
}

}  // namespace fourtuple::replay
