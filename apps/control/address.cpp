#include "apps/control/address.hpp"

#include <charconv>
#include <fmt/format.h>
#include <sys/socket.h>
#include <unistd.h>

namespace fourtuple::apps {
namespace {
constexpr std::string_view kPrefix = "fourtuple/";
}

std::string control_address(pid_t pid) { return fmt::format("{}{}{}", '\0', kPrefix, pid); }

std::optional<pid_t> process_of(std::string_view name_in_proc) {
  if (!name_in_proc.starts_with('@') || !name_in_proc.substr(1).starts_with(kPrefix)) return std::nullopt;
  const std::string_view digits = name_in_proc.substr(1 + kPrefix.size());
  pid_t pid = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), pid);
  if (error != std::errc{} || end != digits.data() + digits.size() || pid <= 0) return std::nullopt;
  return pid;
}

bool is_same_user(int socket, bool root_too) {
  ucred peer{};
  socklen_t size = sizeof(peer);
  if (::getsockopt(socket, SOL_SOCKET, SO_PEERCRED, &peer, &size) != 0) return false;
  return peer.uid == ::geteuid() || (root_too && peer.uid == 0);
}

}  // namespace fourtuple::apps
