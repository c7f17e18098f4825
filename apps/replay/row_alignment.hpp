// Which of our segments stands beside which recorded one, between two frames of the other host.
#pragma once

#include <vector>

#include "apps/replay/page_rows.hpp"

namespace fourtuple::replay {

// Rows in order. A note has no frame beside it.
[[nodiscard]] std::vector<PageRow> align_rows(const Outcome& outcome, const Numbering& numbers);

}  // namespace fourtuple::replay
