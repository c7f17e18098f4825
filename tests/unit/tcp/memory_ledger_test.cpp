// The account of what all queues hold.
#include "stack/tcp/memory_ledger.hpp"

#include <gtest/gtest.h>

namespace fourtuple::test {
namespace {

using tcp::MemoryLedger;

TEST(MemoryLedger, CountsWhatIsTakenAndGivenBack) {
  MemoryLedger ledger(1000, 2000);
  ledger.change(0, 700);
  ledger.change(700, 300);
  ledger.change(0, 50);
  EXPECT_EQ(ledger.held_bytes(), 350U);
  EXPECT_EQ(ledger.peak_bytes(), 700U);
  ledger.change(350, 0);
  EXPECT_EQ(ledger.held_bytes(), 0U);
}

TEST(MemoryLedger, LeavesPressureLaterThanItEnteredIt) {
  MemoryLedger ledger(1000, 2000);
  ledger.change(0, 999);
  EXPECT_FALSE(ledger.is_under_pressure());
  ledger.change(999, 1000);
  EXPECT_TRUE(ledger.is_under_pressure());
  ledger.change(1000, 750);
  EXPECT_TRUE(ledger.is_under_pressure());
  ledger.change(750, 749);
  EXPECT_FALSE(ledger.is_under_pressure());
}

TEST(MemoryLedger, HasNoRoomFromTheLimitUntilAnEighthIsFree) {
  MemoryLedger ledger(1000, 2000);
  ledger.change(0, 1990);
  EXPECT_EQ(ledger.room(), 10U);
  ledger.change(1990, 2100);
  EXPECT_TRUE(ledger.is_full());
  EXPECT_EQ(ledger.room(), 0U);
  ledger.change(2100, 1750);
  EXPECT_TRUE(ledger.is_full());
  EXPECT_EQ(ledger.room(), 0U);
  ledger.change(1750, 1749);
  EXPECT_FALSE(ledger.is_full());
  EXPECT_EQ(ledger.room(), 251U);
  EXPECT_EQ(ledger.times_full(), 1U);
}

TEST(MemoryLedger, TakesAPressureMarkAboveTheLimitForTheLimit) {
  MemoryLedger ledger(5000, 2000);
  ledger.change(0, 2000);
  EXPECT_TRUE(ledger.is_under_pressure());
}

}  // namespace
}  // namespace fourtuple::test
