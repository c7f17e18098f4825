#include "apps/replay/judging.hpp"

#include <algorithm>
#include <array>

namespace fourtuple::replay {
namespace {

using capture::Conversation;
using capture::Host;
using capture::TcpFrame;
using judge::Judge;
using judge::TracedSegment;

Verdict verdict_of(judge::Level level) {
  return level == judge::Level::kMust ? Verdict::kViolationMust : Verdict::kViolationShould;
}

// Where our stack departs from a SHOULD on purpose: the rule, and where the reason is written down.
struct Reason {
  std::string_view rule;
  const char* hint;
};
constexpr std::array kReasons{
    Reason{"timeout-is-a-second", "on purpose, as nearly everybody does: docs/decisions/0002 has the reason"}};

Detail detail_of(const judge::Finding& finding, Party party) {
  Detail detail;
  detail.verdict = verdict_of(finding.rule->level);
  detail.party = party;
  detail.clause = finding.rule->clause;
  detail.name = std::string(finding.rule->name);
  detail.sentence = finding.sentence;
  detail.hint = std::string(finding.rule->hint);
  return detail;
}

Detail our_detail_of(const judge::Finding& finding) {
  Detail detail = detail_of(finding, Party::kOurs);
  const auto reason =
      std::find_if(kReasons.begin(), kReasons.end(), [&](const Reason& row) { return row.rule == finding.rule->name; });
  if (reason == kReasons.end() || finding.rule->level != judge::Level::kShould) return detail;
  detail.verdict = Verdict::kDiverged;
  detail.hint = reason->hint;
  return detail;
}

TracedSegment traced(const Delivery& delivery, const TcpFrame& frame) {
  TracedSegment traced;
  traced.time = delivery.delivered;
  traced.segment = delivery.segment;
  traced.reserved_bits = frame.reserved_bits;
  traced.checksum_is_wrong = delivery.checksum_is_wrong;
  traced.ecn_marked = delivery.ecn_marked;
  traced.cut_from_super_segment = frame.odd.cut_from_super_frame;
  traced.frame = frame.number;
  return traced;
}

TracedSegment traced(const OurSegment& ours) {
  TracedSegment traced;
  traced.time = ours.time;
  traced.sent = true;
  traced.segment = ours.segment;
  return traced;
}

// A capture that was surely taken at a host shows what that host sent, whatever it looks like.
bool may_be_forged(const TcpFrame& frame, const capture::Vantage& vantage) {
  const bool is_at_sender = vantage.to(frame.from) == Duration{} && vantage.to(capture::other(frame.from)) > Duration{};
  return frame.odd.from_a_stranger && !is_at_sender;
}

judge::Call call_of(const PlannedCall& planned) {
  return {Instant(planned.time), planned.kind, judged_octets(planned)};
}

// The judge hears nothing of what routers say: what is full on a path that they call narrow is small for it.
bool may_misjudge_size(const judge::Finding& finding, const Conversation& conversation, Host host) {
  if (finding.rule->clause != "RFC9293 SHLD-7") return false;
  return std::any_of(conversation.icmp.begin(), conversation.icmp.end(), [host](const capture::IcmpFrame& error) {
    return error.to == host && error.tells_of_a_narrow_path();
  });
}

// Gives the judge, in order, what a performance was made of; and remembers which segment of the judge's is which.
class Replayed {
 public:
  Replayed(const Conversation& conversation, const Performance& performance)
      : conversation_(conversation), performance_(performance) {}

  void feed(Judge& judge) {
    for (std::size_t i = 0; i < performance_.segments.size(); ++i) {
      const OurSegment& ours = performance_.segments[i];
      deliver_until(ours.deliveries_before, judge);
      call_until(ours.time, judge);
      fed_.push_back({.our_segment = i, .frame = {}});
      judge.take(traced(ours));
    }
    deliver_until(performance_.deliveries.size(), judge);
    call_until(kNever, judge);
    judge.finish(performance_.end);
  }

  // One of the two is there.
  struct Source {
    std::optional<std::size_t> our_segment;  // index into Performance::segments
    std::optional<std::size_t> frame;        // index into Conversation::frames
  };
  // Where a segment of the judge's counting came from.
  [[nodiscard]] Source source(std::size_t segment) const { return segment < fed_.size() ? fed_[segment] : Source{}; }

