#include "apps/demo/kernel_view.hpp"

#include <array>
#include <cerrno>
#include <cstdint>
#include <fmt/format.h>
#include <fstream>
#include <sstream>
#include <string_view>
#include <unistd.h>

#include "apps/report.hpp"
#include "apps/world/child_process.hpp"

namespace fourtuple::apps {
namespace {

// The kernel numbers its states as the RFC lists them, from 1. [include/net/tcp_states.h]
constexpr std::array<std::string_view, 13> kStates{"",          "ESTABLISHED", "SYN_SENT", "SYN_RECV",   "FIN_WAIT1",
                                                   "FIN_WAIT2", "TIME_WAIT",   "CLOSE",    "CLOSE_WAIT", "LAST_ACK",
                                                   "LISTEN",    "CLOSING",     "SYN_RECV"};

// "0500000A:1F90": the address as the machine's memory has it, the port as a number.
std::string endpoint_text(const std::string& hex, bool wildcard_port) {
  const std::size_t colon = hex.find(':');
  if (colon != 8) return hex;
  const auto address = static_cast<std::uint32_t>(std::stoul(hex.substr(0, colon), nullptr, 16));
  const unsigned long port = std::stoul(hex.substr(colon + 1), nullptr, 16);
  const std::string port_text = wildcard_port && port == 0 ? "*" : std::to_string(port);
  return fmt::format("{}.{}.{}.{}:{}", address & 255, address >> 8 & 255, address >> 16 & 255, address >> 24,
                     port_text);
}

std::string row_text(const std::string& row) {
  std::istringstream words(row);
  std::string number, local, remote, state, queues;
  words >> number >> local >> remote >> state >> queues;
  if (queues.size() < 17) return {};
  const std::size_t index = std::stoul(state, nullptr, 16);
  const unsigned long to_send = std::stoul(queues.substr(0, 8), nullptr, 16);
  const unsigned long to_read = std::stoul(queues.substr(9, 8), nullptr, 16);
  return fmt::format("tcp   {:6} {:6} {:<23} {:<23} {:<11}\n", to_read, to_send, endpoint_text(local, false),
                     endpoint_text(remote, true), index < kStates.size() ? kStates[index] : "UNKNOWN");
}

}  // namespace

std::string render_proc_net_tcp(const std::string& table) {
  std::string text = "Active Internet connections (servers and established)\n";
  text += "Proto Recv-Q Send-Q Local Address           Foreign Address         State      \n";
  std::istringstream rows(table);
  std::string row;
  std::getline(rows, row);  // the head line
  while (std::getline(rows, row)) text += row_text(row);
  return text;
}

CommandResult run_command(const std::vector<std::string>& command) {
  auto child = ChildProcess::start(command, ChildProcess::Output::kCapture);
  if (!child) return {.code = 127, .text = one_line(child.error()) + "\n"};
  CommandResult result;
  std::array<char, 4096> piece{};
  for (;;) {
    const ssize_t size = ::read(child->output(), piece.data(), piece.size());
    if (size < 0 && errno == EINTR) continue;
    if (size <= 0) break;
    result.text.append(piece.data(), static_cast<std::size_t>(size));
  }
  result.code = child->wait();
  return result;
}

KernelView kernel_view() {
  for (const char* tool : {"netstat", "ss"}) {
    if (!find_program(tool)) continue;
    const CommandResult result = run_command({tool, "-tan"});
    if (result.code == 0) return {.source = fmt::format("{} -tan", tool), .text = result.text};
  }
  std::ifstream file("/proc/net/tcp");
  std::stringstream table;
  table << file.rdbuf();
  return {.source = "/proc/net/tcp", .text = render_proc_net_tcp(table.str())};
}

}  // namespace fourtuple::apps
