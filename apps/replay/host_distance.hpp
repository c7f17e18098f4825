// How far a host was from the place of the capture, in time.
#pragma once

#include "apps/capture/conversation.hpp"

namespace fourtuple::replay {

// One way between the capture's place and the host; zero where the capture was taken there, or nobody can know. The
// handshake tells, but it comes once, and who answered it may have been slow: nothing that the host answered later can
// have come back sooner than the whole way takes, so the shortest answer is the better witness.
[[nodiscard]] Duration distance_of(const capture::Conversation& conversation, capture::Host host);

}  // namespace fourtuple::replay
