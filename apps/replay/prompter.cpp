#include "apps/replay/prompter.hpp"

#include <algorithm>

namespace fourtuple::replay {

Prompter::Prompter(const ApplicationPlan& plan, const Score& score, const Timeline& timeline) {
  begin_ = timeline.kBegin - timeline.distance();
  if (!score.cues.empty()) begin_ = std::min(begin_, score.cues.front().recorded);
  for (std::size_t i = 0; i < score.cues.size(); ++i) {
    if (!score.cues[i].is_icmp) frames_.push_back({score.cues[i].index, i});
  }
  for (const PlannedCall& call : plan.calls) {
    const Instant recorded = timeline.at_capture(call.time);
    prompts_.push_back(prompt_for(call, score, recorded));
    begin_ = std::min(begin_, recorded);
  }
  latest_ = begin_;
}

// The frame that the call may have answered to, or the last before it that is delivered at all.
Prompter::Prompt Prompter::prompt_for(const PlannedCall& call, const Score& score, Instant recorded) const {
  Prompt prompt;
  prompt.call = &call;
  prompt.recorded = recorded;
  if (!call.after_frame) return prompt;
  const auto later = std::upper_bound(frames_.begin(), frames_.end(), *call.after_frame,
                                      [](std::size_t frame, const NumberedCue& one) { return frame < one.frame; });
  if (later == frames_.begin()) return prompt;
  prompt.cue = std::prev(later)->cue;
  prompt.after = std::max(recorded - score.cues[*prompt.cue].recorded, Duration::zero());
  return prompt;
}

Instant Prompter::next() const {
  if (!has_calls()) return kNever;
  const Prompt& prompt = prompts_[next_];
  const Instant earliest = std::max(prompt.recorded, latest_);
  if (!prompt.cue) return earliest;
  if (*prompt.cue >= delivered_.size()) return kNever;
  return std::max(earliest, delivered_[*prompt.cue] + prompt.after);
}

const PlannedCall& Prompter::take(Instant now) {
  latest_ = std::max(latest_, now);
  return *prompts_[next_++].call;
}

void Prompter::note_delivery(std::size_t cue, Instant now) {
  delivered_.resize(std::max(delivered_.size(), cue + 1), now);
}

bool Prompter::release(Instant now) {
  if (!has_calls() || !prompts_[next_].cue) return false;
  prompts_[next_].cue.reset();
  latest_ = std::max(latest_, now);
  return true;
}

}  // namespace fourtuple::replay
