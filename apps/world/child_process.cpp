#include "apps/world/child_process.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <fcntl.h>
#include <fmt/format.h>
#include <sstream>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
#include <utility>

#include "apps/report.hpp"

namespace fourtuple::apps {
namespace {

struct Pipe {
  Descriptor read_end;
  Descriptor write_end;
};

SetupResult<Pipe> make_pipe() {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0)
    return failure(SetupError{.cause = "no pipe to a child: " + error_text(errno), .cure = "raise `ulimit -n`"});
  return Pipe{Descriptor(ends[0]), Descriptor(ends[1])};
}

// Between fork and exec only calls that are safe in a process with threads. [signal-safety(7)]
void leave_the_terminal() {
  ::setpgid(0, 0);
  const int nothing = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
  ::dup2(nothing, STDIN_FILENO);
}

[[noreturn]] void become(const char* path, char* const* arguments, pid_t parent, int output, bool in_background) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() != parent) ::_exit(127);  // the parent went before the line above
  if (in_background) leave_the_terminal();
  sigset_t none;
  ::sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  ::signal(SIGPIPE, SIG_DFL);
  if (output >= 0) {
    ::dup2(output, STDOUT_FILENO);
    ::dup2(output, STDERR_FILENO);
  }
  ::execv(path, arguments);
  ::_exit(127);
}

std::vector<char*> argument_vector(std::vector<std::string>& words) {
  std::vector<char*> result;
  result.reserve(words.size() + 1);
  for (std::string& word : words) result.push_back(word.data());
  result.push_back(nullptr);
  return result;
}

}  // namespace

std::optional<std::string> find_program(const std::string& name) {
  if (name.find('/') != std::string::npos)
    return ::access(name.c_str(), X_OK) == 0 ? std::optional(name) : std::nullopt;
  const char* path = std::getenv("PATH");
  std::istringstream folders(std::string(path != nullptr ? path : "/usr/bin:/bin") + ":/usr/sbin:/sbin");
  for (std::string folder; std::getline(folders, folder, ':');) {
    std::string candidate = folder + "/" + name;
    if (!folder.empty() && ::access(candidate.c_str(), X_OK) == 0) return candidate;
  }
  return std::nullopt;
}

SetupResult<ChildProcess> ChildProcess::start(const std::vector<std::string>& command, Output output, Place place) {
  const auto path = find_program(command.front());
  if (!path) {
    return failure(
        SetupError{.cause = "no program '" + command.front() + "' here", .cure = "install it, or give its full path"});
  }
  Pipe pipe;
  if (output == Output::kCapture) {
    auto made = make_pipe();
    if (!made) return failure(made.error());
    pipe = std::move(*made);
  }
  std::vector<std::string> words = command;
  const std::vector<char*> arguments = argument_vector(words);
  const pid_t parent = ::getpid();
  const pid_t pid = ::fork();
  const bool in_background = place == Place::kBackground;
  if (pid == 0) become(path->c_str(), arguments.data(), parent, pipe.write_end.get(), in_background);
  if (pid < 0)
    return failure(
        SetupError{.cause = "cannot start " + *path + ": " + error_text(errno), .cure = "raise `ulimit -u`"});
  if (in_background) ::setpgid(pid, pid);  // here too, so that it is done whoever comes first
  return ChildProcess(pid, place, std::move(pipe.read_end));
}

ChildProcess::ChildProcess(pid_t pid, Place place, Descriptor output)
    : pid_(pid),
      place_(place),
      output_(std::move(output)),
      ended_(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0))) {}

ChildProcess::ChildProcess(ChildProcess&& other) noexcept
    : pid_(std::exchange(other.pid_, -1)),
      place_(other.place_),
      output_(std::move(other.output_)),
      ended_(std::move(other.ended_)) {}

ChildProcess::~ChildProcess() {
  if (pid_ <= 0) return;
  signal(SIGKILL);
  wait();
}

void ChildProcess::signal(int number) const {
  if (pid_ > 0) ::kill(place_ == Place::kBackground ? -pid_ : pid_, number);
}

int ChildProcess::wait() {
  if (pid_ <= 0) return 127;
  int status = 0;
  while (::waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
  }
  pid_ = -1;
  return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

}  // namespace fourtuple::apps
