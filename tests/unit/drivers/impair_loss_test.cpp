// Losses in bursts, by share of a kind, and while the cable is out.
#include <algorithm>
#include <gtest/gtest.h>

#include "bad_wire.hpp"

namespace fourtuple {
namespace {

using namespace test;

constexpr std::size_t kMany = 20'000;

// Which of `count` frames, one a millisecond, arrive.
std::vector<bool> arrivals(BadWire& wire, std::size_t count) {
  const auto frame = tcp_frame({.payload = 10});
  std::vector<bool> result;
  for (std::size_t i = 0; i < count; ++i) {
    wire.send(frame, kStart + i * 1ms);
    result.push_back(!wire.arrived_at_peer(kStart + i * 1ms).empty());
  }
  return result;
}

std::size_t lost(const std::vector<bool>& arrived) {
  return static_cast<std::size_t>(std::ranges::count(arrived, false));
}

// How many times a lost frame follows one that arrived.
std::size_t bursts(const std::vector<bool>& arrived) {
  std::size_t count = 0;
  for (std::size_t i = 1; i < arrived.size(); ++i) count += arrived[i - 1] && !arrived[i] ? 1U : 0U;
  return count;
}

TEST(BurstLoss, HasTheShareAndTheLengthThatItsChancesSay) {
  BadWire wire("out: gilbert 1% 25%; seed 3");
  const auto arrived = arrivals(wire, kMany);
  // The wire is bad for p / (p + r) of the time, and 1 / r frames at a stretch.
  const double share = static_cast<double>(lost(arrived)) / kMany;
  const double length = static_cast<double>(lost(arrived)) / static_cast<double>(bursts(arrived));
  EXPECT_NEAR(share, 0.01 / 0.26, 0.01);
  EXPECT_NEAR(length, 4.0, 0.5);
  EXPECT_EQ(counters(wire).lost_in_burst, lost(arrived));
}

TEST(BurstLoss, LosesInBothStatesWhatEachIsTold) {
  BadWire wire("out: gilbert 50% 50% bad 40% good 10%");
  EXPECT_NEAR(static_cast<double>(lost(arrivals(wire, kMany))) / kMany, 0.25, 0.02);
}

TEST(BurstLoss, IsPureAlternationWhereNothingIsLeftToChance) {
  BadWire wire("out: gilbert 100% 100%");
  EXPECT_EQ(arrivals(wire, 6), (std::vector<bool>{false, true, false, true, false, true}));
}

TEST(Dice, OfOneFaultDoNotMoveThoseOfAnother) {
  BadWire alone("out: loss 10%; seed 9");
  BadWire together("out: loss 10%; out: corrupt 30%; out: jitter 1us; out: gilbert 5% 50% bad 0%; seed 9");
  EXPECT_EQ(arrivals(alone, 2000), [&] {
    // Jitter delays by less than the pause between the frames.
    std::vector<bool> result;
    const auto frame = tcp_frame({.payload = 10});
    for (std::size_t i = 0; i < 2000; ++i) {
      together.send(frame, kStart + i * 1ms);
      result.push_back(!together.arrived_at_peer(kStart + i * 1ms + 1us).empty());
    }
    return result;
  }());
  EXPECT_GT(counters(together).corrupted, 400U);
}

TEST(Dice, OfOneDirectionDoNotMoveThoseOfTheOther) {
  BadWire quiet("loss 20%; seed 4");
  BadWire busy("loss 20%; seed 4");
  const auto backwards = tcp_frame({});
  for (int i = 0; i < 100; ++i) busy.peer_sends(backwards);
  EXPECT_LT(busy.arrived_at_us().size(), 100U);
  EXPECT_EQ(quiet.numbers_through(200), busy.numbers_through(200));
}

TEST(CountedRule, TakesEachSoManyth) {
  BadWire wire("out: drop data 2.. every 3");
  EXPECT_EQ(wire.numbers_through(10), (Numbers{1, 2, 3, 5, 6, 8, 9}));
}

TEST(CountedRule, TakesAShareOfItsKind) {
  BadWire wire("out: drop data 20%; out: drop ack 0%");
  const auto arrived = arrivals(wire, 5000);
  EXPECT_NEAR(static_cast<double>(lost(arrived)) / 5000, 0.2, 0.02);
  wire.send(tcp_frame({}), kStart + 5000ms);
  EXPECT_EQ(wire.arrived_at_peer(kStart + 5000ms).size(), 1U);
}

TEST(CountedRule, ThrowsItsDiceUntilItHasActedOnce) {
  BadWire wire("out: drop data 10% once");
  EXPECT_EQ(lost(arrivals(wire, 1000)), 1U);
}

TEST(Cable, LosesAllThatEntersWhileItIsOut) {
  BadWire wire("delay 5ms; down 3ms..6ms");
  const auto frame = tcp_frame({.payload = 1});
  for (int i = 0; i < 10; ++i) wire.send(frame, kStart + i * 1ms);
  EXPECT_EQ(wire.arrived_at_peer(kStart + 1s).size(), 7U);  // 0, 1, 2 were under way already
  EXPECT_EQ(counters(wire).lost_while_down, 3U);
}

TEST(Cable, MayBeOutInOneDirectionAlone) {
  BadWire wire("in: down");
  wire.peer_sends(tcp_frame({}));
  EXPECT_TRUE(wire.arrived_at_us().empty());
  EXPECT_EQ(wire.numbers_through(2), (Numbers{1, 2}));
}

}  // namespace
}  // namespace fourtuple