 private:
  void deliver_until(std::size_t count, Judge& judge) {
    for (; delivered_ < count; ++delivered_) {
      const Delivery& delivery = performance_.deliveries[delivered_];
      if (delivery.is_icmp) continue;
      call_until(delivery.delivered, judge);
      judge.take(traced(delivery, conversation_.frames[delivery.frame]));
      fed_.push_back({.our_segment = {}, .frame = delivery.frame});
    }
  }
  void call_until(Instant time, Judge& judge) {
    const auto& calls = performance_.calls;
    for (; called_ < calls.size() && calls[called_].time <= time; ++called_) judge.take(calls[called_]);
  }

  const Conversation& conversation_;
  const Performance& performance_;
  std::size_t delivered_ = 0;
  std::size_t called_ = 0;
  std::vector<Source> fed_;
};

}  // namespace

TracedSegment traced_frame(const TcpFrame& frame, Host endpoint, const capture::Vantage& vantage) {
  TracedSegment traced;
  traced.time = Instant(frame.time);
  traced.sent = frame.from == endpoint;
  traced.segment = frame.segment;
  traced.reserved_bits = frame.reserved_bits;
  traced.checksum_is_wrong = frame.checksum_is_wrong;
  traced.cut_octets = frame.cut_octets;
  traced.ecn_marked = frame.ecn_marked;
  traced.cut_from_super_segment = frame.odd.cut_from_super_frame;
  traced.has_unknown_options = frame.has_unknown_options;
  traced.identification = frame.ip_identification;
  traced.is_foreign = may_be_forged(frame, vantage);
  traced.frame = frame.number;
  return traced;
}

std::vector<Detail> judge_ours(const Conversation& conversation, const Performance& performance,
                               std::uint64_t& left_out) {
  judge::Circumstances circumstances;
  const Host host = performance.role;
  circumstances.name = {conversation.host(host), conversation.host(capture::other(host))};
  circumstances.calls_are_known = true;
  circumstances.order_is_exact = true;
  Judge judge(circumstances);
  Replayed replayed(conversation, performance);
  replayed.feed(judge);
  left_out += judge.left_out();
  std::vector<Detail> details;
  for (const judge::Finding& finding : judge.findings()) {
    if (may_misjudge_size(finding, conversation, host)) continue;
    Detail detail = our_detail_of(finding);
    const Replayed::Source source = replayed.source(finding.segment);
    detail.our_segment = source.our_segment;
    detail.recorded_frame = source.frame;
    details.push_back(std::move(detail));
  }
  return details;
}

std::vector<Detail> judge_recorded(const Conversation& conversation, Host host, const ApplicationPlan& plan,
                                   std::uint64_t& left_out) {
  judge::Circumstances circumstances = circumstances_of(conversation, host);
  circumstances.calls_are_known = !plan.is_inferred;
  Judge judge(circumstances);
  const capture::Vantage vantage = estimate_vantage(conversation);
  std::size_t called = 0;
  std::vector<std::size_t> frame_at;
  for (std::size_t i = 0; i < conversation.frames.size(); ++i) {
    const TcpFrame& frame = conversation.frames[i];
    if (frame.odd.exact_duplicate) continue;
    for (; called < plan.calls.size() && plan.calls[called].time <= frame.time; ++called)
      judge.take(call_of(plan.calls[called]));
    frame_at.push_back(i);
    judge.take(traced_frame(frame, host, vantage));
  }
  judge.finish(conversation.frames.empty() ? Instant{} : Instant(conversation.frames.back().time));
  left_out += judge.left_out();
  std::vector<Detail> details;
  for (const judge::Finding& finding : judge.findings()) {
    if (may_misjudge_size(finding, conversation, host)) continue;
    Detail detail = detail_of(finding, Party::kRecorded);
    if (finding.segment < frame_at.size()) detail.recorded_frame = frame_at[finding.segment];
    details.push_back(std::move(detail));
  }
  return details;
}

}  // namespace fourtuple::replay
