#include "drivers/impair/rule_words.hpp"
#include "drivers/impair/rules.hpp"

namespace fourtuple::impair {
namespace {

using Statements = std::vector<std::string>;

std::string print_time(Duration duration) {
  return print_quantity(static_cast<std::uint64_t>(duration.count()), kTimeUnits);
}

std::string prefix(Direction direction) {
  switch (direction) {
    case Direction::kBoth:
      return "";
    case Direction::kOutbound:
      return "out: ";
    case Direction::kInbound:
      return "in: ";
  }
  return "";
}

Statements print_profile(const Profile& profile) {
  const Profile standard;
  Statements result;
  if (profile.loss != 0) result.push_back("loss " + print_percent(profile.loss));
  if (profile.duplicate != 0) result.push_back("duplicate " + print_percent(profile.duplicate));
  if (profile.corrupt != 0) result.push_back("corrupt " + print_percent(profile.corrupt));
  const bool standard_reorder =
      profile.reorder_depth == standard.reorder_depth && profile.reorder_delay == standard.reorder_delay;
  if (profile.reorder != 0 || !standard_reorder) {
    std::string text = "reorder " + print_percent(profile.reorder);
    if (profile.reorder_depth != standard.reorder_depth) text += " depth " + std::to_string(profile.reorder_depth);
    if (profile.reorder_delay != standard.reorder_delay) text += " by " + print_time(profile.reorder_delay);
    result.push_back(text);
  }
  if (profile.delay != standard.delay) result.push_back("delay " + print_time(profile.delay));
  if (profile.jitter != standard.jitter) result.push_back("jitter " + print_time(profile.jitter));
  if (profile.rate != 0) result.push_back("rate " + print_quantity(profile.rate, kRateUnits));
  if (profile.queue != standard.queue) result.push_back("queue " + std::to_string(profile.queue));
  return result;
}

std::string print_rule(const Rule& rule) {
  std::string text = prefix(rule.direction) + std::string(name(rule.action)) + " " + std::string(name(rule.kind));
  if (rule.first != 1 || rule.last != Rule::kLast) text += " " + std::to_string(rule.first);
  if (rule.last != rule.first && rule.last != Rule::kLast) text += ".." + std::to_string(rule.last);
  if (rule.first != 1 && rule.last == Rule::kLast) text += "..";
  if (rule.once) text += " once";
  if (rule.action == Action::kDelay) text += " by " + print_time(rule.delay);
  return text;
}

}  // namespace

std::string to_string(const WireRules& rules) {
  Statements all;
  if (rules.outbound == rules.inbound) {
    all = print_profile(rules.outbound);
  } else {
    for (const auto& text : print_profile(rules.outbound)) all.push_back("out: " + text);
    for (const auto& text : print_profile(rules.inbound)) all.push_back("in: " + text);
  }
  for (const Rule& rule : rules.rules) all.push_back(print_rule(rule));
  if (rules.seed) all.push_back("seed " + std::to_string(*rules.seed));
  std::string result;
  for (const auto& text : all) result += (result.empty() ? "" : "; ") + text;
  return result;
}

}  // namespace fourtuple::impair
