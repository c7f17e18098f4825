#include "apps/replay/page_rows.hpp"

#include <algorithm>
#include <gtest/gtest.h>

#include "outcome_maker.hpp"

namespace fourtuple::replay {
namespace {

using made::OutcomeMaker;
using enum capture::Host;

constexpr std::uint8_t kAck = TcpFlags::kAck;

// Both sides answer one request; `recorded` and `ours` are the first octets and lengths of what they send.
using Pieces = std::vector<std::pair<std::uint32_t, std::uint32_t>>;
Outcome answered(const Pieces& recorded, const Pieces& ours) {
  OutcomeMaker maker;
  maker.record({kClient, 0ms, TcpFlags::kSyn});
  maker.record({kServer, 0ms, TcpFlags::kSyn | kAck, 0, 0, 1});
  maker.record({kClient, 1ms, kAck, 1, 10, 1});
  for (const auto& [first, octets] : recorded) maker.record({kServer, 2ms, kAck, first, octets, 11});
  maker.deliver(0, 0ms);
  maker.send({kServer, 0ms, TcpFlags::kSyn | kAck, 0, 0, 1}, Cause::kHandshake);
  maker.deliver(2, 1ms);
  for (const auto& [first, octets] : ours) maker.send({kServer, 2ms, kAck, first, octets, 11}, Cause::kUserSend);
  return maker.take();
}

// "0|0": frame 0 beside our segment 0; "-" for nothing; "0=0": frame 0 and delivery 0.
std::string drawn(const Outcome& outcome) {
  std::string text;
  const PageRows rows(outcome);
  for (const PageRow& row : rows.all()) {
    const auto number = [](std::uint32_t index) { return index == kNothing ? "-" : std::to_string(index); };
    if (!text.empty()) text += ' ';
    if (row.is_note()) {
      text += row.call != kNothing ? "call" : "state";
    } else if (row.delivery != kNothing) {
      text += number(row.frame) + "=" + number(row.delivery);
    } else {
      text += number(row.frame) + "|" + number(row.segment);
    }
  }
  return text;
}

TEST(PageRows, JoinBothSidesAtTheFramesOfTheOtherHost) {
  EXPECT_EQ(drawn(answered({{1, 100}}, {{1, 100}})), "0=0 1|0 2=1 3|1");
}

TEST(PageRows, PutCounterpartsBesideEachOtherWhereOneSideSentMore) {
  EXPECT_EQ(drawn(answered({{1, 0}, {1, 100}}, {{1, 100}})), "0=0 1|0 2=1 3|- 4|1");
  EXPECT_EQ(drawn(answered({{1, 100}}, {{1, 100}, {101, 100}})), "0=0 1|0 2=1 3|1 -|2");
}

TEST(PageRows, PutSegmentsThatWereCutDifferentlyBesideEachOther) {
  EXPECT_EQ(drawn(answered({{1, 100}, {101, 50}}, {{1, 80}, {81, 70}})), "0=0 1|0 2=1 3|1 4|2");
}

TEST(PageRows, ShowFramesThatWereNeverDelivered) {
  Outcome outcome = answered({{1, 100}}, {});
  outcome.performance.deliveries.pop_back();
  EXPECT_EQ(drawn(outcome), "0=0 1|0 2|- 3|-");
}

TEST(PageRows, PutWhatTheApplicationDidBeforeTheSegmentThatCameOfIt) {
  Outcome outcome = answered({{1, 100}}, {{1, 100}});
  outcome.performance.calls.push_back({Instant{} + 2ms, judge::Call::Kind::kWrite, 100});
  EXPECT_EQ(drawn(outcome), "0=0 1|0 2=1 call 3|1");
}

TEST(PageRows, PutAStateAfterTheFrameThatBroughtIt) {
  Outcome outcome = answered({{1, 100}}, {{1, 100}});
  outcome.performance.states.push_back({Instant{} + 1ms, TcpState::kSynReceived, TcpState::kEstablished, 1});
  EXPECT_EQ(drawn(outcome), "0=0 1|0 2=1 state 3|1");
}

TEST(PageRows, DrawSyntheticAcknowledgmentsOnOurSideOnly) {
  Outcome outcome = answered({{1, 100}}, {{1, 100}});
  Delivery synthetic;
  synthetic.is_synthetic = true;
  synthetic.delivered = Instant{} + 3ms;
  outcome.performance.deliveries.push_back(synthetic);
  EXPECT_EQ(drawn(outcome), "0=0 1|0 2=1 3|1 -=2");
}

TEST(PageRows, TellADetailWhereThePartyDepartsThatItIsAbout) {
  Outcome outcome = answered({{1, 0}, {1, 100}}, {{1, 100}});
  Detail detail{Verdict::kDiverged, Party::kOurs, "RFC9293 3.7", "earlier", "", "", 1, 3};
  outcome.details.push_back(detail);
  detail.party = Party::kRecorded;
  outcome.details.push_back(detail);
  const PageRows rows(outcome);
  EXPECT_EQ(rows.row_of_detail(0), 4U);
  EXPECT_EQ(rows.row_of_detail(1), 3U);
  EXPECT_EQ(rows.judgement(4).verdict, Verdict::kDiverged);
}

TEST(PageRows, AreIdenticalOnlyWhereEveryFieldIs) {
  Outcome outcome = answered({{1, 100}}, {{1, 100}});
  EXPECT_EQ(PageRows(outcome).judgement(3).verdict, Verdict::kIdentical);
  outcome.performance.segments[1].segment.window = 1;
  EXPECT_EQ(PageRows(outcome).judgement(3).verdict, Verdict::kEquivalent);
}

TEST(PageRows, AreChosenByWhatIsToldAboutThem) {
  Pieces many;
  for (std::uint32_t i = 0; i < 1000; ++i) many.emplace_back(1 + i * 10, 10);
  Outcome outcome = answered(many, many);
  outcome.details.push_back({Verdict::kDiverged, Party::kOurs, "RFC9293 3.7", "x", "", "", 501, std::nullopt});
  const PageRows rows(outcome);
  const std::vector<std::uint32_t> chosen = chosen_rows(rows, 1, 50);
  EXPECT_EQ(chosen.size(), 50U);
  EXPECT_TRUE(std::binary_search(chosen.begin(), chosen.end(), 0U));
  EXPECT_TRUE(std::binary_search(chosen.begin(), chosen.end(), rows.row_of_detail(0)));
  EXPECT_TRUE(std::binary_search(chosen.begin(), chosen.end(), static_cast<std::uint32_t>(rows.all().size() - 1)));
}

}  // namespace
}  // namespace fourtuple::replay
