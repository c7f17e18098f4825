#include "apps/world/kernel_sockets.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <fcntl.h>
#include <sstream>
#include <unistd.h>

namespace fourtuple::apps {
namespace {

// The kernel's numbers. [include/net/tcp_states.h]
constexpr unsigned kTableTimeWait = 6;
constexpr unsigned kTableListen = 10;

Descriptor open_table(const char* path) { return Descriptor(::open(path, O_RDONLY | O_CLOEXEC)); }

std::string read_again(const Descriptor& table) {
  std::string text;
  std::array<char, 4096> piece{};
  ::lseek(table.get(), 0, SEEK_SET);
  for (ssize_t size = 0; (size = ::read(table.get(), piece.data(), piece.size())) > 0;)
    text.append(piece.data(), static_cast<std::size_t>(size));
  return text;
}

}  // namespace

KernelSockets KernelSockets::of_this_network() {
  KernelSockets sockets;
  for (const char* path : {"/proc/self/net/tcp", "/proc/self/net/tcp6"}) sockets.tcp_.push_back(open_table(path));
  for (const char* path : {"/proc/self/net/udp", "/proc/self/net/udp6"}) sockets.udp_.push_back(open_table(path));
  return sockets;
}

std::vector<unsigned> KernelSockets::states(const std::vector<Descriptor>& tables) {
  std::vector<unsigned> result;
  for (const Descriptor& table : tables) {
    const std::vector<unsigned> more = table ? states_in(read_again(table)) : std::vector<unsigned>();
    result.insert(result.end(), more.begin(), more.end());
  }
  return result;
}

bool KernelSockets::has_listener() const {
  const std::vector<unsigned> all = states(tcp_);
  return std::find(all.begin(), all.end(), kTableListen) != all.end();
}

bool KernelSockets::has_server() const { return has_listener() || !states(udp_).empty(); }

bool KernelSockets::is_quiet() const {
  const std::vector<unsigned> all = states(tcp_);
  return std::all_of(all.begin(), all.end(),
                     [](unsigned state) { return state == kTableListen || state == kTableTimeWait; });
}

// A row is "0: 0100007F:1F90 00000000:0000 0A ...", below a line of headings.
std::vector<unsigned> states_in(const std::string& table) {
  std::vector<unsigned> states;
  std::istringstream rows(table);
  std::string row;
  std::getline(rows, row);
  while (std::getline(rows, row)) {
    std::istringstream words(row);
    std::string number, local, remote, state;
    words >> number >> local >> remote >> state;
    unsigned value = 0;
    const auto [end, error] = std::from_chars(state.data(), state.data() + state.size(), value, 16);
    if (error == std::errc()) states.push_back(value);
  }
  return states;
}

}  // namespace fourtuple::apps
