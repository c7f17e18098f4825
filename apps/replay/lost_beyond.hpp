// What was lost between the place of the capture and the recorded host: frames that the capture shows and the host
// never got. Nobody can see that; the host's own segments tell.
#pragma once

#include <vector>

#include "apps/replay/timeline.hpp"

namespace fourtuple::replay {

// For each frame of the conversation, whether it was sent to `role` and lost on its way there. Octets were, where the
// host went on acknowledging less until another copy had come; an acknowledgment was, where the host sent again what it
// acknowledged. Nothing is, where the capture was taken at the host.
[[nodiscard]] std::vector<bool> lost_beyond(const capture::Conversation& conversation, capture::Host role,
                                            const Timeline& timeline);

}  // namespace fourtuple::replay
