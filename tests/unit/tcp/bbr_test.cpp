// BBR by itself, on a path that is nothing but a rate, a round trip and a queue without end.
#include "stack/tcp/congestion/bbr.hpp"

#include <deque>
#include <gtest/gtest.h>
#include <set>
#include <string>

namespace fourtuple::tcp {
namespace {

using namespace std::chrono_literals;

constexpr std::uint64_t kBbrMss = 1000;
constexpr Instant kBbrBegin(1h);

// A sender that does what the controller says, and the path. Every segment is acknowledged by itself.
class Bottleneck {
 public:
  Bottleneck(std::uint64_t rate, Duration rtt) : rate_(rate), rtt_(rtt) {}

  void run(Duration span) {
    const Instant end = now_ + span;
    for (;;) {
      const Instant ack = flying_.empty() ? kNever : flying_.front().acknowledged_at;
      const bool may_send = sends_ && in_flight() + kBbrMss <= bbr_.window();
      const Instant departure = may_send ? std::max(now_, next_departure_) : kNever;
      const Instant next = std::min(ack, departure);
      if (next > end) break;
      now_ = next;
      if (ack <= departure) {
        acknowledge();
      } else {
        send();
      }
      most_in_flight_ = std::max(most_in_flight_, in_flight());
    }
    now_ = end;
  }
  void run_until(std::string_view phase, Duration limit = 60s) {
    const Instant end = now_ + limit;
    while (bbr_.phase() != phase && now_ < end) run(1ms);
    EXPECT_EQ(bbr_.phase(), phase);
  }
  // What the application does: sends without end, or not at all.
  void set_sending(bool sends) {
    sends_ = sends;
    if (!sends) rates_.note_application_limit(in_flight());
  }
  void set_application_limit() { rates_.note_application_limit(in_flight()); }
  void set_path(std::uint64_t rate, Duration rtt) {
    rate_ = rate;
    rtt_ = rtt;
  }
  void set_in_recovery(bool in_recovery) { in_recovery_ = in_recovery; }
  // The oldest segment in flight is found to be lost.
  void lose_one() {
    flying_.pop_front();
    bbr_.on_loss({now_, in_flight() + kBbrMss, in_flight(), rates_.delivered()});
  }

  [[nodiscard]] Bbr& bbr() { return bbr_; }
  [[nodiscard]] Instant now() const { return now_; }
  [[nodiscard]] std::uint64_t in_flight() const { return flying_.size() * kBbrMss; }
  [[nodiscard]] std::uint64_t delivered() const { return rates_.delivered(); }
  std::uint64_t take_most_in_flight() { return std::exchange(most_in_flight_, 0); }

 private:
  struct Flying {
    Instant sent_at;
    Instant acknowledged_at;
    DeliveryStamp stamp;
  };

