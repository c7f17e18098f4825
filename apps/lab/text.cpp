#include "apps/lab/text.hpp"

#include <algorithm>
#include <array>

namespace fourtuple::lab {

std::vector<std::string_view> words_of(std::string_view text) {
  std::vector<std::string_view> words;
  for (std::size_t at = 0; (at = text.find_first_not_of(" \t\r", at)) != std::string_view::npos;) {
    const std::size_t end = std::min(text.find_first_of(" \t\r", at), text.size());
    words.push_back(text.substr(at, end - at));
    at = end;
  }
  return words;
}

std::string_view trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t\r\n");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1);
}

std::optional<Duration> duration_of(std::string_view text) {
  struct Unit {
    std::string_view name;
    double nanoseconds;
  };
  static constexpr std::array kUnits{Unit{"ms", 1e6}, Unit{"us", 1e3}, Unit{"ns", 1}, Unit{"s", 1e9}};
  double value = 0;
  const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || !(value >= 0)) return std::nullopt;
  const std::string_view unit = text.substr(static_cast<std::size_t>(stop - text.data()));
  for (const Unit& known : kUnits) {
    const double nanoseconds = value * known.nanoseconds;
    if (known.name == unit && nanoseconds <= 1e15) return Duration(static_cast<std::int64_t>(nanoseconds + 0.5));
  }
  return std::nullopt;
}

}  // namespace fourtuple::lab
