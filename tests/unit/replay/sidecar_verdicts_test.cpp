// Replaying with the log of what the application did, and with what is inferred from its segments, comes to the same
// verdicts. Where it does not, a table has both and says why.
#include <fmt/format.h>
#include <fstream>
#include <gtest/gtest.h>
#include <set>

#include "apps/replay/outcome.hpp"
#include "tests/support/captures.hpp"

namespace fourtuple::replay {
namespace {

constexpr const char* kSidecarTable = FOURTUPLE_SOURCES "/tests/unit/replay/sidecar_verdicts.tsv";

// "equivalent", or with what the recorded host did: "equivalent, recorded violation (SHOULD)".
std::string verdicts_of(const Outcome& outcome) {
  std::string text(name(outcome.ours));
  if (outcome.recorded > Verdict::kDiverged) text += ", recorded " + std::string(name(outcome.recorded));
  return text;
}

// What was replayed both ways, and the lines that a table of the differences needs.
struct BothWays {
  int compared = 0;
  std::set<std::string> differences;

  void take(const std::filesystem::path& file) {
    const test::ReadCapture capture = test::read_capture(file);
    for (const auto& conversation : capture.conversations) {
      for (const capture::Host role : {capture::Host::kClient, capture::Host::kServer})
        take(file, conversation, role, capture.start);
    }
  }

 private:
  void take(const std::filesystem::path& file, const capture::ConversationPtr& conversation, capture::Host role,
            std::chrono::nanoseconds start) {
    ReplayOptions options;
    options.sidecar = test::log_beside(file);
    options.capture_start = start;
    const Outcome told = replay(conversation, role, options);
    if (told.plan.is_inferred || told.verdict == Verdict::kNotReplayable)
      return;  // nobody wrote this host's calls down
    ++compared;
    const std::string with_log = verdicts_of(told);
    const std::string without = verdicts_of(replay(conversation, role));
    if (with_log == without) return;
    const char* const who = role == capture::Host::kClient ? "client" : "server";
    differences.insert(
        fmt::format("{}\t{}\t{}\t{}\t{}", file.filename().string(), conversation->stream, who, without, with_log));
  }
};

// The table's lines about these files, each without its last column, which explains it.
std::set<std::string> explained(const std::vector<std::filesystem::path>& files) {
  std::set<std::string> names;
  for (const auto& file : files) names.insert(file.filename().string());
  std::set<std::string> lines;
  std::ifstream in(kSidecarTable);
  for (std::string line; std::getline(in, line);) {
    const std::size_t end = line.rfind('\t');
    if (line.starts_with('#') || end == std::string::npos || !names.contains(line.substr(0, line.find('\t')))) continue;
    EXPECT_GT(line.size() - end, 20U) << "this explains nothing: " << line;
    lines.insert(line.substr(0, end));
  }
  return lines;
}

int expect_same_verdicts(const std::vector<std::filesystem::path>& files) {
  BothWays both;
  for (const auto& file : files) both.take(file);
  EXPECT_EQ(both.differences, explained(files));
  return both.compared;
}

TEST(SidecarVerdicts, AreThoseOfInferenceForOurOwnRecordings) {
  EXPECT_GE(expect_same_verdicts(test::captures_in(test::own_captures())), 20);
}

TEST(SidecarVerdicts, AreThoseOfInferenceForAllRecordings) {
  const auto files = test::captures_in(test::shared_captures());
  if (files.empty()) GTEST_SKIP() << "the recordings in ../shared/captures are not here";
  EXPECT_GE(expect_same_verdicts(files), 100);
}

}  // namespace
}  // namespace fourtuple::replay
