// The golden table: the goodput of a controller for every loss, round trip, rate and reordering, as a text that people
// read and that a change of the sender changes.
#pragma once

#include <array>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "tests/golden/table/transfer.hpp"

namespace fourtuple::golden {

struct Cell {
  std::string_view reordering;
  unsigned megabits = 0;
  unsigned rtt_ms = 0;
  std::string_view loss;  // "0.1 %"

  [[nodiscard]] std::string name() const;  // "reordering none, 10 Mbit/s, RTT 20 ms, loss 0.1 %"
};

inline constexpr std::array<std::string_view, 3> kReorderings{"none", "mild", "strong"};
inline constexpr std::array<unsigned, 3> kRates{10, 100, 1000};
inline constexpr std::array<unsigned, 3> kRoundTrips{1, 20, 100};
inline constexpr std::array<std::string_view, 5> kLosses{"0%", "0.1%", "1%", "3%", "10%"};
inline constexpr std::size_t kCellCount = kReorderings.size() * kRates.size() * kRoundTrips.size() * kLosses.size();

// In the order of the table. Precondition: index < kCellCount.
[[nodiscard]] Cell cell(std::size_t index);
[[nodiscard]] Circumstances circumstances(const Cell& cell, std::string_view controller);

// What stands in one cell of the table.
[[nodiscard]] std::string text(const Outcome& outcome);
// `cells` has kCellCount texts.
[[nodiscard]] std::string table_text(std::string_view controller, const std::vector<std::string>& cells);
// The cells of such a text; empty where it is none.
[[nodiscard]] std::vector<std::string> cells_of(std::string_view table);

// The controllers that have a table.
[[nodiscard]] std::vector<std::string_view> controllers();
[[nodiscard]] std::string file_name(std::string_view controller);

}  // namespace fourtuple::golden
