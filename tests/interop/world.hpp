// A fourtuple program in a private world, and the test beside its kernel: the program runs as users run it, and the
// test's own sockets are the kernel's, in the same network namespace. Everything goes when the test ends.
#pragma once

#include <functional>
#include <gtest/gtest.h>
#include <string>
#include <sys/types.h>
#include <vector>

namespace fourtuple::interop {

// Arguments that choose the link, and a name for the test's parameter.
struct Wire {
  const char* name;
  std::vector<std::string> arguments;
};
void PrintTo(const Wire& wire, std::ostream* out);
// TAP with super-segments, TAP with single frames, veth.
[[nodiscard]] std::vector<Wire> all_wires();

struct Outcome {
  int code = -1;       // as a shell tells it
  std::string output;  // standard output and error
};
// Runs a command to its end, at most `seconds` (then it is killed; code 137).
[[nodiscard]] Outcome run(const std::vector<std::string>& command, int seconds = 60);
// `fourtuple` with these arguments.
[[nodiscard]] Outcome run_fourtuple(std::vector<std::string> arguments, int seconds = 60);
[[nodiscard]] std::string fourtuple_binary();

// A program that runs in the background, killed at the latest with this object.
class Background {
 public:
  // Waits until the program has said a line with `ready` in it.
  Background(std::vector<std::string> command, const std::string& ready);
  ~Background();
  Background(const Background&) = delete;
  Background& operator=(const Background&) = delete;

  [[nodiscard]] pid_t pid() const { return pid_; }
  [[nodiscard]] bool is_ready() const { return ready_; }
  [[nodiscard]] const std::string& said() const { return said_; }
  // Its exit code if it has ended, -1 while it runs.
  [[nodiscard]] int exit_code();
  void kill_hard();
  // Processor time that it has used so far.
  [[nodiscard]] double cpu_seconds() const;

 private:
  pid_t pid_ = -1;
  int output_ = -1;
  int code_ = -1;
  bool ready_ = false;
  std::string said_;
};

inline constexpr int kSkipped = 77;

// Calls `body` in a process of its own, so that this one's network and descriptors stay what they are. Failures inside
// are the test's failures; where `body` answers kSkipped the test is skipped with what it has written to std::cout.
void apart(const std::function<int()>& body);

// Starts `fourtuple arguments` over `wire`, moves into its network and calls `body`, apart; skips where this
// machine lacks what it takes.
void in_world_of(const Wire& wire, std::vector<std::string> arguments, const std::function<void(Background&)>& body);

// Skips the calling test where a program is not installed.
#define FOURTUPLE_NEEDS_PROGRAM(name)                                     \
  if (!::fourtuple::interop::has_program(name)) {                         \
    GTEST_SKIP() << "the program " << (name) << " is not installed here"; \
  }
[[nodiscard]] bool has_program(const std::string& name);

}  // namespace fourtuple::interop
