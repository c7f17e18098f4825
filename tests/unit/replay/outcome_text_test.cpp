#include <gtest/gtest.h>

#include "apps/replay/presentation.hpp"
#include "outcome_maker.hpp"
#include "stack/observe/text.hpp"

namespace fourtuple::replay {
namespace {

using made::diverged_outcome;
using made::refused_outcome;
using made::violating_outcome;

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    lines.push_back(text.substr(at, end - at));
    at = end + 1;
  }
  return lines;
}

TEST(SummaryLine, NamesTheVerdictOfBothPartiesWhereTheRecordedOneBreaksARule) {
  EXPECT_EQ(summary_line(diverged_outcome(), {}),
            "#0    server  10.0.0.1:5000 > 10.0.0.2:80           diverged (allowed)  recorded: violation (SHOULD)");
}

TEST(SummaryLine, NamesOneVerdictWhereTheRecordedHostIsBlameless) {
  Outcome outcome = diverged_outcome();
  outcome.recorded = Verdict::kEquivalent;
  EXPECT_EQ(summary_line(outcome, {}), "#0    server  10.0.0.1:5000 > 10.0.0.2:80           diverged (allowed)");
}

TEST(SummaryLine, GivesTheReasonOfARefusal) {
  EXPECT_EQ(summary_line(refused_outcome(), {}),
            "#7    server  10.0.0.1:5000 > 10.0.0.2:80           not replayable (no-handshake)");
}

TEST(DetailsText, ShowsFramesClauseSentenceAndHint) {
  const std::vector<std::string> lines = lines_of(details_text(violating_outcome(), {}));
  ASSERT_GE(lines.size(), 5U);
  EXPECT_EQ(lines[0], "  ✗ violation (MUST)    our stack           RFC9293 MUST-16  effective-mss");
  EXPECT_EQ(lines[1], "      ours                         12.000 ms  . 1:1461(1460) ack 80 win 65408");
  EXPECT_EQ(lines[2], "      recorded  frame 6            12.000 ms  . 1:1461(1460) ack 80 win 65152");
  EXPECT_EQ(lines[3], "      sends 1460 octets though the other host's MSS option allows 1360");
  EXPECT_EQ(lines[4], "      hint: the MSS option of its SYN, less the options of the segment");
}

TEST(DetailsText, SaysWhichRecordedHostDeparts) {
  EXPECT_NE(details_text(diverged_outcome(), {}).find("recorded server     RFC6298 2.4  rto-at-least-a-second"),
            std::string::npos);
}

TEST(DetailsText, StaysWithinItsWidthWhateverTheSentencesAre) {
  Outcome outcome = violating_outcome();
  for (int i = 0; i < 60; ++i) outcome.details[0].sentence += " and octet " + std::to_string(i);
  for (const std::size_t width : {80U, 100U}) {
    for (const std::string& line : lines_of(details_text(outcome, {.width = width}))) {
      EXPECT_LE(observe::columns(line), width) << line;
    }
  }
}

TEST(DetailsText, UsesAsciiOnlyWhereToldTo) {
  Outcome outcome = violating_outcome();
  outcome.details[0].sentence = "caf\xc3\xa9";
  for (const char octet : details_text(outcome, {.ascii = true})) EXPECT_LT(static_cast<unsigned char>(octet), 0x80);
}

TEST(DetailsText, ColoursOnlyWhereToldTo) {
  EXPECT_EQ(details_text(violating_outcome(), {}).find('\x1b'), std::string::npos);
  EXPECT_NE(details_text(violating_outcome(), {.color = true}).find("\x1b[31m"), std::string::npos);
}

TEST(DetailsText, LetsNothingFromACaptureSteerTheTerminal) {
  Outcome outcome = violating_outcome();
  outcome.details[0].sentence = "reads \x1b]0;owned\x07 from the stream\n  = identical";
  const std::string text = details_text(outcome, {});
  EXPECT_EQ(text.find('\x1b'), std::string::npos);
  EXPECT_EQ(text.find('\x07'), std::string::npos);
  EXPECT_EQ(text.find("\n  = identical"), std::string::npos);
}

TEST(DetailsText, ExplainsARefusal) {
  EXPECT_EQ(details_text(refused_outcome(), {}).rfind("      frame 1: data without a SYN before it\n", 0), 0U);
}

TEST(DetailsText, TellsWhatTheRecordedHostDidAlsoWhereNothingCouldBeReplayed) {
  Outcome outcome = diverged_outcome();
  outcome.verdict = outcome.ours = Verdict::kNotReplayable;
  outcome.refusal = capture::Refusal::kGap;
  outcome.performance = {};
  outcome.details.pop_back();
  EXPECT_EQ(summary_line(outcome, {}),
            "#0    server  10.0.0.1:5000 > 10.0.0.2:80           not replayable (gap)  recorded: violation (SHOULD)");
  const std::string text = details_text(outcome, {});
  EXPECT_LT(text.find(sentence(capture::Refusal::kGap).substr(0, 20)), text.find("rto-at-least-a-second"));
}

TEST(DetailsText, CountsWhatWasLeftOut) {
  Outcome outcome = diverged_outcome();
  outcome.details_left_out = 1234;
  EXPECT_NE(details_text(outcome, {}).find("  and 1,234 more of the same kinds\n"), std::string::npos);
}

TEST(DetailsText, IsEmptyWhereThereIsNothingToTell) {
  Outcome outcome = diverged_outcome();
  outcome.details.clear();
  EXPECT_EQ(details_text(outcome, {}), "");
}

TEST(DetailsText, SurvivesIndicesThatPointNowhere) {
  Outcome outcome = diverged_outcome();
  outcome.details[0].our_segment = 100000;
  outcome.details[0].recorded_frame = 100000;
  EXPECT_NE(details_text(outcome, {}).find("rto-at-least-a-second"), std::string::npos);
}

}  // namespace
}  // namespace fourtuple::replay
