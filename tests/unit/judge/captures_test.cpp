// All rules over both hosts of all recordings: what they find is known, one by one, and nothing else is found.
#include "tests/support/captures.hpp"

#include <fmt/format.h>
#include <fstream>
#include <gtest/gtest.h>
#include <map>

#include "tests/unit/judge/captured_traces.hpp"

namespace fourtuple::test {
namespace {

// One line for each host and rule: "zero-window.pcap<tab>0<tab>client<tab>probe-carries-an-octet<tab>1".
std::string findings_table(const std::vector<std::filesystem::path>& files) {
  std::string table = "file\tstream\thost\trule\tcount\n";
  for (const auto& file : files) {
    for (const JudgedHost& judged : judge_capture(file)) {
      std::map<std::string_view, int> counts;
      for (const judge::Finding& finding : judged.findings) ++counts[finding.rule->name];
      for (const auto& [rule, count] : counts)
        table += fmt::format("{}\t{}\t{}\t{}\t{}\n", judged.file, judged.stream, judged.host_name(), rule, count);
    }
  }
  return table;
}

// Without the lines that explain the others.
std::string expected_table(const std::string& path) {
  std::ifstream in(path);
  std::string table;
  for (std::string line; std::getline(in, line);)
    if (!line.starts_with('#')) table += line + "\n";
  return table;
}

// For the reader of a failure: each finding with its sentence.
std::string findings_told(const std::vector<std::filesystem::path>& files) {
  std::string text;
  for (const auto& file : files) {
    for (const JudgedHost& judged : judge_capture(file)) {
      for (const judge::Finding& finding : judged.findings)
        text += fmt::format("{} {} frame {} {}: {}\n", judged.file, judged.host_name(), finding.frame,
                            finding.rule->name, finding.sentence);
    }
  }
  return text;
}

TEST(Recordings, BreakTheRulesThatTheyAreKnownToBreakAndNoOthers) {
  const auto files = captures_in(shared_captures());
  if (files.empty()) GTEST_SKIP() << "the recordings in ../shared/captures are not here";
  EXPECT_EQ(findings_table(files), expected_table(FOURTUPLE_SOURCES "/tests/unit/judge/expected_findings.tsv"))
      << findings_told(files);
}

}  // namespace
}  // namespace fourtuple::test
