#include <gtest/gtest.h>

#include "apps/replay/presentation.hpp"
#include "outcome_maker.hpp"
#include "well_formed.hpp"

namespace fourtuple::replay {
namespace {

using made::diverged_outcome;
using made::refused_outcome;
using made::violating_outcome;

bool page_has(std::string_view page, std::string_view part) { return page.find(part) != std::string_view::npos; }

std::size_t count_of(std::string_view page, std::string_view part) {
  std::size_t count = 0;
  for (std::size_t at = page.find(part); at != std::string_view::npos; at = page.find(part, at + 1)) ++count;
  return count;
}

std::string page_of(const Outcome& outcome) { return outcome_page(std::span(&outcome, 1), "a.pcap"); }

TEST(MarkupCheck, FindsWhatIsWrong) {
  for (const char* bad :
       {"<p>", "<p></b>", "<p>a & b</p>", "<p a=\"1></p>", "<p>1 > 0</p>", "</p>", "<p <b></b></p>"}) {
    EXPECT_NE(made::MarkupCheck(bad).fault(), "") << bad;
  }
  EXPECT_EQ(made::MarkupCheck("<p a=\"1\">&amp;<br/></p>").fault(), "");
}

TEST(ReplayPage, IsWellFormed) {
  const std::vector<Outcome> outcomes = {violating_outcome(), refused_outcome(), diverged_outcome()};
  EXPECT_EQ(made::MarkupCheck(outcome_page(outcomes, "a.pcap")).fault(), "");
  EXPECT_EQ(made::MarkupCheck(outcome_page({}, "nothing.pcap")).fault(), "");
}

// Names of namespaces are no references.
TEST(ReplayPage, RefersToNothingOutsideItself) {
  const std::string page = page_of(violating_outcome());
  EXPECT_EQ(count_of(page, "http"), count_of(page, "http://www.w3.org/2000/svg"));
  for (const char* reference : {"src=", "@import", "<link", "//cdn", "fetch(", "XMLHttpRequest"}) {
    EXPECT_FALSE(page_has(page, reference)) << reference;
  }
  EXPECT_EQ(count_of(page, "url("), count_of(page, "url(#"));
  EXPECT_EQ(count_of(page, "href=\""), count_of(page, "href=\"#"));
}

TEST(ReplayPage, EscapesWhateverAskedToBeShown) {
  Outcome outcome = violating_outcome();
  outcome.details[0].sentence = "</p><script>alert(1)</script>";
  outcome.details[0].hint = "\" onmouseover=\"alert(1)";
  outcome.details[0].name = std::string("a\0b\x1b", 4);
  outcome.performance.adaptations = {{"RFC9293 MUST-6", "<b>", ""}};
  const std::string page = outcome_page(std::span(&outcome, 1), "<script>a.pcap");
  EXPECT_EQ(made::MarkupCheck(page).fault(), "");
  EXPECT_EQ(count_of(page, "<script>"), 1U);
  EXPECT_FALSE(page_has(page, "\" onmouseover"));
  EXPECT_EQ(page.find('\0'), std::string::npos);
  EXPECT_EQ(page.find('\x1b'), std::string::npos);
}

TEST(ReplayPage, ReplacesOctetsThatAreNotUtf8) {
  EXPECT_TRUE(page_has(outcome_page({}, "a\xff\xc0\xafz"), "<h1>a\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbdz</h1>"));
  EXPECT_TRUE(page_has(outcome_page({}, "caf\xc3\xa9"), "<h1>caf\xc3\xa9</h1>"));
}

TEST(ReplayPage, ColoursAndShapesRowsByTheirWorstDetail) {
  const std::string page = page_of(violating_outcome());
  EXPECT_EQ(count_of(page, "class=\"row must\""), 1U);
  EXPECT_EQ(count_of(page, "class=\"row should\""), 1U);
  EXPECT_TRUE(page_has(page, "class=\"shape must\""));
}

TEST(ReplayPage, LinksRowsAndDetailsBothWays) {
  const std::string page = page_of(violating_outcome());
  const std::size_t link = page.find("href=\"#c0s-r");
  ASSERT_NE(link, std::string::npos);
  const std::string row = page.substr(link + 7, page.find('"', link + 7) - link - 7);
  EXPECT_TRUE(page_has(page, "id=\"" + row + "\""));
  EXPECT_TRUE(page_has(page, "href=\"#c0s-d0\""));
  EXPECT_TRUE(page_has(page, "id=\"c0s-d0\""));
}

TEST(ReplayPage, ShowsHowLongAFrameWasHeld) {
  const std::string page = page_of(diverged_outcome());
  EXPECT_EQ(count_of(page, "class=\"waiting\""), 2U);
  EXPECT_TRUE(page_has(page, "held back for 784.000 ms, waiting for data"));
}

TEST(ReplayPage, MarksRetransmissionsSackAndTheEndsInItsGraphs) {
  const std::string page = page_of(diverged_outcome());
  for (const char* piece : {"bar again", "bar sack", "stairs ack", "stairs window", "mark ends", ">SYN<", ">FIN<"}) {
    EXPECT_TRUE(page_has(page, piece)) << piece;
  }
}

TEST(ReplayPage, ExplainsARefusalWithoutPictures) {
  const std::string page = page_of(refused_outcome());
  EXPECT_TRUE(page_has(page, "not replayable (no-handshake)"));
  EXPECT_TRUE(page_has(page, "frame 1: data without a SYN before it"));
  EXPECT_FALSE(page_has(page, "class=\"ladder\""));
}

TEST(ReplayPage, DrawsWhatTheRecordedHostDidWhereNothingCouldBeReplayed) {
  Outcome outcome = diverged_outcome();
  outcome.verdict = outcome.ours = Verdict::kNotReplayable;
  outcome.refusal = capture::Refusal::kGap;
  outcome.performance = {};
  const std::string page = page_of(outcome);
  EXPECT_EQ(made::MarkupCheck(page).fault(), "");
  EXPECT_EQ(count_of(page, "class=\"row should\""), 1U);
}

// Five thousand segments that no side of the ladder could show.
Outcome long_outcome() {
  made::OutcomeMaker maker;
  record_conversation(maker);
  play_handshake_and_request(maker);
  for (std::uint32_t i = 0; i < 5000; ++i) {
    const made::Line line{capture::Host::kServer,
                          std::chrono::seconds(1) + std::chrono::milliseconds(i),
                          TcpFlags::kAck,
                          1 + i * 100,
                          100,
                          80};
    maker.record(line);
    maker.send(line, Cause::kUserSend);
  }
  maker.outcome.verdict = maker.outcome.ours = Verdict::kViolationMust;
  maker.outcome.details.push_back({Verdict::kViolationMust, Party::kOurs, "RFC9293 MUST-16", "effective-mss",
                                   "too much in the middle", "", 2500, std::nullopt});
  return maker.take();
}

TEST(ReplayPage, OfALongConversationStaysSmallAndSaysWhatIsLeftOut) {
  const std::string page = page_of(long_outcome());
  EXPECT_LT(page.size(), 2'000'000U);
  EXPECT_TRUE(page_has(page, "rows are not drawn"));
  EXPECT_EQ(count_of(page, "class=\"row must\""), 1U);
}

TEST(ReplayPage, OfManyConversationsDrawsTheWorstAndListsTheRest) {
  std::vector<Outcome> outcomes(100, diverged_outcome());
  outcomes.back() = violating_outcome();
  const std::string page = outcome_page(outcomes, "a.pcap");
  EXPECT_EQ(made::MarkupCheck(page).fault(), "");
  EXPECT_LT(page.size(), 8'000'000U);
  EXPECT_TRUE(page_has(page, "id=\"c99s-r0\""));
  EXPECT_FALSE(page_has(page, "id=\"c98s-r0\""));
  EXPECT_TRUE(page_has(page, "No room was left"));
}

TEST(ReplayPage, IsTheSameForTheSameOutcome) { EXPECT_EQ(page_of(violating_outcome()), page_of(violating_outcome())); }

TEST(ReplayPage, SurvivesIndicesThatPointNowhere) {
  Outcome outcome = violating_outcome();
  outcome.details[0].our_segment = 100000;
  outcome.details[0].recorded_frame = 100000;
  outcome.performance.deliveries.back().frame = 100000;
  EXPECT_EQ(made::MarkupCheck(page_of(outcome)).fault(), "");
}

}  // namespace
}  // namespace fourtuple::replay
