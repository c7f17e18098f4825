// The `%{ ... }%` blocks of a script: `assert tcpi_snd_cwnd == 10, tcpi_snd_cwnd`. They are Python; what is understood
// is comparisons and arithmetic on integers and names, and/or/not, parentheses; print(...) is passed over.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace fourtuple::drill {

// The value of a name in an assertion, or nothing where it is not known.
using LookUp = std::function<std::optional<double>(std::string_view name)>;

// What is wrong: an assertion that does not hold, or a statement that is not understood. Empty where all hold.
struct AssertionFault {
  std::uint32_t line = 0;  // of the block, from 0
  std::string message;
};
[[nodiscard]] std::optional<AssertionFault> check_assertions(std::string_view text, const LookUp& look_up);

}  // namespace fourtuple::drill
