// A network namespace for a process that is about to ask the kernel.
#pragma once

#include <string>

namespace fourtuple::oracle {

// Moves this process (which has one thread) into a network of its own, loopback up; "" or why that cannot be. As root a
// network namespace alone, otherwise one in a user namespace where our user is root.
[[nodiscard]] std::string enter_private_network();

}  // namespace fourtuple::oracle
