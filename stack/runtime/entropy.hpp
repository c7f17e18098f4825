// The system's randomness, for the one seed of a stack.
#pragma once

#include "stack/base/random.hpp"

namespace fourtuple {

// 256 bits from getrandom(2). Throws std::system_error where the system has none: secrets must not be guessable.
[[nodiscard]] RandomSource::Seed system_entropy();

}  // namespace fourtuple
