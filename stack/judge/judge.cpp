#include "stack/judge/judge.hpp"

#include <utility>

#include "stack/judge/rules/all.hpp"

namespace fourtuple::judge {

Rules all_rules() {
  Rules rules;
  add_number_rules(rules);
  add_handshake_rules(rules);
  add_window_rules(rules);
  add_closing_rules(rules);
  add_reset_rules(rules);
  add_octet_rules(rules);
  add_marking_rules(rules);
  add_acknowledging_rules(rules);
  add_retransmitting_rules(rules);
  add_syn_repeating_rules(rules);
  add_probing_rules(rules);
  add_sending_rules(rules);
  add_keeping_alive_rules(rules);
  add_timestamp_rules(rules);
  add_selective_rules(rules);
  return rules;
}

std::vector<const RuleInfo*> all_rule_infos() {
  std::vector<const RuleInfo*> infos;
  for (const auto& rule : all_rules()) infos.push_back(&rule->info());
  return infos;
}

Judge::Judge(const Circumstances& circumstances, Rules rules) : endpoint_(circumstances), rules_(std::move(rules)) {}

void Judge::take(const TracedSegment& segment) {
  report_.look_at({segments_++, segment.frame, segment.time});
  if (segment.sent && segment.is_foreign) return;
  for (const auto& rule : rules_) rule->on_segment(endpoint_, segment, report_);
  if (!segment.checksum_is_wrong) {
    endpoint_.take(segment);
  } else if (segment.sent) {
    endpoint_.take_own_damaged(segment);
  }  // else it is as if it had never come [RFC9293 MUST-3]
}

void Judge::take(const Call& call) {
  report_.look_at({segments_, 0, call.time});
  for (const auto& rule : rules_) rule->on_call(endpoint_, call, report_);
  endpoint_.take(call);
}

void Judge::finish(Instant end) {
  report_.look_at({segments_, 0, end});
  for (const auto& rule : rules_) rule->on_end(endpoint_, end, report_);
}

}  // namespace fourtuple::judge
