#include "apps/control/control_client.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <fstream>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include "apps/control/address.hpp"
#include "drivers/descriptor.hpp"

namespace fourtuple::apps {
namespace {

constexpr std::size_t kMaxAnswerBytes = 256U << 20;

Descriptor connect_to(pid_t pid) {
  const std::string address = control_address(pid);
  sockaddr_un name{};
  name.sun_family = AF_UNIX;
  std::memcpy(name.sun_path, address.data(), std::min(address.size(), sizeof(name.sun_path)));
  Descriptor socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  const timeval patience{.tv_sec = 2, .tv_usec = 0};
  ::setsockopt(socket.get(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
  ::setsockopt(socket.get(), SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience));
  const auto length = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + address.size());
  const auto* generic = static_cast<const sockaddr*>(static_cast<const void*>(&name));
  if (::connect(socket.get(), generic, length) != 0) return {};
  // Root may ask anybody's program; nobody believes what another user's process says.
  return ::geteuid() == 0 || is_same_user(socket.get(), false) ? std::move(socket) : Descriptor();
}

std::optional<std::string> read_all(const Descriptor& socket) {
  std::string text;
  std::array<char, 65536> piece{};
  while (text.size() < kMaxAnswerBytes) {
    const ssize_t size = ::recv(socket.get(), piece.data(), piece.size(), 0);
    if (size < 0) return std::nullopt;
    if (size == 0) return text;
    text.append(piece.data(), static_cast<std::size_t>(size));
  }
  return text;
}

}  // namespace

std::vector<pid_t> running_programs() {
  std::vector<pid_t> pids;
  std::ifstream table("/proc/net/unix");
  for (std::string line; std::getline(table, line);) {
    const std::size_t name = line.find('@');
    if (name == std::string::npos) continue;
    if (const auto pid = process_of(std::string_view(line).substr(name))) pids.push_back(*pid);
  }
  std::sort(pids.begin(), pids.end());
  pids.erase(std::unique(pids.begin(), pids.end()), pids.end());
  return pids;
}

std::optional<std::string> ask_program(pid_t pid, const ListingRequest& request) {
  const Descriptor socket = connect_to(pid);
  const std::string line = to_line(request) + "\n";
  if (!socket || ::send(socket.get(), line.data(), line.size(), MSG_NOSIGNAL) < 0) return std::nullopt;
  return read_all(socket);
}

}  // namespace fourtuple::apps
