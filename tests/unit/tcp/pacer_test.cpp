// The pacer by itself: what leaves when, at a rate.
#include "stack/tcp/send/pacer.hpp"

#include <gtest/gtest.h>

namespace fourtuple::tcp {
namespace {

using namespace std::chrono_literals;

constexpr std::uint64_t kPacedOctets = 1000;

// Sends segments whenever it may until `end`; answers how many left at each moment.
std::vector<std::pair<Instant, int>> run(Pacer& pacer, Instant begin, Instant end) {
  std::vector<std::pair<Instant, int>> departures;
  for (Instant now = begin; now <= end; now = std::max(pacer.next(), now + 1ns)) {
    int count = 0;
    for (; pacer.may_send(now) && count < 1000; ++count) pacer.note_sent(kPacedOctets, 0, now);
    departures.emplace_back(now, count);
  }
  return departures;
}

TEST(Pacer, WithoutARateHoldsNothingBack) {
  Pacer pacer;
  for (int i = 0; i < 100; ++i) {
    EXPECT_TRUE(pacer.may_send(Instant(1h)));
    pacer.note_sent(kPacedOctets, 0, Instant(1h));
  }
}

TEST(Pacer, LetsASegmentGoEachTimeOneIsThrough) {
  Pacer pacer;
  pacer.set_rate(100'000, kPacedOctets, Instant(1h));  // a segment in 10 ms
  const auto departures = run(pacer, Instant(1h), Instant(1h + 1s));
  EXPECT_EQ(departures.size(), 101U);
  EXPECT_EQ(departures.front().second, 2);  // the one of the silence before, and its own
  for (std::size_t i = 1; i < departures.size(); ++i) {
    EXPECT_EQ(departures[i].second, 1);
    EXPECT_EQ(departures[i].first - departures[i - 1].first, 10ms);
  }
}

TEST(Pacer, GathersAMillisecondsWorthWhereTheRateIsHigh) {
  Pacer pacer;
  pacer.set_rate(20'000'000, kPacedOctets, Instant(1h));
  EXPECT_EQ(pacer.quantum(), 20 * kPacedOctets);
  const auto departures = run(pacer, Instant(1h), Instant(1h + 100ms));
  EXPECT_EQ(departures.size(), 101U);
  for (std::size_t i = 1; i < departures.size(); ++i) EXPECT_EQ(departures[i].second, 20);
}

TEST(Pacer, GathersLessWhereTheRoundTripIsShort) {
  EXPECT_EQ(Pacer::quantum_time(0ms), 1ms) << "not known yet";
  EXPECT_EQ(Pacer::quantum_time(100ms), 1ms);
  EXPECT_EQ(Pacer::quantum_time(1ms), 250us);
  EXPECT_EQ(Pacer::quantum_time(1us), 50us);
  Pacer pacer;
  pacer.set_rate(100'000'000, kPacedOctets, Instant(1h), Pacer::quantum_time(1ms));
  EXPECT_EQ(pacer.quantum(), 25 * kPacedOctets);
}

TEST(Pacer, GathersNoMoreThanASuperSegmentHolds) {
  Pacer pacer;
  pacer.set_rate(10'000'000'000, kPacedOctets, Instant(1h));
  EXPECT_EQ(pacer.quantum(), Pacer::kMaxQuantum);
}

TEST(Pacer, LosesNothingToATimerThatIsLate) {
  Pacer pacer;
  pacer.set_rate(1'000'000, kPacedOctets, Instant(1h));  // a segment in 1 ms
  int sent = 0;
  for (Instant now(1h); now < Instant(1h + 1s); now = pacer.next() + 700us) {
    for (; pacer.may_send(now); ++sent) pacer.note_sent(kPacedOctets, 0, now);
  }
  EXPECT_NEAR(sent, 1000, 3);
}

TEST(Pacer, SavesNoMoreThanAQuantumUp) {
  Pacer pacer;
  pacer.set_rate(1'000'000, kPacedOctets, Instant(1h));
  (void)run(pacer, Instant(1h), Instant(1h + 10ms));
  int burst = 0;
  for (; pacer.may_send(Instant(2h)); ++burst) pacer.note_sent(kPacedOctets, 0, Instant(2h));
  EXPECT_EQ(burst, 2);
}

TEST(Pacer, BeginsWithABurstAfterSilenceAndNoSoonerAgain) {
  Pacer pacer;
  pacer.set_rate(1'000'000, kPacedOctets, Instant(1h));
  const auto burst = [&](Instant now) {
    int count = 0;
    for (; pacer.may_send(now); ++count) pacer.note_sent(kPacedOctets, count == 0 ? 10 * kPacedOctets : 0, now);
    return count;
  };
  EXPECT_EQ(burst(Instant(1h)), 10);
  EXPECT_EQ(burst(Instant(1h + 3ms)), 3);  // nothing is in flight again, but the burst has to be earned
  EXPECT_EQ(burst(Instant(2h)), 10);
}

TEST(Pacer, PaysItsDebtAtANewRate) {
  Pacer pacer;
  pacer.set_rate(1000, kPacedOctets, Instant(1h));
  while (pacer.may_send(Instant(1h))) pacer.note_sent(kPacedOctets, 0, Instant(1h));
  EXPECT_EQ(pacer.next(), Instant(1h + 1s));
  pacer.set_rate(10'000, kPacedOctets, Instant(1h + 500ms));
  EXPECT_EQ(pacer.next(), Instant(1h + 550ms));
}

TEST(Pacer, KnowsNoWaitThatNeverEnds) {
  Pacer pacer;
  pacer.set_rate(1, 1U << 20, Instant(1h));
  pacer.note_sent(1U << 30, 0, Instant(1h));
  pacer.set_rate(2, 1U << 20, Instant(1h));
  pacer.set_rate(1, 1U << 20, Instant(1h));
  EXPECT_LE(pacer.next(), Instant(3h));
}

TEST(PacingRate, IsTwiceTheWindowARoundTripInSlowStartAndAQuarterMoreThanItAfter) {
  EXPECT_EQ(Pacer::rate_of(100'000, 100ms, true), 2'000'000U);
  EXPECT_EQ(Pacer::rate_of(100'000, 100ms, false), 1'250'000U);
  EXPECT_GT(Pacer::rate_of(100'000, 0ms, false), 1'000'000'000U);  // faster than the clock: no limit to speak of
}

}  // namespace
}  // namespace fourtuple::tcp
