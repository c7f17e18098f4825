// The golden table is what the sender does now. Where a change is meant, scripts/golden writes it anew.
#include <fmt/format.h>
#include <fstream>
#include <gtest/gtest.h>
#include <sstream>

#include "tests/golden/table/table.hpp"

namespace fourtuple::golden {
namespace {

std::string file_text(std::string_view controller) {
  std::ifstream file(std::string(GOLDEN_FOLDER "/") + file_name(controller));
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

constexpr const char* kColumns = "Mbit/s, % again, % in vain, timeouts";

std::string difference(std::size_t index, const std::string& before, const std::string& now) {
  return fmt::format("{}\n  was {}\n  is  {}   ({})\n", cell(index).name(), before, now, kColumns);
}

class GoldenGoodput : public testing::TestWithParam<std::string_view> {};

// Under a sanitizer only some cells: there it is about what else they might do wrong.
TEST_P(GoldenGoodput, IsAsWrittenInEveryCell) {
  const std::string_view controller = GetParam();
  const std::vector<std::string> before = cells_of(file_text(controller));
  ASSERT_EQ(before.size(), kCellCount) << file_name(controller) << " is no golden table: run scripts/golden";
  std::string differences;
  for (std::size_t i = 0; i < kCellCount; i += GOLDEN_STRIDE) {
    const std::string now = text(transfer(circumstances(cell(i), controller)));
    if (now != before[i]) differences += difference(i, before[i], now);
  }
  EXPECT_EQ(differences, "") << differences << "Where this is meant: scripts/golden, and commit the files with it.";
}

INSTANTIATE_TEST_SUITE_P(Of, GoldenGoodput, testing::ValuesIn(controllers()),
                         [](const auto& each) { return std::string(each.param); });

TEST(GoldenTable, IsReadAsItIsWritten) {
  std::vector<std::string> cells;
  for (std::size_t i = 0; i < kCellCount; ++i) {
    cells.push_back(text({.megabits_per_second = static_cast<double>(i), .timeouts = i}));
  }
  EXPECT_EQ(cells_of(table_text("cubic", cells)), cells);
}

TEST(GoldenTable, SaysTwoSignificantDigits) {
  const Outcome outcome{
      .megabits_per_second = 941.4, .repeated_percent = 1.26, .in_vain_percent = 0.004, .timeouts = 3};
  EXPECT_EQ(text(outcome), " 940   1.3  0.00   3");
}

TEST(GoldenTransfer, IsTheSameAgain) {
  const Circumstances given = circumstances(cell(4), "cubic");
  EXPECT_EQ(text(transfer(given)), text(transfer(given)));
}

}  // namespace
}  // namespace fourtuple::golden
