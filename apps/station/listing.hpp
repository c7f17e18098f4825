// The tables of a stack as netstat and ss print them.
#pragma once

#include <string>
#include <sys/types.h>

#include "apps/control/listing_request.hpp"
#include "stack/core/stack.hpp"

namespace fourtuple::apps {

// `program` and `pid` are whose sockets they are.
[[nodiscard]] std::string render_listing(const Stack& stack, Instant now, const ListingRequest& request,
                                         const std::string& program, pid_t pid);

}  // namespace fourtuple::apps
