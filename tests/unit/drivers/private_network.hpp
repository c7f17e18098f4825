// Runs a test body in a child process with a network namespace of its own, which goes with the child.
#pragma once

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <functional>
#include <gtest/gtest.h>
#include <sched.h>
#include <string>
#include <sys/wait.h>
#include <unistd.h>

namespace fourtuple::test {

inline constexpr int kSkipped = 77;

// Root makes a network namespace; others need a user namespace around it. Answers a reason where neither is allowed.
inline std::string enter_private_network() {
  if (::unshare(CLONE_NEWNET) == 0) return {};
  const auto uid = ::getuid();
  const auto gid = ::getgid();
  if (::unshare(CLONE_NEWUSER | CLONE_NEWNET) != 0) {
    return std::string("no network namespace allowed here: ") + std::strerror(errno);
  }
  std::ofstream("/proc/self/setgroups") << "deny";
  std::ofstream("/proc/self/uid_map") << "0 " << uid << " 1";
  std::ofstream("/proc/self/gid_map") << "0 " << gid << " 1";
  return {};
}

// Ends the child; its test counts as skipped for `reason`.
[[noreturn]] inline void skip_child(const std::string& reason) {
  std::printf("SKIPPED: %s\n", reason.c_str());
  std::fflush(nullptr);
  ::_exit(kSkipped);
}

// True if the body ran; false if it was skipped, with the reason printed. Failures inside fail the calling test.
inline bool in_private_network(const std::function<void()>& body) {
  std::fflush(nullptr);
  const pid_t child = ::fork();
  if (child == 0) {
    if (const std::string reason = enter_private_network(); !reason.empty()) skip_child(reason);
    body();
    std::fflush(nullptr);
    ::_exit(testing::Test::IsSkipped() ? kSkipped : testing::Test::HasFailure() ? 1 : 0);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  if (WIFEXITED(status) && WEXITSTATUS(status) == kSkipped) return false;
  EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0) << "the child that ran the test failed (see above)";
  return true;
}

}  // namespace fourtuple::test

// The test's body follows in braces.
#define FOURTUPLE_IN_PRIVATE_NETWORK(...)                                        \
  if (!::fourtuple::test::in_private_network([&]() -> void __VA_ARGS__)) {       \
    GTEST_SKIP() << "not possible on this machine: the reason is printed above"; \
  }
