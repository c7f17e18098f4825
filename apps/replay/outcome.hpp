// What came of replaying one conversation in one role, ready to be printed, drawn or counted.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "apps/capture/conversation.hpp"
#include "apps/replay/application.hpp"
#include "apps/replay/performance.hpp"
#include "stack/judge/judge.hpp"

namespace fourtuple::replay {

// From best to worst.
enum class Verdict : std::uint8_t {
  kIdentical,        // "identical"
  kEquivalent,       // "equivalent"
  kDiverged,         // "diverged (allowed)"
  kViolationShould,  // "violation (SHOULD)"
  kViolationMust,    // "violation (MUST)"
  kStalled,          // "stalled"
  kNotReplayable,    // "not replayable (reason)"
};
[[nodiscard]] std::string_view name(Verdict verdict);

// Whose doing it is.
enum class Party : std::uint8_t { kOurs, kRecorded };

// One thing worth telling.
struct Detail {
  Verdict verdict = Verdict::kEquivalent;  // kDiverged, kViolationShould, kViolationMust or kStalled
  Party party = Party::kOurs;
  std::string_view clause;  // "RFC9293 MUST-16"; the permission's for kDiverged
  std::string name;         // the rule's name, or the difference's: "segmentation", "earlier-retransmission"
  std::string sentence;     // what happened
  std::string hint;         // what it means, or where to look
  std::optional<std::size_t> our_segment;     // index into Performance::segments
  std::optional<std::size_t> recorded_frame;  // index into Conversation::frames
};

struct Outcome {
  capture::ConversationPtr conversation;
  capture::Host role = capture::Host::kClient;  // whose place our stack took
  Verdict verdict = Verdict::kNotReplayable;    // the worst of both parties
  Verdict ours = Verdict::kNotReplayable;
  Verdict recorded = Verdict::kEquivalent;  // violations only; kEquivalent: none was found
  std::optional<capture::Refusal> refusal;
  std::string refusal_details;
  std::vector<Detail> details;  // worst first, then by time
  std::uint64_t details_left_out = 0;
  capture::Vantage vantage;
  ApplicationPlan plan;
  Performance performance;
};

struct ReplayOptions {
  PlayerOptions player;
  std::string sidecar;  // "": infer
  std::chrono::nanoseconds capture_start{};
};

// Never fails: what cannot be replayed says so in its verdict.
[[nodiscard]] Outcome replay(const capture::ConversationPtr& conversation, capture::Host role,
                             const ReplayOptions& options = {});

}  // namespace fourtuple::replay
