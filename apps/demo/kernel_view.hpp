// What the kernel of this network namespace knows about its TCP connections.
#pragma once

#include <string>
#include <vector>

namespace fourtuple::apps {

struct KernelView {
  std::string source;  // "netstat -tan", "ss -tan" or "/proc/net/tcp"
  std::string text;
};

// From net-tools or iproute2 where they are installed, else from /proc.
[[nodiscard]] KernelView kernel_view();

// The rows of /proc/net/tcp in netstat's layout.
[[nodiscard]] std::string render_proc_net_tcp(const std::string& table);

// Runs a command to its end; its output and errors, and its exit code.
struct CommandResult {
  int code = 127;
  std::string text;
};
[[nodiscard]] CommandResult run_command(const std::vector<std::string>& command);

}  // namespace fourtuple::apps
