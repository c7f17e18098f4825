// What a program decides before it draws: colours and characters, from its options, its output and the environment.
// For programs only; nothing in the library asks by itself.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace fourtuple::observe {

enum class ColorWish : std::uint8_t { kAuto, kAlways, kNever };

// "auto", "always", "never"
[[nodiscard]] std::optional<ColorWish> parse_color_wish(std::string_view word);
// kAuto: only where `descriptor` is a terminal that is not dumb and NO_COLOR is unset or empty (no-color.org).
[[nodiscard]] bool wants_color(ColorWish wish, int descriptor);
// True where the locale's characters are not UTF-8, by LC_ALL, LC_CTYPE or LANG, the first that is set. Where none is
// set, as in most containers, UTF-8 is assumed.
[[nodiscard]] bool wants_ascii();

}  // namespace fourtuple::observe
