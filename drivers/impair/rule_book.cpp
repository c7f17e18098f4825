#include "drivers/impair/rule_book.hpp"

namespace fourtuple::impair {

bool RuleBook::Entry::takes(Direction passing, FrameKinds kinds) {
  if (rule.direction != Direction::kBoth && rule.direction != passing) return false;
  if (!kinds.has(rule.kind)) return false;
  ++seen;
  if (seen < rule.first || (rule.last != Rule::kLast && seen > rule.last)) return false;
  if (rule.once && used) return false;
  used = true;
  return true;
}

RuleEffect RuleBook::apply(Direction passing, FrameKinds kinds) {
  RuleEffect effect;
  for (Entry& entry : entries_) {
    if (!entry.takes(passing, kinds)) continue;
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
        effect.corrupt = true;
        break;
    }
  }
  return effect;
}

}  // namespace fourtuple::impair
