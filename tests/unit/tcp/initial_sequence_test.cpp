// Initial sequence numbers (RFC 6528) and timestamps (RFC 7323 5.4) as a peer sees them.
#include <gtest/gtest.h>
#include <set>

#include "stack/tcp/layer.hpp"

namespace fourtuple {
namespace {

constexpr Ipv4Address kUs{0x0a000004};
constexpr Ipv4Address kPeer{0x0a000005};

// A host that calls out; every call is at a time of its own.
class Caller {
 public:
  explicit Caller(std::uint64_t seed) : random_(RandomSource::from_seed(seed)), layer_({}, random_) {}

  SeqNum initial_sequence(Port local, Port remote, Instant now) {
    tcp::Outbox outbox;
    tcp::Context context{now, random_, {}, outbox};
    const auto id = layer_.connect({kUs, local}, {kPeer, remote}, {}, {}, 0, context);
    if (!id || outbox.segments.empty()) return {};
    const auto seq = outbox.segments.front().header.seq;
    layer_.abort(*id, context);
    return seq;
  }

 private:
  RandomSource random_;
  tcp::Layer layer_;
};

TEST(InitialSequence, FollowsAClockOfFourMicroseconds) {  // [RFC9293 MUST-8] [RFC6528 3]
  Caller caller(1);
  const Instant begin{1h};
  const auto first = caller.initial_sequence(1000, 80, begin);
  const auto second = caller.initial_sequence(1000, 80, begin + 1s);
  EXPECT_NEAR(distance(first, second), 250'000, 2);
}

TEST(InitialSequence, OfTheNextIncarnationLiesBeyondTheLast) {
  Caller caller(1);
  Instant now{1h};
  auto last = caller.initial_sequence(1000, 80, now);
  for (int i = 0; i < 100; ++i) {
    now += 10ms;
    const auto next = caller.initial_sequence(1000, 80, now);
    EXPECT_GT(distance(last, next), 0);
    last = next;
  }
}

TEST(InitialSequence, DiffersBetweenFourTuplesWithoutPattern) {  // [RFC9293 SHLD-1] [RFC6528 3]
  Caller caller(1);
  std::set<std::uint32_t> numbers;
  std::set<std::uint32_t> gaps;
  std::uint32_t last = 0;
  for (Port port = 1000; port < 1100; ++port) {
    const auto number = caller.initial_sequence(port, 80, Instant{1h}).value;
    numbers.insert(number);
    gaps.insert(number - last);
    last = number;
  }
  EXPECT_EQ(numbers.size(), 100U);
  EXPECT_EQ(gaps.size(), 100U);
}

TEST(InitialSequence, CannotBeComputedWithoutTheSecret) {  // [RFC9293 MUST-9]
  Caller one(1);
  Caller other(2);
  EXPECT_NE(one.initial_sequence(1000, 80, Instant{1h}), other.initial_sequence(1000, 80, Instant{1h}));
}

TEST(InitialSequence, IsTheSameForTheSameSeed) {
  Caller one(7);
  Caller twin(7);
  EXPECT_EQ(one.initial_sequence(1000, 80, Instant{1h}), twin.initial_sequence(1000, 80, Instant{1h}));
}

TEST(Timestamp, BeginsAtAPlaceOfItsOwnForEachPeer) {  // [RFC7323 5.4]
  RandomSource random = RandomSource::from_seed(1);
  tcp::Layer layer({}, random);
  tcp::Outbox outbox;
  tcp::Context context{Instant{1h}, random, {}, outbox};
  for (std::uint32_t peer = 0; peer < 8; ++peer) {
    const Endpoint remote{Ipv4Address{kPeer.value + peer}, 80};
    ASSERT_TRUE(layer.connect({kUs, 1000}, remote, {}, {}, 0, context));
  }
  std::set<std::uint32_t> seen;
  for (const tcp::OutSegment& syn : outbox.segments) seen.insert(syn.header.options.timestamps->value);
  EXPECT_EQ(seen.size(), 8U) << "all at one moment";
}

}  // namespace
}  // namespace fourtuple
