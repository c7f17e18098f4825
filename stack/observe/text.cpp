#include "stack/observe/text.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace fourtuple::observe {
namespace {

bool continues(char octet) { return (static_cast<unsigned char>(octet) & 0xc0U) == 0x80U; }

// The octets that the first `width` characters take.
std::size_t octets_of(std::string_view text, std::size_t width) {
  std::size_t at = 0;
  for (std::size_t seen = 0; at < text.size(); ++at) {
    if (!continues(text[at]) && seen++ == width) break;
  }
  return at;
}

}  // namespace

std::size_t columns(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) { return !continues(c); }));
}

std::string cut(std::string_view text, std::size_t width) {
  if (columns(text) <= width) return std::string(text);
  if (width < 3) return std::string(text.substr(0, octets_of(text, width)));
  return std::string(text.substr(0, octets_of(text, width - 3))) + "...";
}

std::string padded(std::string_view text, std::size_t width) {
  const std::size_t used = columns(text);
  std::string whole(text);
  if (used < width) whole.append(width - used, ' ');
  return whole;
}

std::string repeated(std::string_view piece, std::size_t count) {
  std::string whole;
  whole.reserve(piece.size() * count);
  for (std::size_t i = 0; i < count; ++i) whole += piece;
  return whole;
}

std::string grouped(std::uint64_t number) {
  std::string digits = std::to_string(number);
  for (std::size_t at = digits.size(); at > 3; at -= 3) digits.insert(at - 3, 1, ',');
  return digits;
}

std::string milliseconds(Duration time) {
  const auto microseconds = std::chrono::duration_cast<std::chrono::microseconds>(time).count();
  const std::uint64_t size =
      microseconds < 0 ? 0 - static_cast<std::uint64_t>(microseconds) : static_cast<std::uint64_t>(microseconds);
  return fmt::format("{}{}.{:03}", microseconds < 0 ? "-" : "", size / 1000, size % 1000);
}

std::string rounded(Duration time) {
  const double seconds = std::chrono::duration<double>(time).count();
  if (seconds >= 1) return fmt::format("{:.4g} s", seconds);
  if (seconds >= 1e-3) return fmt::format("{:.4g} ms", seconds * 1e3);
  return fmt::format("{:.4g} us", seconds * 1e6);
}

}  // namespace fourtuple::observe
