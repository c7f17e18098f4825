#include "apps/replay/steering.hpp"

#include <algorithm>

namespace fourtuple::replay {
namespace {

// When our stack repaired a hole. Octets that it sent for the first time when the recorded host repaired need no second
// time, nor do those that it knows to have come.
[[nodiscard]] std::optional<Instant> repair_of(const Enabler& enabler, const Situation& situation) {
  const auto sent = situation.ours.reached(enabler.end);
  const bool came_at_once = sent && *sent >= enabler.left + situation.behind;
  if (came_at_once || enabler.end <= situation.acked) return sent;
  return sent ? situation.ours.first_repeat(enabler.end - 1, *sent) : std::nullopt;
}

// When our stack had done what the recorded host did to cause the frame.
[[nodiscard]] std::optional<Instant> moment_of(const Enabler& enabler, const Situation& situation) {
  return enabler.is_repair ? repair_of(enabler, situation) : situation.ours.reached(enabler.end);
}

}  // namespace

HeldFor kind_of(const Cue& cue, const Score& score) {
  if (cue.needs <= 1) return HeldFor::kSyn;
  const auto fin = score.recorded.fin();
  return fin && cue.needs > *fin ? HeldFor::kFin : HeldFor::kData;
}

Clearance clearance(const Cue& cue, const Score& score, const Situation& situation) {
  const StreamOffset sent = situation.ours.end();
  if (sent < cue.needs) return {kind_of(cue, score), {}};
  if (cue.echo && sent < cue.echo->end) return {HeldFor::kTimestamp, {}};
  Clearance result{HeldFor::kNothing, cue.recorded};
  for (std::size_t i = 0; i < cue.enabler_count; ++i) {
    const auto moment = moment_of(cue.enablers[i], situation);
    if (!moment) return {HeldFor::kData, {}};
    result.due = std::max(result.due, *moment + cue.enablers[i].after);
  }
  return result;
}

}  // namespace fourtuple::replay
