#include <algorithm>
#include <fmt/format.h>

#include "apps/packet_script/script.hpp"

namespace fourtuple::packet_script {
namespace {

constexpr std::size_t kShownBefore = 100;  // octets of a line before the place; of longer lines a part is shown
constexpr std::size_t kShown = 160;

}  // namespace

std::string SyntaxError::to_string() const {
  std::string text = fmt::format("{}:{}:{}: {}", file, position.line, position.column, message);
  const std::size_t place = std::min<std::size_t>(position.column - 1, line.size());
  const std::size_t begin = place > kShownBefore ? place - kShownBefore : 0;
  const std::string shown = line.substr(begin, kShown);
  if (shown.empty()) return text;
  std::string margin = shown.substr(0, place - begin);
  std::ranges::replace_if(
      margin, [](char c) { return c != '\t'; }, ' ');  // tabs stay, to be as wide as above
  return fmt::format("{}\n  {}\n  {}^", text, shown, margin);
}

}  // namespace fourtuple::packet_script
