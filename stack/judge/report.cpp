#include <algorithm>
#include <utility>

#include "stack/judge/rule.hpp"

namespace fourtuple::judge {

void Report::add(const RuleInfo& rule, std::string sentence) { add_about(rule, place_, std::move(sentence)); }

void Report::add_about(const RuleInfo& rule, const Place& place, std::string sentence) {
  const auto same = std::ranges::count(findings_, &rule, &Finding::rule);
  if (static_cast<std::size_t>(same) >= kMaxPerRule) {
    ++left_out_;
    return;
  }
  findings_.push_back({place, &rule, std::move(sentence)});
}

}  // namespace fourtuple::judge
