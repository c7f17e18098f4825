// Says when the application makes its next planned call: at its recorded time, or later by as much as the frame came
// later that it may have answered to.
#pragma once

#include <vector>

#include "apps/replay/application.hpp"
#include "apps/replay/steering.hpp"

namespace fourtuple::replay {

class Prompter {
 public:
  Prompter(const ApplicationPlan& plan, const Score& score, const Timeline& timeline);

  // Before anything that happens.
  [[nodiscard]] Instant begin() const { return begin_; }
  [[nodiscard]] bool has_calls() const { return next_ < prompts_.size(); }
  // When the next call is due; kNever where it waits for a frame, or there is none.
  [[nodiscard]] Instant next() const;
  const PlannedCall& take(Instant now);
  void note_delivery(std::size_t cue, Instant now);
  // The application is gone.
  void skip_rest() { next_ = prompts_.size(); }
  // Nothing else can happen: the next call waits no more. False where none waits.
  bool release(Instant now);

 private:
  struct Prompt {
    const PlannedCall* call = nullptr;
    Instant recorded{};
    std::optional<std::size_t> cue;  // that it may have answered to
    Duration after{};
  };
  struct NumberedCue {
    std::size_t frame = 0;
    std::size_t cue = 0;
  };
  [[nodiscard]] Prompt prompt_for(const PlannedCall& call, const Score& score, Instant recorded) const;

  std::vector<NumberedCue> frames_;  // ascending in both
  std::vector<Prompt> prompts_;
  std::vector<Instant> delivered_;  // by cue
  Instant begin_{};
  Instant latest_{};
  std::size_t next_ = 0;
};

}  // namespace fourtuple::replay
