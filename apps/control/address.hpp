// Where a running program can be asked: an abstract Unix socket named after the process. It has no file, so nothing is
// left behind however the process ends; who may ask is decided by the kernel's word on who the other side is.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <sys/types.h>

namespace fourtuple::apps {

// With the leading zero octet of the abstract name space. [unix(7)]
[[nodiscard]] std::string control_address(pid_t pid);
// The process that an "@..." name in /proc/net/unix belongs to, if it is one of ours.
[[nodiscard]] std::optional<pid_t> process_of(std::string_view name_in_proc);
// Whether the process at the other end of a connected Unix socket runs as the same user as we do, or, with
// `root_too`, as root.
[[nodiscard]] bool is_same_user(int socket, bool root_too);

}  // namespace fourtuple::apps
