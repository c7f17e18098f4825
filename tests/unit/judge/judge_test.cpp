#include "stack/judge/judge.hpp"

#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <set>

#include "tests/unit/judge/trace_maker.hpp"

namespace fourtuple::judge {
namespace {

constexpr RuleInfo kCountsInfo{.name = "counts", .clause = "RFC9293 3.1", .says = "", .hint = ""};

// Says something about everything that it is shown.
class Counts final : public Rule {
 public:
  [[nodiscard]] const RuleInfo& info() const override { return kCountsInfo; }
  void on_segment(const Endpoint& endpoint, const TracedSegment&, Report& report) override {
    report.add(kCountsInfo, endpoint.peer().initial ? "open" : "before");
  }
  void on_end(const Endpoint&, Instant, Report& report) override { report.add(kCountsInfo, "end"); }
};

Judge counting() {
  Rules rules;
  rules.push_back(std::make_unique<Counts>());
  return Judge({}, std::move(rules));
}

TracedSegment syn() {
  TracedSegment segment;
  segment.segment.flags.bits = TcpFlags::kSyn;
  segment.frame = 17;
  return segment;
}

// A row of that name, its first part ("MUST-20(a)" for "MUST-20"), or one of the sections that may be cited too.
bool knows_clause(const std::string& table, const std::string& clause) {
  std::ifstream in(std::filesystem::path(FOURTUPLE_SOURCES) / "docs/requirements" / table);
  for (std::string line; std::getline(in, line);) {
    if (line.starts_with("# also:") && (line + " ").find(" " + clause + " ") != std::string::npos) return true;
    if (line.starts_with(clause + "\t") || line.starts_with(clause + "(")) return true;
  }
  return false;
}

TEST(Judge, ShowsARuleTheEndpointAsItWasBeforeTheSegment) {
  Judge judge = counting();
  judge.take(syn());
  judge.take(syn());
  judge.finish(Instant{5s});
  ASSERT_EQ(judge.findings().size(), 3U);
  EXPECT_EQ(judge.findings()[0].sentence, "before");
  EXPECT_EQ(judge.findings()[1].sentence, "open");
  EXPECT_EQ(judge.findings()[1].segment, 1U);
  EXPECT_EQ(judge.findings()[1].frame, 17U);
  EXPECT_EQ(judge.findings()[2].time, Instant{5s});
}

TEST(Judge, NeverAppliesADamagedSegment) {  // [RFC9293 MUST-3]
  Judge judge = counting();
  TracedSegment damaged = syn();
  damaged.checksum_is_wrong = true;
  judge.take(damaged);
  EXPECT_FALSE(judge.endpoint().peer().initial);
}

TEST(Judge, KeepsABoundedNumberOfFindings) {
  Judge judge = counting();
  for (int i = 0; i < 100; ++i) judge.take(syn());
  EXPECT_EQ(judge.findings().size(), Report::kMaxPerRule);
  EXPECT_EQ(judge.left_out(), 100U - Report::kMaxPerRule);
}

// A clause that no table in docs/requirements knows would send its reader nowhere.
TEST(AllRules, CiteClausesThatAreInTheTables) {
  for (const RuleInfo* info : all_rule_infos()) {
    const std::size_t space = info->clause.find(' ');
    ASSERT_NE(space, std::string_view::npos) << info->name;
    std::string number(info->clause.substr(3, space - 3));
    EXPECT_TRUE(knows_clause("rfc" + number + ".tsv", std::string(info->clause.substr(space + 1))))
        << info->name << " cites " << info->clause;
  }
}

TEST(AllRules, HaveNamesOfTheirOwnAndSayWhatTheyMean) {
  std::set<std::string_view> names;
  for (const RuleInfo* info : all_rule_infos()) {
    EXPECT_TRUE(names.insert(info->name).second) << info->name << " is there twice";
    EXPECT_EQ(info->name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-"), std::string_view::npos);
    EXPECT_FALSE(info->says.empty() || info->hint.empty()) << info->name;
  }
}

}  // namespace
}  // namespace fourtuple::judge
