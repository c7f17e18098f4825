#include "tests/unit/judge/recorded.hpp"

#include <fmt/format.h>

namespace fourtuple::test {

using capture::Conversation;
using capture::Host;

judge::Circumstances recorded_circumstances(const Conversation& conversation, Host host) {
  judge::Circumstances known;
  known.name = {conversation.host(host), conversation.host(capture::other(host))};
  const capture::Vantage vantage = estimate_vantage(conversation);
  known.distance = vantage.to(host);
  known.is_near = vantage.is_known && known.distance == Duration{};
  known.has_gaps = conversation.refusal == capture::Refusal::kGap || conversation.is_cut;
  return known;
}

judge::TracedSegment traced(const Conversation& conversation, const capture::TcpFrame& frame, Host host) {
  judge::TracedSegment traced;
  traced.time = Instant(frame.time);
  traced.sent = frame.from == host;
  traced.segment = frame.segment;
  traced.reserved_bits = frame.reserved_bits;
  traced.checksum_is_wrong = frame.checksum_is_wrong;
  traced.cut_octets = frame.cut_octets;
  traced.ecn_capable = frame.ecn_capable;
  traced.ecn_marked = frame.ecn_marked;
  traced.cut_from_super_segment = frame.odd.cut_from_super_frame;
  const capture::Vantage vantage = estimate_vantage(conversation);
  const bool is_at_sender = vantage.to(frame.from) == Duration{} && vantage.to(capture::other(frame.from)) > Duration{};
  traced.is_foreign = frame.odd.from_a_stranger && !is_at_sender;
  traced.frame = frame.number;
  return traced;
}

std::vector<judge::Finding> judge_host(const Conversation& conversation, Host host) {
  judge::Judge judge(recorded_circumstances(conversation, host));
  Instant end{};
  for (const capture::TcpFrame& frame : conversation.frames) {
    if (frame.odd.exact_duplicate) continue;
    judge.take(traced(conversation, frame, host));
    end = Instant(frame.time);
  }
  judge.finish(end);
  return judge.findings();
}

std::string to_text(const std::vector<judge::Finding>& findings) {
  std::string text;
  for (const judge::Finding& finding : findings)
    text += fmt::format("frame {}: {}: {}\n", finding.frame, finding.rule->name, finding.sentence);
  return text;
}

}  // namespace fourtuple::test
