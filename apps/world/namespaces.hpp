// A network of this process's own: nobody else sees its interfaces, and the kernel removes all of it when the last
// process inside has gone, however that process ended.
#pragma once

#include <string>
#include <sys/types.h>

#include "stack/base/result.hpp"

namespace fourtuple::apps {

struct NamespaceKind {
  bool user = false;  // a user namespace came with it (an ordinary user, or a root without CAP_SYS_ADMIN)
};

// Moves this process into a new network namespace and brings loopback up there. Call it before the first thread is
// started; what must belong to the network outside is opened before. As root a network namespace alone, otherwise one
// inside a user namespace where our own user is root.
[[nodiscard]] SetupResult<NamespaceKind> enter_private_network();

// Moves this process (which has one thread) into the network that another process of the same user is in. False, with
// errno, where that is not allowed.
[[nodiscard]] bool join_network_of(pid_t pid);

// The same for a network that a path names, such as /proc/PID/fd/N.
[[nodiscard]] bool join_network_at(const std::string& path);

}  // namespace fourtuple::apps
