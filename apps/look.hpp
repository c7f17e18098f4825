// How a program draws ladders: what the user asked for, the output, and the environment taken together.
#pragma once

#include "apps/options.hpp"
#include "stack/observe/ladder.hpp"

namespace fourtuple::apps {

// For output to `descriptor`; -1: not to a terminal.
[[nodiscard]] observe::LadderOptions ladder_look(const LookOptions& look, int descriptor);

}  // namespace fourtuple::apps
