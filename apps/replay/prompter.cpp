#include "apps/replay/prompter.hpp"

#include <algorithm>

namespace fourtuple::replay {

Prompter::Prompter(const ApplicationPlan& plan, const Score& score, const Timeline& timeline) {
  begin_ = timeline.kBegin - timeline.distance();
  if (!score.cues.empty()) begin_ = std::min(begin_, score.cues.front().recorded);
  for (const PlannedCall& call : plan.calls) {
    const Instant recorded = timeline.at_capture(call.time);
    prompts_.push_back(prompt_for(call, score, recorded));
    begin_ = std::min(begin_, recorded);
  }
  latest_ = begin_;
}

// The last frame that it named and that had come by then.
Prompter::Prompt Prompter::prompt_for(const PlannedCall& call, const Score& score, Instant recorded) const {
  Prompt prompt;
  prompt.call = &call;
  prompt.recorded = recorded;
  if (!call.after_frame) return prompt;
  const auto later = std::upper_bound(score.cues.begin(), score.cues.end(), recorded,
                                      [](Instant moment, const Cue& cue) { return moment < cue.recorded; });
  for (auto cue = std::make_reverse_iterator(later); cue != score.cues.rend(); ++cue) {
    if (cue->is_icmp || cue->index > *call.after_frame) continue;
    prompt.cue = static_cast<std::size_t>(&*cue - score.cues.data());
    prompt.after = recorded - cue->recorded;
    break;
  }
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
