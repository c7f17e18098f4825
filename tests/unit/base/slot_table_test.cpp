#include "stack/base/slot_table.hpp"

#include <gtest/gtest.h>
#include <map>
#include <vector>

#include "stack/base/random.hpp"

namespace fourtuple {
namespace {

std::uint64_t add(SlotTable<int>& table, int value) { return table.add(std::make_unique<int>(value)); }

TEST(SlotTable, FindsWhatItHoldsByItsHandle) {
  SlotTable<int> table;
  const auto one = add(table, 1);
  const auto two = add(table, 2);
  EXPECT_NE(one, two);
  EXPECT_EQ(*table.find(one), 1);
  EXPECT_EQ(*table.find(two), 2);
  EXPECT_EQ(table.size(), 2U);
}

TEST(SlotTable, NeverGivesOutZero) {
  SlotTable<int> table;
  EXPECT_NE(add(table, 1), 0U);
  EXPECT_EQ(table.find(0), nullptr);
}

TEST(SlotTable, KnowsNoStaleHandleEvenWhenTheSlotIsTakenAgain) {
  SlotTable<int> table;
  const auto stale = add(table, 1);
  table.remove(stale);
  const auto fresh = add(table, 2);
  EXPECT_EQ(table.find(stale), nullptr);
  table.remove(stale);  // nothing happens
  EXPECT_EQ(*table.find(fresh), 2);
  EXPECT_EQ(table.size(), 1U);
}

TEST(SlotTable, KnowsNoHandleThatWasNeverGivenOut) {
  SlotTable<int> table;
  const auto handle = add(table, 1);
  EXPECT_EQ(table.find(handle + 1), nullptr);
  EXPECT_EQ(table.find(handle + (std::uint64_t{1} << 32)), nullptr);
  EXPECT_EQ(table.find(~std::uint64_t{0}), nullptr);
}

TEST(SlotTable, DoesNotMoveItsObjects) {
  SlotTable<int> table;
  const auto handle = add(table, 0);
  const int* const place = table.find(handle);
  for (int i = 1; i < 1000; ++i) add(table, i);
  EXPECT_EQ(table.find(handle), place);
}

TEST(SlotTable, VisitsWhatItHoldsInTheOrderOfItsSlots) {
  SlotTable<int> table;
  add(table, 1);
  const auto two = add(table, 2);
  add(table, 3);
  table.remove(two);
  std::vector<int> seen;
  table.for_each([&](int value) { seen.push_back(value); });
  EXPECT_EQ(seen, (std::vector<int>{1, 3}));
}

TEST(SlotTable, ReusesSlotsInsteadOfGrowing) {
  SlotTable<int> table;
  for (int i = 0; i < 1000; ++i) {
    const auto handle = add(table, i);
    EXPECT_EQ(static_cast<std::uint32_t>(handle), 0U);
    table.remove(handle);
  }
}

TEST(SlotTable, AgreesWithAMapOverManyRandomOperations) {
  RandomSource random = RandomSource::from_seed(1);
  SlotTable<int> table;
  std::map<std::uint64_t, int> model;
  std::vector<std::uint64_t> handles;
  for (int i = 0; i < 5'000; ++i) {
    if (handles.empty() || random.below(2) == 0) {
      handles.push_back(add(table, i));
      ASSERT_TRUE(model.emplace(handles.back(), i).second) << "a handle was given out twice";
    } else {
      const auto handle = handles[random.below(handles.size())];  // live or long gone
      table.remove(handle);
      model.erase(handle);
    }
    ASSERT_EQ(table.size(), model.size());
  }
  for (const auto handle : handles) {
    const int* const found = table.find(handle);
    const auto expected = model.find(handle);
    ASSERT_EQ(found != nullptr ? *found : -1, expected != model.end() ? expected->second : -1);
  }
}

}  // namespace
}  // namespace fourtuple
