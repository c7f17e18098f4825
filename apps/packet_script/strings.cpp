#include <fmt/format.h>

#include "apps/packet_script/expressions.hpp"

namespace fourtuple::packet_script {
namespace {

constexpr std::string_view kEscapes = "abfnrtv\\\"'?";
constexpr std::string_view kEscaped{"\a\b\f\n\r\t\v\\\"'?", 11};

// Octets of the string's source, and where they stand: a string is one line, so a column is enough.
struct StringSource {
  std::string_view rest;
  Position position;

  void step(std::size_t count) {
    rest.remove_prefix(count);
    position.column += static_cast<std::uint32_t>(count);
  }
};

// \xHH or \ooo: at most `most` digits of `base`. False where there is none, or the value is no octet.
bool take_code(StringSource& source, std::string& text, int base, int most) {
  int value = -1;
  for (int digits = 0; digits < most && !source.rest.empty(); ++digits) {
    const int digit = hex_value(source.rest.front());
    if (digit < 0 || digit >= base) break;
    value = (value < 0 ? 0 : value * base) + digit;
    source.step(1);
  }
  if (value < 0 || value > 0xff) return false;
  text += static_cast<char>(value);
  return true;
}

// What follows a backslash.
bool take_escape(StringSource& source, std::string& text) {
  const char letter = source.rest.empty() ? '\n' : source.rest.front();
  if (letter == '\n') return false;
  if (is_digit(letter)) return take_code(source, text, 8, 3);
  source.step(1);
  if (letter == 'x') return take_code(source, text, 16, 2);
  const std::size_t index = kEscapes.find(letter);
  if (index == std::string_view::npos) return false;
  text += kEscaped[index];
  return true;
}

}  // namespace

std::string read_string(Cursor& in) {
  const Position begin = in.position();
  StringSource source{in.rest(), begin};
  std::string text;
  for (source.step(1); !source.rest.empty() && source.rest.front() != '\n';) {
    const char c = source.rest.front();
    const Position position = source.position;
    source.step(1);
    if (c == '"') {
      in.take(in.rest().size() - source.rest.size());
      return text;
    }
    if (c != '\\') {
      text += c;
    } else if (!take_escape(source, text)) {
      in.fail(position, "this escape is none of \\n \\r \\t \\a \\b \\f \\v \\\\ \\\" \\' \\? \\ooo \\xHH");
      return text;
    }
  }
  in.fail(begin, "this string has no closing '\"' on its line");
  return text;
}

}  // namespace fourtuple::packet_script
