// Finding and asking the programs that run.
#pragma once

#include <optional>
#include <string>
#include <sys/types.h>
#include <vector>

#include "apps/control/listing_request.hpp"

namespace fourtuple::apps {

// Those that can be seen from this network, in ascending order; ours to ask or not.
[[nodiscard]] std::vector<pid_t> running_programs();

// What the program answers; nothing where it is gone, silent for two seconds, or somebody else's.
[[nodiscard]] std::optional<std::string> ask_program(pid_t pid, const ListingRequest& request);

}  // namespace fourtuple::apps