  void send() {
    const auto transmission = Duration(kBbrMss * 1'000'000'000 / rate_);
    link_free_at_ = std::max(link_free_at_, now_) + transmission;
    const DeliveryStamp stamp = rates_.stamp(flying_.empty(), now_);
    // The path is as long as it is at the moment; nothing overtakes.
    const Instant last = flying_.empty() ? now_ : flying_.back().acknowledged_at;
    flying_.push_back({now_, std::max(last, link_free_at_ + rtt_), stamp});
    bbr_.on_sent({now_, kBbrMss, in_flight()});
    next_departure_ = now_ + Duration(kBbrMss * 1'000'000'000 / bbr_.pacing_rate());
  }

  void acknowledge() {
    const Flying segment = flying_.front();
    const std::uint64_t before = in_flight();
    flying_.pop_front();
    smallest_ = std::min(smallest_, now_ - segment.sent_at);
    const RateSample sample = rates_.on_delivered(kBbrMss, segment.stamp, segment.sent_at, smallest_, now_);
    bbr_.on_delivery({.now = now_,
                      .bytes = kBbrMss,
                      .total = rates_.delivered(),
                      .lost = 0,
                      .in_flight_before = before,
                      .in_flight = in_flight(),
                      .rtt = now_ - segment.sent_at,
                      .sample = sample,
                      .in_recovery = in_recovery_});
  }

  Bbr bbr_{kBbrMss, 10};
  DeliveryRate rates_;
  std::deque<Flying> flying_;
  std::uint64_t rate_;
  Duration rtt_;
  Instant now_ = kBbrBegin;
  Instant next_departure_ = kBbrBegin;
  Instant link_free_at_ = kBbrBegin;
  Duration smallest_ = Duration::max();
  std::uint64_t most_in_flight_ = 0;
  bool sends_ = true;
  bool in_recovery_ = false;
};

constexpr std::uint64_t kPathRate = 1'000'000;  // octets a second: a segment in a millisecond
constexpr Duration kPathRtt = 50ms;
constexpr std::uint64_t kPathOctets = 50'000;  // octets that fill the path

double share_of(std::uint64_t part, std::uint64_t whole) {
  return static_cast<double>(part) / static_cast<double>(whole);
}

TEST(Bbr, PacesTheInitialWindowByTheFirstRoundTrip) {
  Bbr bbr(kBbrMss, 10);
  EXPECT_EQ(bbr.window(), 10 * kBbrMss);
  EXPECT_NEAR(static_cast<double>(bbr.pacing_rate()), 2.885 * 10 * kBbrMss / 0.001, 1e5);
  bbr.on_delivery({.now = kBbrBegin, .rtt = 100ms});
  EXPECT_NEAR(static_cast<double>(bbr.pacing_rate()), 2.885 * 10 * kBbrMss / 0.1, 100);
  EXPECT_EQ(bbr.phase(), "startup");
}

TEST(Bbr, DoublesItsRateEachRoundUntilThePipeIsFull) {
  Bottleneck path(1000 * kPathRate, kPathRtt);
  path.run(2 * kPathRtt);
  std::vector<std::uint64_t> rounds;
  for (int round = 0; round < 5; ++round) {
    const std::uint64_t begin = path.delivered();
    path.run(kPathRtt);
    rounds.push_back(path.delivered() - begin);
  }
  EXPECT_EQ(path.bbr().phase(), "startup");
  EXPECT_GT(share_of(rounds.back(), rounds.front()), 12) << testing::PrintToString(rounds);
  EXPECT_LT(share_of(rounds.back(), rounds.front()), 24) << testing::PrintToString(rounds);
}

TEST(Bbr, DrainsTheQueueThatStartupHasBuilt) {
  Bottleneck path(kPathRate, kPathRtt);
  path.run_until("drain", 2s);
  EXPECT_GT(path.in_flight(), 2 * kPathOctets);
  path.run_until("probe-bw", 2s);
  EXPECT_LT(path.in_flight(), kPathOctets + 10 * kBbrMss);
  EXPECT_NEAR(static_cast<double>(path.bbr().path().bandwidth()), kPathRate, 0.02 * kPathRate);
  EXPECT_NEAR(static_cast<double>(path.bbr().path().min_rtt().count()), 51e6, 1e6);
}

TEST(Bbr, FillsThePipeAndKeepsTheQueueShort) {
  Bottleneck path(kPathRate, kPathRtt);
  path.run(3s);
  (void)path.take_most_in_flight();
  const std::uint64_t before = path.delivered();
  path.run(5s);
  EXPECT_GT(path.delivered() - before, 5 * kPathRate * 97 / 100);
  EXPECT_LT(path.take_most_in_flight(), kPathOctets * 3 / 2);
}

TEST(Bbr, GoesThroughTheCycleOfGains) {
  Bottleneck path(kPathRate, kPathRtt);
  path.run_until("probe-bw");
  std::set<int> percent;
  for (int i = 0; i < 1000; ++i) {
    path.run(1ms);
    const double gain = share_of(path.bbr().pacing_rate(), path.bbr().path().bandwidth()) / Bbr::kPacingMargin;
    percent.insert(static_cast<int>(gain * 100 + 0.5));
  }
  EXPECT_EQ(percent, (std::set<int>{75, 100, 125}));
}

TEST(Bbr, AllowsTwiceThePipeAndAFewQuanta) {
  Bottleneck path(kPathRate, kPathRtt);
  path.run(3s);
  EXPECT_GE(path.bbr().window(), 2 * kPathOctets);
  EXPECT_LE(path.bbr().window(), 2 * kPathOctets + 3 * 2 * kBbrMss + 5 * kBbrMss);
}

TEST(Bbr, LooksForAShorterRoundTripAfterTenSeconds) {
  Bottleneck path(kPathRate, kPathRtt);
  path.run(9s);
  EXPECT_EQ(path.bbr().phase(), "probe-bw");
  const std::uint64_t window = path.bbr().window();
  path.set_path(kPathRate, kPathRtt + 10ms);  // from now on nothing confirms what was measured
  path.run_until("probe-rtt", 12s);
  EXPECT_EQ(path.bbr().window(), 4 * kBbrMss);
  const Instant begin = path.now();
  path.run_until("probe-bw", 2s);
  EXPECT_GT(path.now() - begin, 200ms);
  EXPECT_LT(path.now() - begin, 400ms);
  EXPECT_GE(path.bbr().window(), window);
  EXPECT_GT(path.bbr().path().min_rtt(), kPathRtt + 9ms);
  EXPECT_NEAR(static_cast<double>(path.bbr().path().bandwidth()), kPathRate, 0.02 * kPathRate)
      << "its own silence is no news";
}

TEST(Bbr, DoesNotProbeRoundTripsThatStayShort) {
  Bottleneck path(kPathRate, kPathRtt);
  path.run(2s);
  for (int i = 0; i < 30; ++i) {  // pauses in which the queue is gone
    path.set_sending(false);
    path.run(200ms);
    path.set_sending(true);
    path.run(800ms);
    EXPECT_NE(path.bbr().phase(), "probe-rtt");
  }
}

TEST(Bbr, FollowsABottleneckThatBecomesFaster) {
  Bottleneck path(kPathRate, kPathRtt);
  path.run(3s);
  path.set_path(2 * kPathRate, kPathRtt);
  path.run(5s);
  EXPECT_GT(path.bbr().path().bandwidth(), kPathRate * 19 / 10);
}

TEST(Bbr, FollowsABottleneckThatBecomesSlower) {
  Bottleneck path(kPathRate, kPathRtt);
  path.run(3s);
  path.set_path(kPathRate / 2, kPathRtt);
  path.run(5s);
  EXPECT_LT(path.bbr().path().bandwidth(), kPathRate * 55 / 100);
}

TEST(Bbr, IsNotMisledByAnApplicationThatSendsLittle) {
  Bottleneck path(kPathRate, kPathRtt);
  path.run(3s);
  for (int i = 0; i < 100; ++i) {
    path.set_sending(true);
    path.run(5ms);
    path.set_sending(false);
    path.run(95ms);
  }
  EXPECT_GT(path.bbr().path().bandwidth(), kPathRate * 98 / 100);
}

TEST(Bbr, LeavesStartupOnlyWhenItHasSentAllThatItWanted) {
  Bottleneck path(kPathRate, kPathRtt);
  for (int i = 0; i < 50; ++i) {
    path.set_application_limit();
    path.run(10ms);
    path.set_application_limit();
  }
  EXPECT_EQ(path.bbr().phase(), "startup");
}

TEST(Bbr, SendsWhatIsDeliveredInTheFirstRoundOfRecovery) {
  Bottleneck path(kPathRate, kPathRtt);
  path.run(3s);
  const std::uint64_t window = path.bbr().window();
  path.lose_one();
  path.set_in_recovery(true);
  EXPECT_EQ(path.bbr().window(), path.in_flight() + kBbrMss);
  const std::uint64_t in_flight = path.in_flight();
  for (int i = 0; i < 40; ++i) {
    path.run(1ms);
    EXPECT_LE(path.in_flight(), in_flight + 2 * kBbrMss);
  }
  path.run(100ms);
  path.set_in_recovery(false);
  path.run(2ms);
  EXPECT_GE(path.bbr().window(), window);
}

TEST(Bbr, KeepsItsRateThroughLosses) {
  Bottleneck path(kPathRate, kPathRtt);
  path.run(3s);
  const std::uint64_t before = path.delivered();
  for (int i = 0; i < 50; ++i) {
    path.run(40ms);
    path.lose_one();
    path.set_in_recovery(true);
    path.run(60ms);
    path.set_in_recovery(false);
  }
  EXPECT_GT(path.delivered() - before, 5 * kPathRate * 95 / 100);
}

TEST(Bbr, ReturnsToItsWindowAfterATimeout) {
  Bottleneck path(kPathRate, kPathRtt);
  path.run(3s);
  const std::uint64_t window = path.bbr().window();
  path.bbr().on_timeout({path.now(), path.in_flight()}, true);
  EXPECT_EQ(path.bbr().window(), kBbrMss);
  path.set_in_recovery(true);
  path.bbr().on_timeout({path.now(), path.in_flight()}, false);
  path.run(100ms);
  path.set_in_recovery(false);
  path.run(10ms);
  EXPECT_GE(path.bbr().window(), window);
}

TEST(Bbr, TakesALossBackThatWasNone) {
  Bottleneck path(kPathRate, kPathRtt);
  path.run(3s);
  const std::uint64_t window = path.bbr().window();
  path.bbr().on_timeout({path.now(), path.in_flight()}, true);
  path.bbr().undo();
  EXPECT_EQ(path.bbr().window(), window);
}

TEST(Bbr, SendsAtThePathsRateAfterSilence) {
  Bottleneck path(kPathRate, kPathRtt);
  path.run(3s);
  path.set_sending(false);
  path.run(5s);
  path.set_sending(true);
  path.run(1ms);
  EXPECT_NEAR(static_cast<double>(path.bbr().pacing_rate()), Bbr::kPacingMargin * kPathRate, 0.03 * kPathRate);
  EXPECT_EQ(path.bbr().phase(), "probe-bw");
}

TEST(MaxOfRounds, ForgetsWhatIsTenRoundsOld) {
  MaxOfRounds largest;
  EXPECT_EQ(largest.value(), 0U);
  largest.take(5, 1);
  largest.take(9, 2);
  for (std::uint64_t round = 3; round < 12; ++round) {
    largest.take(4, round);
    EXPECT_EQ(largest.value(), 9U) << round;
  }
  largest.take(3, 12);
  EXPECT_EQ(largest.value(), 4U);
  largest.take(1, 100);
  EXPECT_EQ(largest.value(), 1U);
}

TEST(MaxOfRounds, HoldsNoMoreThanOneOfARound) {
  MaxOfRounds largest;
  for (std::uint64_t round = 0; round < 100; ++round) {
    for (std::uint64_t value = 1000; value > 900; --value) largest.take(value - round, round);
    EXPECT_LE(largest.value(), 1000U);
  }
  EXPECT_EQ(largest.value(), 1000U - 90U);
}

}  // namespace
}  // namespace fourtuple::tcp
