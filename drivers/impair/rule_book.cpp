#include "drivers/impair/rule_book.hpp"

namespace fourtuple::impair {

// Whether the frame counted last is one of those that the rule names.
bool RuleBook::Entry::is_meant() const {
  if (seen < rule.first || (rule.last != Rule::kLast && seen > rule.last)) return false;
  return (seen - rule.first + 1) % rule.every == 0;
}

bool RuleBook::Entry::takes(Direction passing, FrameKinds kinds, RandomSource& random) {
  if (rule.direction != Direction::kBoth && rule.direction != passing) return false;
  if (!kinds.has(rule.kind)) return false;
  ++seen;
  if (!is_meant() || (rule.once && used)) return false;
  if (rule.chance < kAlways && random.below(kAlways) >= rule.chance) return false;
  used = true;
  return true;
}

RuleEffect RuleBook::apply(Direction passing, FrameKinds kinds) {
  RuleEffect effect;
  for (Entry& entry : entries_) {
    if (!entry.takes(passing, kinds, random_)) continue;
    switch (entry.rule.action) {
      case Action::kDrop:
        effect.drop = true;
        break;
      case Action::kDelay:
        effect.delay += entry.rule.delay;
        break;
      case Action::kDuplicate:
        ++effect.duplicates;
        break;
      case Action::kCorrupt:
        effect.damage = entry.rule.damage;
        break;
      case Action::kMark:
        effect.mark = true;
        break;
    }
  }
  return effect;
}

}  // namespace fourtuple::impair
