#include "stack/judge/rules_page.hpp"

#include <algorithm>
#include <fmt/format.h>

#include "stack/judge/judge.hpp"

namespace fourtuple::judge {
namespace {

constexpr std::string_view kIntroduction = R"(# What the judge looks at

The rules that `fourtuple replay`, and our own tests, hold against the trace of one endpoint, recorded or ours. This page is
written by the test `RulesPage.SaysWhatTheRulesSay` when FOURTUPLE_WRITE_PAGES is set; do not edit.

A rule says nothing where the trace does not prove anything: where the capture was taken far from the endpoint, has gaps or
doubtful times, or where only the application could tell. So no finding means *nothing was found*, not *nothing is wrong*.
MUST covers MUST NOT and what the RFC states as a fact about every connection, SHOULD covers SHOULD NOT and advice in lower case.
Where a finding stands in a list, its hint says where to look first.
)";

// "RFC9293 MUST-16" as "RFC 9293 MUST-16".
std::string readable_clause(std::string_view clause) {
  constexpr std::string_view kRfc = "RFC";
  return clause.starts_with(kRfc) ? fmt::format("RFC {}", clause.substr(kRfc.size())) : std::string(clause);
}

}  // namespace

std::string rules_page() {
  const auto infos = all_rule_infos();
  const auto musts = std::ranges::count(infos, Level::kMust, &RuleInfo::level);
  std::string page(kIntroduction);
  page += fmt::format("\n{} rules, {} of them MUST.\n\n", infos.size(), musts);
  page += "| rule | clause | level | what it says | where to look |\n|---|---|---|---|---|\n";
  for (const RuleInfo* info : infos) {
    page += fmt::format("| `{}` | {} | {} | {} | {} |\n", info->name, readable_clause(info->clause),
                        info->level == Level::kMust ? "MUST" : "SHOULD", info->says, info->hint);
  }
  return page;
}

}  // namespace fourtuple::judge
