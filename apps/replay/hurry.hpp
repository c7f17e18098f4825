// Whether a recorded host sent what Nagle's algorithm, as RFC 9293 A.3 has it, would have kept back.
#pragma once

#include "apps/replay/application.hpp"
#include "apps/replay/timeline.hpp"

namespace fourtuple::replay {

// It sent a short segment while an earlier short one was not acknowledged.
[[nodiscard]] bool sends_short_segments_early(const capture::Conversation& conversation, capture::Host host,
                                              const Timeline& timeline);

// The plan with Nagle's algorithm off from the beginning, where the host sends short segments early and the plan does
// not say so: else our stack would wait for acknowledgments that nobody recorded.
[[nodiscard]] ApplicationPlan with_hurry(const ApplicationPlan& plan, const capture::Conversation& conversation,
                                         const Timeline& timeline);

}  // namespace fourtuple::replay
