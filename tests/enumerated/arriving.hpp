// All segments that are tried in one state.
#pragma once

#include <vector>

#include "tests/enumerated/answer_table.hpp"

namespace fourtuple::enumerated {

[[nodiscard]] std::vector<Arriving> arriving(const Position& at);

}  // namespace fourtuple::enumerated
