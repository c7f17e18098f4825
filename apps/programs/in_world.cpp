// in-world: joins the network of a running program, then becomes the command.
#include <cerrno>
#include <cstdlib>
#include <fmt/format.h>
#include <vector>

#include "apps/control/control_client.hpp"
#include "apps/programs.hpp"
#include "apps/report.hpp"
#include "apps/world/child_process.hpp"
#include "apps/world/namespaces.hpp"

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

SetupResult<bool> join_far_network() {
  const char* path = std::getenv(kFarNetworkVariable);
  if (path == nullptr) {
    return failure(SetupError{.cause = "there is no far network here",
                              .cure = "run this as a command of `fourtuple wire`: fourtuple wire -- COMMAND"});
  }
  if (join_network_at(path)) return true;
  return failure(SetupError{.cause = fmt::format("cannot join the far network {}: {}", path, error_text(errno)),
                            .cure = "its `fourtuple wire` may have ended"});
}

SetupResult<bool> join_wanted_network(const InWorldOptions& options) {
  if (options.far) return join_far_network();
  const auto pid = choose_process(options.pid);
  if (!pid) return failure(pid.error());
  if (join_network_of(*pid)) return true;
  return failure(SetupError{.cause = fmt::format("cannot join the network of process {}: {}", *pid, error_text(errno)),
                            .cure = "run this as the user who runs that program"});
}

}  // namespace

int run_in_world(const InWorldOptions& options) {
  if (const auto joined = join_wanted_network(options); !joined) return report(joined.error());
  auto command = ChildProcess::start(options.command, ChildProcess::Output::kOurs);
  return command ? command->wait() : report(command.error());
}

}  // namespace fourtuple::apps
