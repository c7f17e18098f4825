// Interfaces, routes and neighbours as iproute2's `ip` prints them, and as its -json.
#pragma once

#include <string>

#include "stack/core/stack.hpp"

namespace fourtuple::observe {

[[nodiscard]] std::string ip_addresses(const Stack& stack, bool json);
[[nodiscard]] std::string ip_routes(const Stack& stack, bool json);
[[nodiscard]] std::string ip_neighbours(const Stack& stack, bool json);

}  // namespace fourtuple::observe
