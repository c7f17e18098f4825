// Small things about texts that the readers of labs share.
#pragma once

#include <charconv>
#include <optional>
#include <string_view>
#include <vector>

#include "stack/base/time.hpp"

namespace fourtuple::lab {

// Between blanks.
[[nodiscard]] std::vector<std::string_view> words_of(std::string_view text);
[[nodiscard]] std::string_view trimmed(std::string_view text);
// "20ms", "1.5s", "100us", "5ns"; up to eleven days.
[[nodiscard]] std::optional<Duration> duration_of(std::string_view text);

// Decimal digits and nothing else, from `least` to `most`.
template <class Number>
[[nodiscard]] bool take_number(std::string_view text, Number least, Number most, Number& number) {
  Number found{};
  const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), found);
  if (error != std::errc{} || stop != text.data() + text.size() || found < least || found > most) return false;
  number = found;
  return true;
}

}  // namespace fourtuple::lab
