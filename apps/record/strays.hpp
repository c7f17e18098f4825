// Processes that a command has left behind: they become our children, and end with the recording.
#pragma once

#include <sys/types.h>

namespace fourtuple::record {

// From here on orphans below us are ours.
void adopt_strays();
// Kills all children and theirs, but for the processes of the group `spared`.
void end_strays(pid_t spared = 0);

}  // namespace fourtuple::record
