// Delivery rate samples by themselves (draft-cheng-iccrg-delivery-rate-estimation-02).
#include "stack/tcp/send/delivery_rate.hpp"

#include <gtest/gtest.h>

#include "stack/tcp/send/retransmit_queue.hpp"

namespace fourtuple::tcp {
namespace {

using namespace std::chrono_literals;

constexpr Instant kRateBegin(1h);
constexpr std::uint64_t kRateSegment = 1000;

TEST(DeliveryRate, IsWhatWasDeliveredInARoundTrip) {
  DeliveryRate rate;
  std::vector<DeliveryStamp> stamps;
  for (int i = 0; i < 10; ++i) stamps.push_back(rate.stamp(i == 0, kRateBegin + i * 1ms));
  RateSample sample;
  for (int i = 0; i < 10; ++i) {  // a segment each 5 ms comes through
    sample = rate.on_delivered(kRateSegment, stamps[static_cast<std::size_t>(i)], kRateBegin + i * 1ms, 50ms,
                               kRateBegin + 55ms + i * 5ms);
  }
  EXPECT_EQ(rate.delivered(), 10 * kRateSegment);
  EXPECT_EQ(sample.delivered, 10 * kRateSegment);
  EXPECT_EQ(sample.interval, 100ms);
  EXPECT_EQ(sample.rate(), 100'000U);
}

TEST(DeliveryRate, IsNotFasterThanWhatWasSent) {  // ACKs that wait somewhere and come at once prove nothing
  DeliveryRate rate;
  const DeliveryStamp first = rate.stamp(true, kRateBegin);
  const DeliveryStamp second = rate.stamp(false, kRateBegin + 200ms);
  (void)rate.on_delivered(kRateSegment, first, kRateBegin, 100ms, kRateBegin + 320ms);
  const RateSample sample = rate.on_delivered(kRateSegment, second, kRateBegin + 200ms, 100ms, kRateBegin + 320ms);
  EXPECT_EQ(sample.interval, 320ms);
}

TEST(DeliveryRate, DoesNotCountSilence) {
  DeliveryRate rate;
  (void)rate.on_delivered(kRateSegment, rate.stamp(true, kRateBegin), kRateBegin, 50ms, kRateBegin + 50ms);
  const DeliveryStamp later = rate.stamp(true, kRateBegin + 10s);
  const RateSample sample = rate.on_delivered(kRateSegment, later, kRateBegin + 10s, 50ms, kRateBegin + 10s + 50ms);
  EXPECT_EQ(sample.interval, 50ms);
  EXPECT_EQ(sample.delivered, kRateSegment);
}

TEST(DeliveryRate, HasNoSampleThatIsShorterThanAnyRoundTrip) {
  DeliveryRate rate;
  const DeliveryStamp stamp = rate.stamp(true, kRateBegin);
  EXPECT_EQ(rate.on_delivered(kRateSegment, stamp, kRateBegin, 50ms, kRateBegin + 10ms).rate(), 0U);
  EXPECT_EQ(rate.last().rate(), 0U);
}

TEST(DeliveryRate, SaysWhereTheApplicationWasTheLimit) {
  DeliveryRate rate;
  const DeliveryStamp first = rate.stamp(true, kRateBegin);
  EXPECT_FALSE(first.application_limited);
  rate.note_application_limit(kRateSegment);
  const DeliveryStamp second = rate.stamp(false, kRateBegin + 10ms);
  EXPECT_TRUE(second.application_limited);
  EXPECT_FALSE(rate.on_delivered(kRateSegment, first, kRateBegin, 50ms, kRateBegin + 50ms).application_limited);
  EXPECT_TRUE(rate.on_delivered(kRateSegment, second, kRateBegin + 10ms, 50ms, kRateBegin + 60ms).application_limited);
  EXPECT_FALSE(rate.stamp(true, kRateBegin + 70ms).application_limited);  // what was in flight then has been delivered
}

TEST(DeliveryRate, IsRememberedByBothHalvesOfASplitRange) {
  RetransmitQueue flight;
  DeliveryRate rate;
  (void)rate.on_delivered(kRateSegment, rate.stamp(true, kRateBegin), kRateBegin, 0ms, kRateBegin + 50ms);
  flight.append(0, 10'000, kRateBegin + 60ms, rate.stamp(true, kRateBegin + 60ms));
  Delivery delivery;
  flight.sack(4000, 5000, delivery);
  ASSERT_TRUE(delivery.newest);
  EXPECT_EQ(delivery.newest->stamp.delivered, kRateSegment);
  for (std::size_t i = 0; i < flight.count(); ++i) EXPECT_EQ(flight.at(i).stamp.delivered, kRateSegment) << i;
}

TEST(DeliveryRate, IsMeasuredAnewForWhatIsSentAgain) {
  RetransmitQueue flight;
  DeliveryRate rate;
  flight.append(0, 1000, kRateBegin, rate.stamp(true, kRateBegin));
  flight.append(1000, 2000, kRateBegin, rate.stamp(false, kRateBegin));
  Delivery delivery;
  flight.sack(1000, 2000, delivery);
  (void)rate.on_delivered(delivery.bytes, delivery.newest->stamp, delivery.newest->sent_at, 0ms, kRateBegin + 50ms);
  flight.mark_all_lost();
  const SentRange again = flight.take_lost(1000, kRateBegin + 50ms, rate.stamp(false, kRateBegin + 50ms));
  EXPECT_EQ(again.stamp.delivered, 1000U);
  EXPECT_EQ(again.stamp.delivered_at, kRateBegin + 50ms);
}

}  // namespace
}  // namespace fourtuple::tcp
