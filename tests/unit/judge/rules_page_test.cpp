#include "stack/judge/rules_page.hpp"

#include <cstdlib>
#include <fstream>
#include <gtest/gtest.h>
#include <sstream>

#include "stack/judge/judge.hpp"

namespace fourtuple::judge {
namespace {

constexpr const char* kPage = FOURTUPLE_SOURCES "/docs/rules.md";

TEST(RulesPage, SaysWhatTheRulesSay) {
  if (std::getenv("FOURTUPLE_WRITE_PAGES") != nullptr) std::ofstream(kPage) << rules_page();
  std::ifstream in(kPage);
  std::stringstream page;
  page << in.rdbuf();
  EXPECT_TRUE(page.str() == rules_page()) << "docs/rules.md is out of date: FOURTUPLE_WRITE_PAGES=1 unit_judge "
                                             "--gtest_filter='RulesPage.*' writes it anew";
}

TEST(RulesPage, HasALineForEveryRule) {
  const std::string page = rules_page();
  for (const RuleInfo* info : all_rule_infos())
    EXPECT_NE(page.find("| `" + std::string(info->name) + "` |"), std::string::npos) << info->name;
}

// A bar would begin a new column.
TEST(RulesPage, HasNoBarsInItsSentences) {
  for (const RuleInfo* info : all_rule_infos())
    EXPECT_EQ((std::string(info->says) + std::string(info->hint)).find('|'), std::string::npos) << info->name;
}

}  // namespace
}  // namespace fourtuple::judge
