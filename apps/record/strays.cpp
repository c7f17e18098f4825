#include "apps/record/strays.hpp"

#include <cerrno>
#include <csignal>
#include <fstream>
#include <string>
#include <sys/prctl.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>
#include <vector>

namespace fourtuple::record {
namespace {

constexpr int kMaxGenerations = 100;  // one a round

std::vector<pid_t> children_but_for(pid_t spared) {
  std::ifstream list("/proc/self/task/" + std::to_string(::getpid()) + "/children");
  std::vector<pid_t> result;
  for (pid_t pid = 0; list >> pid;)
    if (spared == 0 || ::getpgid(pid) != spared) result.push_back(pid);
  return result;
}

}  // namespace

void adopt_strays() { ::prctl(PR_SET_CHILD_SUBREAPER, 1); }

// With each one that dies its own children become ours.
void end_strays(pid_t spared) {
  for (int round = 0; round < kMaxGenerations; ++round) {
    const std::vector<pid_t> all = children_but_for(spared);
    if (all.empty()) return;
    for (const pid_t pid : all) ::kill(pid, SIGKILL);
    for (const pid_t pid : all)
      while (::waitpid(pid, nullptr, 0) < 0 && errno == EINTR) {
      }
  }
}

}  // namespace fourtuple::record
