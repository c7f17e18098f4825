// What netstat shows beside sockets: routes (-rn), interfaces (-in) and counters (-s), in the layout of net-tools 2.10.
#pragma once

#include <string>

#include "stack/core/stack.hpp"

namespace fourtuple::observe {

[[nodiscard]] std::string netstat_routes(const Stack& stack);
// Frames are counted for the whole stack; they stand with its first interface.
[[nodiscard]] std::string netstat_interfaces(const Stack& stack);
// Sections and sentences as netstat -s has them, of what we count.
[[nodiscard]] std::string netstat_statistics(const Stack& stack);

}  // namespace fourtuple::observe
