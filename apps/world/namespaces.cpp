#include "apps/world/namespaces.hpp"

#include <cerrno>
#include <fcntl.h>
#include <fmt/format.h>
#include <sched.h>
#include <string>
#include <string_view>
#include <sys/stat.h>
#include <unistd.h>

#include "apps/report.hpp"
#include "drivers/descriptor.hpp"
#include "drivers/interface.hpp"

namespace fourtuple::apps {
namespace {

bool write_text(const char* path, std::string_view text) {
  const Descriptor file(::open(path, O_WRONLY | O_CLOEXEC));
  return file && ::write(file.get(), text.data(), text.size()) == static_cast<ssize_t>(text.size());
}

SetupError refused(std::string_view what, int error) {
  return {.cause = fmt::format("no private network: {} refused ({})", what, error_text(error)),
          .cure =
              "run as root, or let users make namespaces: sudo sysctl -w "
              "kernel.apparmor_restrict_unprivileged_userns=0 kernel.unprivileged_userns_clone=1 (the one this "
              "kernel has); in a container: --cap-add=NET_ADMIN,SYS_ADMIN",
          .environment = true};
}

// Our user becomes root inside, which is what the kernel asks of one who makes interfaces there. [user_namespaces(7)]
SetupResult<NamespaceKind> enter_with_user_namespace() {
  const uid_t user = ::geteuid();
  const gid_t group = ::getegid();
  if (::unshare(CLONE_NEWUSER | CLONE_NEWNET) != 0) return failure(refused("a user namespace was", errno));
  const bool mapped = write_text("/proc/self/setgroups", "deny") &&
                      write_text("/proc/self/uid_map", fmt::format("0 {} 1", user)) &&
                      write_text("/proc/self/gid_map", fmt::format("0 {} 1", group));
  if (!mapped) return failure(refused("the user mapping was", errno));
  return NamespaceKind{.user = true};
}

SetupResult<NamespaceKind> enter() {
  if (::geteuid() == 0 && ::unshare(CLONE_NEWNET) == 0) return NamespaceKind{};
  return enter_with_user_namespace();
}

// Router solicitations and the like would only clutter the conversation. Not everywhere allowed, never needed.
void silence_ipv6() {
  for (const char* path : {"/proc/sys/net/ipv6/conf/all/disable_ipv6", "/proc/sys/net/ipv6/conf/default/disable_ipv6"})
    static_cast<void>(write_text(path, "1"));
}

// Joining the namespace that we are in already is an error for the kernel, not for us.
bool join(pid_t pid, const char* kind, int type) {
  const std::string theirs = fmt::format("/proc/{}/ns/{}", pid, kind);
  const std::string ours = fmt::format("/proc/self/ns/{}", kind);
  struct stat there {};
  struct stat here {};
  if (::stat(theirs.c_str(), &there) != 0 || ::stat(ours.c_str(), &here) != 0) return false;
  if (there.st_ino == here.st_ino) return true;
  const Descriptor space(::open(theirs.c_str(), O_RDONLY | O_CLOEXEC));
  return space && ::setns(space.get(), type) == 0;
}

}  // namespace

SetupResult<NamespaceKind> enter_private_network() {
  auto kind = enter();
  if (!kind) return kind;
  // Where a security module lets anybody make a user namespace but gives no rights inside, this is where it shows.
  if (auto up = interface::set_up("lo"); !up) return failure(refused("changing an interface inside was", EPERM));
  silence_ipv6();
  return kind;
}

bool join_network_at(const std::string& path) {
  const Descriptor space(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  return space && ::setns(space.get(), CLONE_NEWNET) == 0;
}

bool join_network_of(pid_t pid) { return join(pid, "user", CLONE_NEWUSER) && join(pid, "net", CLONE_NEWNET); }

}  // namespace fourtuple::apps
