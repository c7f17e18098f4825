#include "apps/replay/steering.hpp"

#include <algorithm>

namespace fourtuple::replay {
namespace {

[[nodiscard]] HeldFor kind_of_missing(const Cue& cue, const Score& score, const SendHistory& ours) {
  if (ours.end() == 0) return HeldFor::kSyn;
  const auto fin = score.recorded.fin();
  return fin && cue.needs > *fin && ours.end() >= *fin ? HeldFor::kFin : HeldFor::kData;
}

// When our stack had done what the recorded host did to cause the frame.
[[nodiscard]] std::optional<Instant> moment_of(const Enabler& enabler, const SendHistory& ours) {
  return enabler.is_repair ? ours.first_repeat(enabler.end - 1) : ours.reached(enabler.end);
}

}  // namespace

Clearance clearance(const Cue& cue, const Score& score, const SendHistory& ours) {
  if (ours.end() < cue.needs) return {kind_of_missing(cue, score, ours), {}};
  if (cue.echo && ours.end() < cue.echo->end) return {HeldFor::kTimestamp, {}};
  Clearance result{HeldFor::kNothing, cue.recorded};
  for (std::size_t i = 0; i < cue.enabler_count; ++i) {
    const Enabler& enabler = cue.enablers[i];
    const auto moment = moment_of(enabler, ours);
    if (!moment) return {HeldFor::kData, {}};
    result.due = std::max(result.due, *moment + enabler.after);
  }
  return result;
}

Clearance clearance(const Cue& cue, const Score& score, const SendHistory& ours, std::optional<Instant> previous) {
  Clearance result = clearance(cue, score, ours);
  if (!previous) return result;
  result.due = std::max(result.due, *previous + (cue.enabler_count == 0 ? cue.since_previous : Duration::zero()));
  return result;
}

}  // namespace fourtuple::replay
