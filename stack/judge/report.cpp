#include <algorithm>
#include <utility>

#include "stack/judge/rule.hpp"

namespace fourtuple::judge {

void Report::look_at(std::size_t segment, std::uint32_t frame, Instant time) {
  segment_ = segment;
  frame_ = frame;
  time_ = time;
}

void Report::add(const RuleInfo& rule, std::string sentence) {
  add_about(rule, segment_, frame_, time_, std::move(sentence));
}

void Report::add_about(const RuleInfo& rule, std::size_t segment, std::uint32_t frame, Instant time,
                       std::string sentence) {
  const auto same = std::ranges::count(findings_, &rule, &Finding::rule);
  if (static_cast<std::size_t>(same) >= kMaxPerRule) {
    ++left_out_;
    return;
  }
  findings_.push_back({&rule, segment, frame, time, std::move(sentence)});
}

}  // namespace fourtuple::judge
