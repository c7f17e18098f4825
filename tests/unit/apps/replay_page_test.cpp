// The page of replaying takes what there is room for, and says why it could not be written.
#include "apps/programs/replay_page.hpp"

#include <gtest/gtest.h>

namespace fourtuple::apps {
namespace {

replay::Outcome outcome_of(std::size_t frames) {
  auto conversation = std::make_shared<capture::Conversation>();
  conversation->frames.resize(frames);
  replay::Outcome outcome;
  outcome.conversation = conversation;
  return outcome;
}

ReplayPage opened_page() {
  auto page = ReplayPage::open("/dev/null");
  EXPECT_TRUE(page.has_value());
  return std::move(*page);
}

TEST(ReplayPage, CountsWhatFramesAndDeliveriesTake) {
  replay::Outcome outcome = outcome_of(1000);
  EXPECT_GE(size_in_memory(outcome), 1000 * sizeof(capture::TcpFrame));
  const std::size_t before = size_in_memory(outcome);
  outcome.performance.deliveries.resize(10);
  EXPECT_EQ(size_in_memory(outcome), before + 10 * sizeof(replay::Delivery));
  outcome.performance.octets.emplace_back(500);
  EXPECT_EQ(size_in_memory(outcome), before + 10 * sizeof(replay::Delivery) + 500);
}

TEST(ReplayPage, KeepsTheFirstOutcomeHoweverLargeAndNoneBehindIt) {
  ReplayPage page = opened_page();
  replay::Outcome large = outcome_of(1);
  large.plan.stream.resize(ReplayPage::kMaxOctets + 1);
  page.keep(std::move(large));
  EXPECT_EQ(page.size(), 1U);
  page.keep(outcome_of(1));
  EXPECT_EQ(page.size(), 1U);
}

TEST(ReplayPage, KeepsABoundedNumber) {
  ReplayPage page = opened_page();
  for (std::size_t i = 0; i < ReplayPage::kMaxOutcomes + 5; ++i) page.keep(outcome_of(2));
  EXPECT_EQ(page.size(), ReplayPage::kMaxOutcomes);
}

TEST(ReplayPage, SaysWhyItCannotBeWritten) {
  const auto absent = ReplayPage::open("/nowhere/at/all.html");
  ASSERT_FALSE(absent.has_value());
  EXPECT_EQ(absent.error().cause, "cannot write /nowhere/at/all.html: No such file or directory");
  auto full = ReplayPage::open("/dev/full");
  ASSERT_TRUE(full.has_value());
  const auto done = full->write("nothing");
  ASSERT_FALSE(done.has_value());
  EXPECT_EQ(done.error().cause, "cannot write /dev/full: No space left on device");
}

}  // namespace
}  // namespace fourtuple::apps
