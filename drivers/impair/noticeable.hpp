// Whether a receiver can tell that a frame was damaged: judged apart from the stack, whose sums are what is tested.
#pragma once

#include "stack/base/bytes.hpp"

namespace fourtuple::impair {

// False where every sum in `after` is as right as it was in `before`, an IP packet in an Ethernet frame whose sums were
// right: then no protocol would know that its octets are others.
[[nodiscard]] bool is_noticeable(ByteView before, ByteView after);

}  // namespace fourtuple::impair
