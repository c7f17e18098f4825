// The documents of docs/labs, built into the program (cmake/labs.cmake).
#pragma once

#include <span>
#include <string_view>

namespace fourtuple::lab {

[[nodiscard]] std::span<const std::string_view> embedded_labs();

}  // namespace fourtuple::lab
