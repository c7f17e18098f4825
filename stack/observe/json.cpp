#include "stack/observe/json.hpp"

#include <cstdint>
#include <fmt/format.h>

namespace fourtuple::observe {
namespace {

std::uint8_t octet_at(std::string_view text, std::size_t at) {
  return at < text.size() ? static_cast<std::uint8_t>(text[at]) : std::uint8_t{0};
}

// Octets of the well-formed UTF-8 character at `at`, or 0 (Unicode 15, table 3-7).
std::size_t utf8_size(std::string_view text, std::size_t at) {
  const std::uint8_t first = octet_at(text, at);
  if (first < 0x80) return 1;
  std::size_t size = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
  if (first < 0xc2 || first > 0xf4 || at + size > text.size()) return 0;
  const std::uint8_t second = octet_at(text, at + 1);
  if ((first == 0xe0 && second < 0xa0) || (first == 0xed && second > 0x9f) || (first == 0xf0 && second < 0x90) ||
      (first == 0xf4 && second > 0x8f)) {
    return 0;
  }
  for (std::size_t i = 1; i < size; ++i) {
    if ((octet_at(text, at + i) & 0xc0) != 0x80) return 0;
  }
  return size;
}

void add_ascii(std::string& quoted, char character) {
  if (character == '"' || character == '\\') quoted += '\\';
  if (static_cast<unsigned char>(character) < 0x20) {
    quoted += fmt::format("\\u{:04x}", static_cast<unsigned char>(character));
  } else {
    quoted += character;
  }
}

}  // namespace

std::string json_string(std::string_view text) {
  std::string quoted = "\"";
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t size = utf8_size(text, at);
    if (size == 0) quoted += "\xef\xbf\xbd";
    if (size == 1) add_ascii(quoted, text[at]);
    if (size > 1) quoted += text.substr(at, size);
    at += size == 0 ? 1 : size;
  }
  return quoted + "\"";
}

JsonObject& JsonObject::add_raw(std::string_view key, std::string_view value) {
  text_ += text_.empty() ? "{" : ",";
  text_ += json_string(key);
  text_ += ":";
  text_ += value;
  return *this;
}

}  // namespace fourtuple::observe
