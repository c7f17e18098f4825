// A performance that does exactly what the recorded host did: what comparisons begin with.
#pragma once

#include "apps/replay/comparison.hpp"

namespace fourtuple::replay {

[[nodiscard]] Performance performance_like(const capture::Conversation& conversation, capture::Host role);
[[nodiscard]] Comparison comparison_of(const capture::Conversation& conversation, const Performance& performance,
                                       const capture::Vantage& vantage, ByteView stream);

}  // namespace fourtuple::replay
