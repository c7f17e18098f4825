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

std::string print_gilbert(const Gilbert& gilbert) {
  std::string text = "gilbert " + print_percent(gilbert.to_bad) + " " + print_percent(gilbert.to_good);
  if (gilbert.bad_loss != kAlways) text += " bad " + print_percent(gilbert.bad_loss);
  if (gilbert.good_loss != 0) text += " good " + print_percent(gilbert.good_loss);
  return text;
}

std::string print_damage(Damage damage) {
  return damage == Damage::kBit ? std::string() : " by " + std::string(name(damage));
}

std::string print_reorder(const Profile& profile) {
  const Profile standard;
  std::string text = "reorder " + print_percent(profile.reorder);
  if (profile.reorder_depth != standard.reorder_depth) text += " depth " + std::to_string(profile.reorder_depth);
  if (profile.reorder_delay != standard.reorder_delay) text += " by " + print_time(profile.reorder_delay);
  return text;
}

std::string print_trace(const RateTrace& trace) {
  std::string text = "rate-trace";
  if (!trace.file.empty()) return text + " \"" + trace.file + "\"";
  for (const std::uint32_t moment : trace.milliseconds) text += " " + std::to_string(moment);
  return text;
}

std::string print_rate(const Profile& profile) {
  if (profile.trace.is_set()) return print_trace(profile.trace);
  return "rate " + (profile.rate == 0 ? "unlimited" : print_quantity(profile.rate, kRateUnits));
}

std::string print_queue(const Profile& profile) {
  std::string text = "queue";
  if (profile.queue != 0) text += " " + std::to_string(profile.queue);
  if (profile.queue_bytes != 0) text += " " + print_quantity(profile.queue_bytes, kSizeUnits);
  if (profile.mark_above != 0) text += " mark " + std::to_string(profile.mark_above);
  return text;
}

std::string print_codel(const CodelSettings& codel) {
  const CodelSettings standard;
  if (!codel.is_on) return "codel off";
  std::string text = "codel";
  if (codel.target != standard.target) text += " target " + print_time(codel.target);
  if (codel.interval != standard.interval) text += " interval " + print_time(codel.interval);
  return codel.marks ? text + " ecn" : text;
}

std::string print_mtu(const Profile& profile) {
  if (profile.mtu == 0) return "mtu unlimited";
  return "mtu " + std::to_string(profile.mtu) + (profile.reports_mtu ? " icmp" : "");
}

std::string print_setting(Setting setting, const Profile& profile) {
  switch (setting) {
    case Setting::kLoss:
      return "loss " + print_percent(profile.loss);
    case Setting::kGilbert:
      return print_gilbert(profile.gilbert);
    case Setting::kDuplicate:
      return "duplicate " + print_percent(profile.duplicate);
    case Setting::kCorrupt:
      return "corrupt " + print_percent(profile.corrupt) + print_damage(profile.damage);
    case Setting::kReorder:
      return print_reorder(profile);
    case Setting::kDelay:
      return "delay " + print_time(profile.delay);
    case Setting::kJitter:
      return "jitter " + print_time(profile.jitter) + (profile.keeps_order ? " ordered" : "");
    case Setting::kRate:
      return print_rate(profile);
    case Setting::kQueue:
      return print_queue(profile);
    case Setting::kCodel:
      return print_codel(profile.codel);
    case Setting::kMtu:
      return print_mtu(profile);
    case Setting::kCable:
      break;
  }
  return profile.is_down ? "down" : "up";
}

void print_profile(const Profile& profile, Direction direction, Statements& all) {
  for (std::size_t i = 0; i < kSettingCount; ++i) {
    const auto setting = static_cast<Setting>(i);
    if (!is_standard(setting, profile)) all.push_back(prefix(direction) + print_setting(setting, profile));
  }
}

std::string print_selection(const Rule& rule) {
  std::string text;
  if (rule.first != 1 || rule.last != Rule::kLast) text = " " + std::to_string(rule.first);
  if (rule.last != rule.first && rule.last != Rule::kLast) text += ".." + std::to_string(rule.last);
  if (rule.first != 1 && rule.last == Rule::kLast) text += "..";
  if (rule.every != 1) text += " every " + std::to_string(rule.every);
  if (rule.chance != kAlways) text += " " + print_percent(rule.chance);
  return rule.once ? text + " once" : text;
}

std::string print_rule(const Rule& rule) {
  std::string text = prefix(rule.direction) + std::string(name(rule.action)) + " " + std::string(name(rule.kind));
  text += print_selection(rule) + print_damage(rule.damage);
  return rule.action == Action::kDelay ? text + " by " + print_time(rule.delay) : text;
}

std::string print_change(const Change& change) {
  return "at " + print_time(change.at) + ": " + prefix(change.direction) + print_setting(change.setting, change.value);
}

}  // namespace

std::string to_string(const WireRules& rules) {
  Statements all;
  const bool is_symmetric = rules.outbound == rules.inbound;
  print_profile(rules.outbound, is_symmetric ? Direction::kBoth : Direction::kOutbound, all);
  if (!is_symmetric) print_profile(rules.inbound, Direction::kInbound, all);
  for (const Rule& rule : rules.rules) all.push_back(print_rule(rule));
  for (const Change& change : rules.changes) all.push_back(print_change(change));
  if (rules.seed) all.push_back("seed " + std::to_string(*rules.seed));
  std::string result;
  for (const auto& text : all) result += (result.empty() ? "" : "; ") + text;
  return result;
}

}  // namespace fourtuple::impair
