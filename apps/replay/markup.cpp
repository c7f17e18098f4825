#include "apps/replay/markup.hpp"

#include <cstdint>

namespace fourtuple::replay {
namespace {

constexpr std::string_view kReplacement = "\xef\xbf\xbd";

bool is_continuation(char octet) { return (static_cast<unsigned char>(octet) & 0xc0U) == 0x80U; }

std::uint32_t code_point(std::string_view sequence) {
  const auto first = static_cast<unsigned char>(sequence.front());
  std::uint32_t point = first & (0xffU >> (sequence.size() + 1));
  for (const char octet : sequence.substr(1)) point = point << 6 | (static_cast<unsigned char>(octet) & 0x3fU);
  return point;
}

// Not shorter than it may be written, no surrogate, and a character that XML allows.
bool is_allowed(std::uint32_t point, std::size_t octets) {
  constexpr std::uint32_t kLeast[] = {0, 0, 0x80, 0x800, 0x10000};
  return point >= kLeast[octets] && point <= 0x10ffff && (point < 0xd800 || point > 0xdfff) && point != 0xfffe &&
         point != 0xffff;
}

// Octets of the character of more than one octet that begins `text`; 0: it is none.
std::size_t character_size(std::string_view text) {
  const auto first = static_cast<unsigned char>(text.front());
  const std::size_t octets = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
  if (first < 0xc2 || first > 0xf4 || text.size() < octets) return 0;
  for (std::size_t i = 1; i < octets; ++i) {
    if (!is_continuation(text[i])) return 0;
  }
  return is_allowed(code_point(text.substr(0, octets)), octets) ? octets : 0;
}

std::string_view entity(char octet) {
  switch (octet) {
    case '&':
      return "&amp;";
    case '<':
      return "&lt;";
    case '>':
      return "&gt;";
    case '"':
      return "&quot;";
    case '\'':
      return "&#39;";
    default:
      return {};
  }
}

bool is_control(char octet) {
  const auto value = static_cast<unsigned char>(octet);
  return (value < 0x20 && octet != '\n') || value == 0x7f;
}

}  // namespace

std::string escaped(std::string_view text) {
  std::string safe;
  safe.reserve(text.size());
  for (std::size_t at = 0; at < text.size();) {
    const char octet = text[at];
    if (static_cast<unsigned char>(octet) >= 0x80) {
      const std::size_t octets = character_size(text.substr(at));
      safe += octets == 0 ? kReplacement : text.substr(at, octets);
      at += octets == 0 ? 1 : octets;
      continue;
    }
    const std::string_view replacement = is_control(octet) ? kReplacement : entity(octet);
    if (replacement.empty()) safe += octet;
    safe += replacement;
    ++at;
  }
  return safe;
}

void Markup::begin(std::string_view element, Attributes attributes) {
  text_ += '<';
  text_ += element;
  for (const auto& [name, value] : attributes) {
    if (value.empty()) continue;
    text_ += ' ';
    text_ += name;
    text_ += "=\"";
    text_ += escaped(value);
    text_ += '"';
  }
}

Markup& Markup::open(std::string_view element, Attributes attributes) {
  begin(element, attributes);
  text_ += '>';
  open_.emplace_back(element);
  return *this;
}

Markup& Markup::close() {
  if (open_.empty()) return *this;
  text_ += "</" + open_.back() + ">";
  open_.pop_back();
  return *this;
}

Markup& Markup::leaf(std::string_view element, Attributes attributes) {
  begin(element, attributes);
  text_ += "/>";
  return *this;
}

Markup& Markup::text(std::string_view text) {
  text_ += escaped(text);
  return *this;
}

Markup& Markup::element(std::string_view name, Attributes attributes, std::string_view contents) {
  return open(name, attributes).text(contents).close();
}

Markup& Markup::raw(std::string_view markup) {
  text_ += markup;
  return *this;
}

std::string Markup::take() {
  while (!open_.empty()) close();
  return std::exchange(text_, {});
}

}  // namespace fourtuple::replay
