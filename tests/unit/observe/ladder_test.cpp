#include "stack/observe/ladder.hpp"

#include <algorithm>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sstream>
#include <string>
#include <vector>

#include "stack/observe/text.hpp"
#include "tests/unit/observe/story.hpp"

namespace fourtuple::observe {
namespace {

using testing::Contains;
using testing::Each;
using testing::EndsWith;
using testing::HasSubstr;
using testing::Le;
using testing::Not;
using testing::ResultOf;

// Draws what `tell` tells and answers the lines.
template <class Tell>
std::vector<std::string> drawn(const LadderOptions& options, Tell&& tell) {
  std::string text;
  {
    Ladder ladder([&text](std::string_view more) { text += more; }, options);
    tell(ladder);
  }
  std::vector<std::string> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

template <class Tell>
std::vector<std::string> drawn_story(const LadderOptions& options, Tell&& tell) {
  return drawn(options, [&](Ladder& ladder) {
    Teller story(ladder, kServerSide, 7);
    tell(story);
  });
}

constexpr LadderOptions kAscii{.ascii = true};

TEST(Ladder, DrawsTheHandshakeAsATeacherWould) {
  const auto lines = drawn_story(kAscii, tell_handshake);
  const std::vector<std::string> expected{
      "       time ms   we                                            peer why, and the rule",
      "#1 10.0.0.4:80 <-> 10.0.0.5:55715, opened by the peer "
      "----------------------------------------------",
      "         0.000   |<- S 0:0(0) win 64240 --------------------------|",
      "                 |   mss 1460, sack, timestamps, window scale 7   |",
      "                 * LISTEN -> SYN-RECEIVED                         |",
      "         0.011   |-- S. 0:0(0) ack 1 win 65535 ------------------>| handshake RFC9293 3.5",
      "                 |   mss 1460, sack, timestamps, window scale 7   |",
      "         0.161   |<- . 1:1(0) ack 1 win 64256 --------------------|",
      "                 * SYN-RECEIVED -> ESTABLISHED                    |",
  };
  EXPECT_EQ(lines, expected);
}

TEST(Ladder, TellsSilenceTimerAndRetransmission) {
  const auto lines = drawn_story(kAscii, tell_lossy_page);
  EXPECT_THAT(lines, Contains(HasSubstr(":  200 ms later")));
  EXPECT_THAT(lines, Contains(HasSubstr("* retransmission timer ran out")));
  EXPECT_THAT(lines, Contains(HasSubstr("|-- again: P. 1:1001(1000) ack 79 win 65535 ---->| "
                                        "retransmission-timeout RFC6298 5")));
}

TEST(Ladder, MarksADroppedSegmentOnceWithReasonAndClause) {
  const auto lines = drawn_story(kAscii, tell_lossy_page);
  EXPECT_THAT(lines, Contains(HasSubstr("|X- . 79:79(0) ack 200000 win 63488 -------------| "
                                        "tcp-future-ack RFC5961 5.2")));
  EXPECT_THAT(lines, Not(Contains(HasSubstr("|<- . 79:79(0) ack 200000"))));
}

TEST(Ladder, MarksADropThatComesAfterOtherNews) {
  const auto lines = drawn_story(kAscii, [](Teller& story) {
    story.gets(kA, {5, 0, 9, 0}).tell(trace::RttMeasured{}).tell(trace::TimerCancelled{});
    story.drops(kA, {5, 0, 9, 0}, DropReason::kTcpDuplicate);
  });
  EXPECT_EQ(lines.size(), 3U);
  EXPECT_THAT(lines.back(), HasSubstr("|X- . 5:5(0) ack 9 win 0"));
}

TEST(Ladder, ShowsADropThatNoArrivalWasToldOf) {
  const auto lines = drawn_story(kAscii, [](Teller& story) {
    story.drops(kA, {5, 0, 9, 0}, DropReason::kTcpClosedPort);
  });
  EXPECT_THAT(lines.back(), HasSubstr("|X- . 5:5(0) ack 9 "));
  EXPECT_THAT(lines.back(), EndsWith("| tcp-closed-port RFC9293 3.10.7.1"));
}

TEST(Ladder, CountsAResetWithoutAConnectionFromTheSegmentItAnswers) {
  const auto lines = drawn(kAscii, [](Ladder& ladder) {
    Teller nobody(ladder, kServerSide, 0);
    Segment syn;
    syn.flags = {kS};
    syn.seq = {0xffffffff};
    nobody.tell(trace::SegmentDropped{nobody.name(), syn, 0, 0, DropReason::kTcpClosedPort});
    Segment reset;
    reset.flags = {kR | kA};
    reset.ack = {0};
    nobody.tell(trace::SegmentSent{.name = nobody.name(), .segment = reset, .cause = Cause::kResetReply});
  });
  EXPECT_THAT(lines.back(), HasSubstr("|-- R. 0:0(0) ack 1 win 0 "));
}

TEST(Ladder, ShowsANeighbourFoundAndNotItsAgeing) {
  const auto lines = drawn(kAscii, [](Ladder& ladder) {
    const Ipv4Address address = Ipv4Address::from_octets(10, 0, 0, 5);
    for (const auto& [from, to] : {std::pair{"NONE", "INCOMPLETE"}, std::pair{"INCOMPLETE", "REACHABLE"},
                                   std::pair{"REACHABLE", "STALE"}, std::pair{"STALE", "PROBE"}}) {
      ladder.on_event({Instant{}, 0, trace::NeighbourChanged{address, {}, from, to}});
    }
  });
  EXPECT_EQ(lines.size(), 2U);
  EXPECT_THAT(lines.back(), HasSubstr("* neighbour 10.0.0.5: INCOMPLETE -> REACHABLE"));
}

TEST(Ladder, ElidesTheMiddleOfABulkTransfer) {
  const auto lines = drawn_story(kAscii, [](Teller& story) {
    tell_handshake(story);
    for (std::int64_t i = 0; i < 5000; ++i) {
      story.wait(1us).sends(kA, {1 + i * 65700, 65700, 1, 65535}, Cause::kPeerAcked, {}, false, 1460);
    }
    tell_close(story);
  });
  EXPECT_THAT(lines.size(), Le(40U));
  EXPECT_THAT(lines, Contains(HasSubstr("|-- . 1:65701(65700) ack 1 win 65535 x45 ------->| peer-acked")));
  EXPECT_THAT(lines, Contains(HasSubstr(":  4,992 similar rows elided                     : 327,974,400 octets out")));
}

TEST(Ladder, GivesASignOfLifeEverySecondOfALongTransfer) {
  const auto lines = drawn_story(kAscii, [](Teller& story) {
    for (std::int64_t i = 0; i < 4000; ++i) story.wait(1ms).sends(kA, {1 + i, 1, 1, 65535}, Cause::kPeerAcked);
  });
  EXPECT_EQ(std::count_if(lines.begin(), lines.end(),
                          [](const std::string& line) { return line.find("similar rows") != std::string::npos; }),
            4);
  EXPECT_THAT(lines, Not(Contains(HasSubstr("later"))));
}

TEST(Ladder, ElidesNothingWhenAskedNotTo) {
  LadderOptions options = kAscii;
  options.run_head = 0;
  const auto lines = drawn_story(options, [](Teller& story) {
    for (std::int64_t i = 0; i < 50; ++i) story.sends(kA, {1 + i, 1, 1, 65535}, Cause::kUserSend);
  });
  EXPECT_EQ(lines.size(), 52U);
}

TEST(Ladder, StopsAtItsRowLimitAndCountsTheRest) {
  LadderOptions options = kAscii;
  options.run_head = 0;
  options.max_rows = 10;
  const auto lines = drawn_story(options, [](Teller& story) {
    for (std::int64_t i = 0; i < 50; ++i) story.sends(kA, {1 + i, 1, 1, 65535}, Cause::kUserSend);
  });
  EXPECT_EQ(lines.size(), 12U);
  EXPECT_THAT(lines.back(), HasSubstr("41 further rows not shown"));
}

TEST(Ladder, KeepsEveryRowWithinItsWidth) {
  for (const std::size_t width : {80U, 100U, 140U}) {
    LadderOptions options{.width = width, .all_timers = true, .quantities = true};
    const auto lines = drawn_story(options, [](Teller& story) {
      tell_handshake(story);
      tell_lossy_page(story);
      story.sends(kPA, {123456789012, 65535, 123456789012, 1U << 30}, Cause::kRetransmissionTimeout, syn_options(),
                  true, 1);
      story.drops(kPA, {123456789012, 65535, 123456789012, 0}, DropReason::kTcpOutOfOrderLimit);
      tell_close(story);
    });
    EXPECT_THAT(lines, Each(ResultOf([](const std::string& line) { return columns(line); }, Le(width))));
  }
}

TEST(Ladder, UsesOnlyAsciiWhenAsked) {
  const auto lines = drawn_story(kAscii, [](Teller& story) {
    tell_handshake(story);
    tell_lossy_page(story);
    tell_close(story);
  });
  EXPECT_THAT(lines, Each(ResultOf([](const std::string& line) { return columns(line) == line.size(); }, true)));
}

TEST(Ladder, NumbersConnectionsAndTagsTheSwitch) {
  const auto lines = drawn(kAscii, [](Ladder& ladder) {
    FourTuple other = kServerSide;
    other.remote.port = 40000;
    Teller first(ladder, kServerSide, 7);
    Teller second(ladder, other, 8);
    first.gets(kA, {1, 0, 1});
    second.gets(kA, {1, 0, 1});
    first.gets(kA, {2, 0, 1});
  });
  EXPECT_THAT(lines, Contains(HasSubstr("#2 10.0.0.4:80 <-> 10.0.0.5:40000")));
  EXPECT_THAT(lines.back(), HasSubstr("#1       0.000   |<- . 2:2(0)"));
}

TEST(Ladder, ShowsOnlyTheConnectionAskedFor) {
  LadderOptions options = kAscii;
  options.only = FourTuple{{}, {IpAddress{}, 40000}};
  const auto lines = drawn(options, [](Ladder& ladder) {
    FourTuple other = kServerSide;
    other.remote.port = 40000;
    Teller first(ladder, kServerSide, 7);
    Teller second(ladder, other, 8);
    tell_handshake(first);
    first.tell(trace::TimerFired{trace::Timer::kRetransmission});
    second.gets(kA, {1, 0, 1});
  });
  EXPECT_EQ(lines.size(), 3U);
  EXPECT_THAT(lines.at(1), HasSubstr("10.0.0.5:40000"));
}

TEST(Ladder, GivesANewLifeOfANameANewNumber) {
  const auto lines = drawn_story(kAscii, [](Teller& story) {
    tell_handshake(story);
    tell_close(story);
    tell_handshake(story);
  });
  EXPECT_THAT(lines, Contains(HasSubstr("#2 10.0.0.4:80 <-> 10.0.0.5:55715, opened by the peer")));
}

TEST(Ladder, TellsSackBlocksInTheNumbersOfTheAck) {
  const auto lines = drawn_story(kAscii, [](Teller& story) {
    SegmentOptions options;
    options.sack_count = 1;
    options.sack[0] = {{0xffffff00U + 2921}, {0xffffff00U + 4381}};  // the story's ACK numbers start at 0xffffff00
    story.gets(kA, {79, 0, 1461}, options);
  });
  EXPECT_THAT(lines.back(), HasSubstr("|   sack 2921:4381"));
}

TEST(Ladder, ColoursOnlyWhenAsked) {
  const auto plain = drawn_story(LadderOptions{}, tell_handshake);
  EXPECT_THAT(plain, Each(Not(HasSubstr("\x1b["))));
  const auto coloured = drawn_story(LadderOptions{.color = true}, tell_handshake);
  EXPECT_THAT(coloured, Contains(HasSubstr("\x1b[36m")));
}

}  // namespace
}  // namespace fourtuple::observe
