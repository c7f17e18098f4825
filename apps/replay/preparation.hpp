// How our stack must be set up to take a recorded host's place: what the host offered, we offer (step 0 of replaying).
#pragma once

#include "apps/replay/application.hpp"
#include "apps/replay/stand_in.hpp"
#include "apps/replay/steering.hpp"

namespace fourtuple::replay {

[[nodiscard]] StandInSetup prepare(const capture::Conversation& conversation, const ApplicationPlan& plan,
                                   const Timeline& timeline);

// Octets of receive buffer with which our stack can take whatever the recorded host took, reading as the plan says.
[[nodiscard]] std::size_t receive_buffer_needed(const capture::Conversation& conversation, const ApplicationPlan& plan);

}  // namespace fourtuple::replay
