// Small text tools of the observers: columns counted in characters, numbers and times as people read them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "stack/base/time.hpp"

namespace fourtuple::observe {

// Columns a terminal uses for UTF-8 text of single-width characters: code points are counted, not octets.
[[nodiscard]] std::size_t columns(std::string_view text);
// `text` cut to `width` columns; what was cut is told by a final "..." where there is room for it.
[[nodiscard]] std::string cut(std::string_view text, std::size_t width);
// `text` filled with spaces on the right up to `width` columns.
[[nodiscard]] std::string padded(std::string_view text, std::size_t width);
// `piece` written `count` times.
[[nodiscard]] std::string repeated(std::string_view piece, std::size_t count);
// "1,234,567"
[[nodiscard]] std::string grouped(std::uint64_t number);
// Milliseconds with microseconds behind the point: "12.345".
[[nodiscard]] std::string milliseconds(Duration time);
// The same in the unit a person would choose: "40 ms", "1.5 s", "60 s", "85 us".
[[nodiscard]] std::string rounded(Duration time);

}  // namespace fourtuple::observe
