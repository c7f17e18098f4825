// Words and numbers of the rule language: shared by its parser and its printer, so that they cannot disagree.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "drivers/impair/rules.hpp"

namespace fourtuple::impair {

struct Unit {
  std::string_view name;
  std::uint64_t factor;
};

// Largest first: the printer takes the first unit that divides the value.
inline constexpr std::array<Unit, 4> kTimeUnits{{{"s", 1'000'000'000}, {"ms", 1'000'000}, {"us", 1'000}, {"ns", 1}}};
inline constexpr std::array<Unit, 4> kRateUnits{
    {{"gbit", 1'000'000'000}, {"mbit", 1'000'000}, {"kbit", 1'000}, {"bit", 1}}};
inline constexpr std::array<Unit, 4> kSizeUnits{{{"GB", 1'000'000'000}, {"MB", 1'000'000}, {"kB", 1'000}, {"B", 1}}};
inline constexpr std::array<Unit, 1> kPercentUnits{{{"%", 10'000}}};

// "1.5ms" -> 1'500'000: digits, up to nine decimals, and a unit. Nothing for anything else, including a value that is
// no whole number of the smallest unit or above `limit`.
[[nodiscard]] std::optional<std::uint64_t> parse_quantity(std::string_view text, std::span<const Unit> units,
                                                          std::uint64_t limit);
// "42": digits only.
[[nodiscard]] std::optional<std::uint64_t> parse_number(std::string_view text, std::uint64_t limit);

[[nodiscard]] std::string print_quantity(std::uint64_t value, std::span<const Unit> units);
[[nodiscard]] std::string print_percent(PartsPerMillion value);

// A day: longer delays are typing errors.
inline constexpr std::uint64_t kLongestDelay = 86'400'000'000'000;

}  // namespace fourtuple::impair
