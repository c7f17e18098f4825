// Programs of the system that run inside the private world: curl, ping, ss, whatever stands after `--`.
#pragma once

#include <optional>
#include <string>
#include <sys/types.h>
#include <vector>

#include "drivers/descriptor.hpp"
#include "stack/base/result.hpp"

namespace fourtuple::apps {

// The path of a program found in $PATH, /usr/sbin and /sbin; nothing where there is none.
[[nodiscard]] std::optional<std::string> find_program(const std::string& name);

// A child that dies with us (even by kill -9) and does not outlive this object: destroying it kills and waits.
class ChildProcess {
 public:
  enum class Output : unsigned char {
    kOurs,     // standard output and error are ours
    kCapture,  // both come through output()
  };

  enum class Place : unsigned char {
    kForeground,  // with our terminal and our standard input
    kBackground,  // in a process group of its own, without standard input; what signals it signals the group
  };

  // `command` is a program, looked up as find_program does, and its arguments.
  [[nodiscard]] static SetupResult<ChildProcess> start(const std::vector<std::string>& command, Output output,
                                                       Place place = Place::kForeground);
  ChildProcess(ChildProcess&& other) noexcept;
  ChildProcess& operator=(ChildProcess&& other) = delete;
  ~ChildProcess();

  // Polls readable once the child has ended; -1 on kernels without pidfd_open (before 5.3).
  [[nodiscard]] int ended_descriptor() const { return ended_.get(); }
  // With kCapture: what it writes, until end of file; -1 otherwise.
  [[nodiscard]] int output() const { return output_.get(); }
  // Waits for the end. The exit code as a shell tells it: 128 + number for a signal.
  int wait();
  void signal(int number) const;
  [[nodiscard]] pid_t pid() const { return pid_; }

 private:
  ChildProcess(pid_t pid, Place place, Descriptor output);

  pid_t pid_;
  Place place_;
  Descriptor output_;
  Descriptor ended_;
};

}  // namespace fourtuple::apps
