// in-world: joins the network of a running program, then becomes the command.
#include <cerrno>
#include <fcntl.h>
#include <fmt/format.h>
#include <sched.h>
#include <sys/stat.h>
#include <unistd.h>
#include <vector>

#include "apps/control/control_client.hpp"
#include "apps/programs.hpp"
#include "apps/report.hpp"
#include "apps/world/child_process.hpp"
#include "drivers/descriptor.hpp"

namespace fourtuple::apps {
namespace {

SetupResult<pid_t> choose_process(pid_t wanted) {
  std::vector<pid_t> candidates;
  for (const pid_t pid : running_programs())
    if ((wanted == 0 || pid == wanted) && ask_program(pid, {.style = ListingStyle::kWho, .options = {}}))
      candidates.push_back(pid);
  if (candidates.size() == 1) return candidates.front();
  if (candidates.empty()) {
    return failure(SetupError{.cause = wanted != 0 ? fmt::format("process {} is no fourtuple program of yours", wanted)
                                                   : "no fourtuple program of yours is running",
                              .cure = "start one in another terminal, for example: fourtuple serve ."});
  }
  return failure(SetupError{.cause = fmt::format("{} fourtuple programs are running", candidates.size()),
                            .cure = fmt::format("say which with --pid: {}", fmt::join(candidates, ", "))});
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

int run_in_world(const InWorldOptions& options) {
  const auto pid = choose_process(options.pid);
  if (!pid) return report(pid.error());
  if (!join(*pid, "user", CLONE_NEWUSER) || !join(*pid, "net", CLONE_NEWNET)) {
    return report({.cause = fmt::format("cannot join the network of process {}: {}", *pid, error_text(errno)),
                   .cure = "run this as the user who runs that program"});
  }
  auto command = ChildProcess::start(options.command, ChildProcess::Output::kOurs);
  return command ? command->wait() : report(command.error());
}

}  // namespace fourtuple::apps
