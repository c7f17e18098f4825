#include "apps/replay/outcome.hpp"

#include <algorithm>
#include <fmt/format.h>

#include "apps/replay/comparison.hpp"
#include "apps/replay/consequences.hpp"
#include "apps/replay/judging.hpp"

namespace fourtuple::replay {
namespace {

using capture::ConversationPtr;
using capture::Host;

constexpr std::size_t kMaxDetails = 256;

bool has_sent(const capture::Conversation& conversation, Host host) {
  return std::any_of(conversation.frames.begin(), conversation.frames.end(),
                     [host](const capture::TcpFrame& frame) { return frame.from == host; });
}

Verdict worst_of(const std::vector<Detail>& details, Party party, Verdict best) {
  Verdict worst = best;
  for (const Detail& detail : details) {
    if (detail.party == party) worst = std::max(worst, detail.verdict);
  }
  return worst;
}

Detail stall_detail(const Performance& performance) {
  Detail detail;
  detail.verdict = Verdict::kStalled;
  detail.clause = performance.window_allowed_more ? "RFC9293 3.10.2" : "RFC9293 3.8.6";
  detail.name = "stalled";
  detail.sentence = fmt::format("our stack never sent octet {}, which a recorded {}", performance.stalled_for,
                                performance.stalled_at ? "frame acknowledges" : "ICMP error quotes");
  detail.hint = performance.window_allowed_more
                    ? "window and congestion window would have let it leave: it waits for ever"
                    : "the recorded host was allowed, or took the right, to send more";
  detail.recorded_frame = performance.stalled_at;
  return detail;
}

void append(std::vector<Detail>& to, std::vector<Detail> from) {
  std::move(from.begin(), from.end(), std::back_inserter(to));
}

// A recording that cannot be replayed can be judged as far as its own frames go, but not where its numbers mean
// nothing.
bool can_be_judged(capture::Refusal refusal) {
  switch (refusal) {
    case capture::Refusal::kGap:
    case capture::Refusal::kDamaged:
    case capture::Refusal::kSnaplen:
    case capture::Refusal::kInconsistentRetransmission:
    case capture::Refusal::kSynData:
    case capture::Refusal::kTooLong:
      return true;
    case capture::Refusal::kNoHandshake:
    case capture::Refusal::kAuthenticated:
    case capture::Refusal::kMalformed:
    case capture::Refusal::kTunnel:
    case capture::Refusal::kIpv6:
    case capture::Refusal::kLinkType:
    case capture::Refusal::kFragments:
    case capture::Refusal::kNoAnswer:
      break;
  }
  return false;
}

void sort_and_bound(Outcome& outcome) {
  auto& details = outcome.details;
  std::stable_sort(details.begin(), details.end(),
                   [](const Detail& a, const Detail& b) { return a.verdict > b.verdict; });
  if (details.size() <= kMaxDetails) return;
  outcome.details_left_out += details.size() - kMaxDetails;
  details.resize(kMaxDetails);
}

// What the rules say about the host that the recording has in the other role.
std::vector<Detail> findings_about_other(const Outcome& outcome) {
  std::uint64_t left_out = 0;
  return judge_recorded(*outcome.conversation, capture::other(outcome.role), {}, left_out);
}

// And about the recorded host in this role.
std::vector<Detail> findings_about(Outcome& outcome, const std::vector<Detail>& others) {
  auto details = judge_recorded(*outcome.conversation, outcome.role, outcome.plan, outcome.details_left_out);
  drop_consequences(details, others, outcome);
  return details;
}

void judge_all(Outcome& outcome) {
  const auto others = findings_about_other(outcome);
  auto ours = judge_ours(*outcome.conversation, outcome.performance, outcome.details_left_out);
  drop_consequences(ours, others, outcome);
  append(outcome.details, std::move(ours));
  append(outcome.details, findings_about(outcome, others));
}

Outcome refused(Outcome outcome, capture::Refusal refusal, std::string details) {
  outcome.refusal = refusal;
  outcome.refusal_details = std::move(details);
  if (can_be_judged(refusal)) {
    outcome.details = findings_about(outcome, findings_about_other(outcome));
    sort_and_bound(outcome);
    outcome.recorded = worst_of(outcome.details, Party::kRecorded, Verdict::kEquivalent);
  }
  return outcome;
}

std::optional<ApplicationPlan> planned(const ReplayOptions& options, Outcome& outcome) {
  if (options.sidecar.empty()) return infer_application(*outcome.conversation, outcome.role);
  auto plan = read_sidecar(options.sidecar, *outcome.conversation, outcome.role, options.capture_start);
  if (plan) return std::move(*plan);
  outcome.refusal_details = fmt::format("{}; {}", plan.error().cause, plan.error().cure);
  return std::nullopt;
}

// Where our stack stands still because its congestion window is narrower than the recorded host's was, the recorded
// acknowledgments come too late for it: then it is played once more with acknowledgments in between.
void perform(Outcome& outcome, const PlayerOptions& options) {
  outcome.performance = play(*outcome.conversation, outcome.plan, options);
  if (outcome.performance.ending == Ending::kPlayed || options.elastic_acks) return;
  PlayerOptions elastic = options;
  elastic.elastic_acks = true;
  Performance again = play(*outcome.conversation, outcome.plan, elastic);
  if (again.ending == Ending::kPlayed) outcome.performance = std::move(again);
}

}  // namespace

std::string_view name(Verdict verdict) {
  switch (verdict) {
    case Verdict::kIdentical:
      return "identical";
    case Verdict::kEquivalent:
      return "equivalent";
    case Verdict::kDiverged:
      return "diverged (allowed)";
    case Verdict::kViolationShould:
      return "violation (SHOULD)";
    case Verdict::kViolationMust:
      return "violation (MUST)";
    case Verdict::kStalled:
      return "stalled";
    case Verdict::kNotReplayable:
      return "not replayable";
  }
  return "";
}

Outcome replay(const ConversationPtr& conversation, Host role, const ReplayOptions& options) {
  Outcome outcome;
  outcome.conversation = conversation;
  outcome.role = role;
  if (conversation->refusal) return refused(std::move(outcome), *conversation->refusal, conversation->refusal_details);
  if (!has_sent(*conversation, role)) return refused(std::move(outcome), capture::Refusal::kNoAnswer, {});
  outcome.vantage = capture::estimate_vantage(*conversation);
  auto plan = planned(options, outcome);
  if (!plan) return outcome;
  outcome.plan = std::move(*plan);
  perform(outcome, options.player);

  const Performance& performance = outcome.performance;
  Comparison comparison{*conversation,
                        performance,
                        outcome.vantage,
                        outcome.plan.stream,
                        emissions_of(*conversation, performance),
                        emissions_of(*conversation, role, outcome.vantage)};
  outcome.details = differences(comparison);
  if (performance.ending == Ending::kStalled) outcome.details.push_back(stall_detail(performance));
  judge_all(outcome);
  sort_and_bound(outcome);

  const bool identical = are_identical(comparison.ours, comparison.recorded);
  outcome.ours = worst_of(outcome.details, Party::kOurs, identical ? Verdict::kIdentical : Verdict::kEquivalent);
  outcome.recorded = worst_of(outcome.details, Party::kRecorded, Verdict::kEquivalent);
  // A recorded host that broke no rule takes nothing from an identical replay.
  outcome.verdict = outcome.recorded > Verdict::kEquivalent ? std::max(outcome.ours, outcome.recorded) : outcome.ours;
  return outcome;
}

}  // namespace fourtuple::replay
