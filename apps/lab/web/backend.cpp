#include "apps/lab/web/backend.hpp"

#include <algorithm>
#include <array>

#include "apps/lab/text.hpp"
#include "stack/observe/json.hpp"

namespace fourtuple::lab::web {
namespace {

int digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

std::string unescaped(std::string_view text) {
  std::string plain;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool is_escape = text[i] == '%' && i + 2 < text.size() && digit(text[i + 1]) >= 0 && digit(text[i + 2]) >= 0;
    plain += is_escape ? static_cast<char>(digit(text[i + 1]) * 16 + digit(text[i + 2])) : text[i];
    if (is_escape) i += 2;
  }
  return plain;
}

}  // namespace

Reply error_reply(unsigned status, std::string_view error, std::string_view expected) {
  observe::JsonObject json;
  json.add("error", error);
  if (!expected.empty()) json.add("expected", expected);
  return {.status = status, .body = json.text()};
}

std::string_view path_of(std::string_view target) { return target.substr(0, target.find('?')); }

std::string parameter(std::string_view target, std::string_view name) {
  const std::size_t mark = target.find('?');
  std::string_view rest = mark == std::string_view::npos ? std::string_view() : target.substr(mark + 1);
  while (!rest.empty()) {
    const std::string_view pair = rest.substr(0, rest.find('&'));
    rest.remove_prefix(std::min(pair.size() + 1, rest.size()));
    const std::size_t sign = std::min(pair.find('='), pair.size());
    if (pair.substr(0, sign) == name) return unescaped(pair.substr(std::min(sign + 1, pair.size())));
  }
  return {};
}

std::size_t number_parameter(std::string_view target, std::string_view name, std::size_t otherwise) {
  std::size_t number = otherwise;
  const bool is_number = take_number<std::size_t>(parameter(target, name), 0, 1'000'000'000, number);
  return is_number ? number : otherwise;
}

}  // namespace fourtuple::lab::web
