// What octets are to the language. The locale has no say.
#pragma once

#include <cstddef>
#include <string_view>

namespace fourtuple::packet_script {

[[nodiscard]] constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }
[[nodiscard]] constexpr bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
[[nodiscard]] constexpr bool is_word_start(char c) { return is_letter(c) || c == '_'; }
[[nodiscard]] constexpr bool is_word_part(char c) { return is_word_start(c) || is_digit(c); }
[[nodiscard]] constexpr bool is_blank(char c) {
  return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f' || c == '\v';
}

// The letters, digits and underscores that `text` begins with.
[[nodiscard]] constexpr std::string_view leading_word(std::string_view text) {
  std::size_t size = 0;
  while (size < text.size() && is_word_part(text[size])) ++size;
  return text.substr(0, size);
}

// The value of a hexadecimal digit, or -1.
[[nodiscard]] constexpr int hex_value(char c) {
  if (is_digit(c)) return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

}  // namespace fourtuple::packet_script
