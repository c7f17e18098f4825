#include "stack/observe/terminal.hpp"

#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <string>
#include <unistd.h>

namespace fourtuple::observe {
namespace {

std::string_view environment(const char* name) {
  const char* value = std::getenv(name);  // NOLINT(concurrency-mt-unsafe): read once, before threads
  return value == nullptr ? std::string_view() : std::string_view(value);
}

std::string_view locale_name() {
  for (const char* variable : {"LC_ALL", "LC_CTYPE", "LANG"}) {
    if (const std::string_view value = environment(variable); !value.empty()) return value;
  }
  return {};
}

}  // namespace

std::optional<ColorWish> parse_color_wish(std::string_view word) {
  if (word == "auto") return ColorWish::kAuto;
  if (word == "always") return ColorWish::kAlways;
  if (word == "never") return ColorWish::kNever;
  return std::nullopt;
}

bool wants_color(ColorWish wish, int descriptor) {
  if (wish != ColorWish::kAuto) return wish == ColorWish::kAlways;
  return environment("NO_COLOR").empty() && environment("TERM") != "dumb" && ::isatty(descriptor) == 1;
}

bool wants_ascii() {
  std::string name(locale_name());
  std::transform(name.begin(), name.end(), name.begin(),
                 [](unsigned char letter) { return static_cast<char>(std::tolower(letter)); });
  return !name.empty() && name.find("utf-8") == std::string::npos && name.find("utf8") == std::string::npos;
}

}  // namespace fourtuple::observe
