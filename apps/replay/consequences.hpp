// Who began? A host that does something impossible drives the other one into answers that look wrong, too: an echo of a
// timestamp that has been altered, an ACK of octets that were renumbered. Only the first of the two is told.
#pragma once

#include <vector>

#include "apps/replay/outcome.hpp"

namespace fourtuple::replay {

// Takes from `details` those findings that follow closely on a MUST that the other host broke, by a frame of its own,
// in the same matter; what follows on a broken SYN is a consequence whatever it is. `others` are the findings about
// that host. Details without a frame stay.
void drop_consequences(std::vector<Detail>& details, const std::vector<Detail>& others, const Outcome& outcome);

}  // namespace fourtuple::replay
