// Every recording, replayed in both roles: what comes of it stands in a table, and why in its comments.
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <fstream>
#include <gtest/gtest.h>
#include <set>

#include "apps/replay/outcome.hpp"
#include "tests/support/captures.hpp"
#include "tests/unit/replay/performance_maker.hpp"

namespace fourtuple::replay {
namespace {

constexpr const char* kTable = FOURTUPLE_SOURCES "/tests/unit/replay/expected_verdicts.tsv";

// Names of what is told, each once; a star marks what the recorded host did.
std::string names_of(const Outcome& outcome) {
  std::set<std::string> names;
  for (const Detail& detail : outcome.details)
    names.insert(detail.name + (detail.party == Party::kRecorded ? "*" : ""));
  return names.empty() ? "-" : fmt::format("{}", fmt::join(names, " "));
}

std::string row(const std::string& file, const Outcome& outcome) {
  const bool is_refused = outcome.verdict == Verdict::kNotReplayable;
  const std::string ours = is_refused && outcome.refusal ? fmt::format("refused ({})", capture::word(*outcome.refusal))
                                                         : std::string(name(outcome.ours));
  const std::string_view recorded = outcome.recorded > Verdict::kDiverged ? name(outcome.recorded) : "-";
  return fmt::format("{}\t{}\t{}\t{}\t{}\t{}\n", file, outcome.conversation->stream,
                     outcome.role == capture::Host::kClient ? "client" : "server", ours, recorded, names_of(outcome));
}

std::string table_of(const std::filesystem::path& file) {
  std::string table;
  for (const auto& conversation : test::read_capture(file).conversations) {
    for (const capture::Host role : {capture::Host::kClient, capture::Host::kServer})
      table += row(file.filename().string(), replay(conversation, role));
  }
  return table;
}

// The lines of the table that are about this file.
std::string expected_for(const std::string& file) {
  std::ifstream in(kTable);
  std::string table;
  for (std::string line; std::getline(in, line);)
    if (line.starts_with(file + "\t")) table += line + "\n";
  return table;
}

std::string comments_of_table() {
  std::ifstream in(kTable);
  std::string comments;
  for (std::string line; std::getline(in, line) && line.starts_with('#');) comments += line + "\n";
  return comments;
}

void expect_known_verdicts(const std::filesystem::path& folder) {
  for (const auto& file : test::captures_in(folder)) EXPECT_EQ(table_of(file), expected_for(file.filename().string()));
}

TEST(Verdicts, OfOurOwnRecordingsAreThoseOfTheTable) {
  ASSERT_FALSE(test::captures_in(test::own_captures()).empty());
  expect_known_verdicts(test::own_captures());
}

// With FOURTUPLE_RECORD_VERDICTS=1 the table is written anew: look at the difference before it is kept.
TEST(Verdicts, OfAllRecordingsAreThoseOfTheTable) {
  const auto files = test::captures_in(test::shared_captures());
  if (files.empty()) GTEST_SKIP() << "the recordings in ../shared/captures are not here";
  const char* const record = std::getenv("FOURTUPLE_RECORD_VERDICTS");
  if (record == nullptr || std::string_view(record) != "1") return expect_known_verdicts(test::shared_captures());
  const std::string head = comments_of_table();
  std::ofstream out(kTable);
  out << head;
  for (const auto& file : files) out << table_of(file);
}

TEST(Verdicts, AreTheSameEachTime) {
  for (const auto& file : test::captures_in(test::own_captures())) EXPECT_EQ(table_of(file), table_of(file)) << file;
}

TEST(Verdicts, OfAHostComparedWithItselfAreIdentical) {
  int compared = 0;
  for (const auto& file : test::captures_in(test::own_captures())) {
    for (const auto& conversation : test::read_capture(file).conversations) {
      for (const capture::Host role : {capture::Host::kClient, capture::Host::kServer}) {
        const Performance same = performance_like(*conversation, role);
        const Comparison comparison = comparison_of(*conversation, same, {}, {});
        EXPECT_TRUE(are_identical(comparison.ours, comparison.recorded)) << file;
        ++compared;
      }
    }
  }
  EXPECT_GT(compared, 20);
}

}  // namespace
}  // namespace fourtuple::replay
