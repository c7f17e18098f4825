#include "tests/interop/world.hpp"

#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <fcntl.h>
#include <fstream>
#include <iostream>
#include <poll.h>
#include <sstream>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "apps/world/child_process.hpp"
#include "apps/world/namespaces.hpp"

namespace fourtuple::interop {
namespace {

using Clock = std::chrono::steady_clock;
constexpr auto kReadyPatience = std::chrono::seconds(20);

int shell_code(int status) { return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status); }

// Starts a command with its output in a pipe; it dies with us.
pid_t spawn(const std::vector<std::string>& command, int& output) {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) return -1;
  const std::string path = apps::find_program(command.front()).value_or(command.front());
  std::vector<std::string> words = command;
  std::vector<char*> arguments;
  for (std::string& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  const pid_t pid = ::fork();
  if (pid == 0) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    const int nothing = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
    ::dup2(nothing, STDIN_FILENO);
    ::dup2(ends[1], STDOUT_FILENO);
    ::dup2(ends[1], STDERR_FILENO);
    ::execv(path.c_str(), arguments.data());
    ::_exit(127);
  }
  ::close(ends[1]);
  output = ends[0];
  return pid;
}

// What comes until the end, a line with `stop` in it, or the time is over; true unless it is over.
bool read_until(int output, const std::string& stop, Clock::time_point deadline, std::string& text) {
  std::array<char, 4096> piece{};
  while (Clock::now() < deadline) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(deadline - Clock::now());
    pollfd descriptor{.fd = output, .events = POLLIN, .revents = 0};
    if (::poll(&descriptor, 1, static_cast<int>(left.count()) + 1) <= 0) continue;
    const ssize_t size = ::read(output, piece.data(), piece.size());
    if (size <= 0) return true;
    text.append(piece.data(), static_cast<std::size_t>(size));
    if (!stop.empty() && text.find(stop) != std::string::npos) return true;
  }
  return false;
}

}  // namespace

void PrintTo(const Wire& wire, std::ostream* out) { *out << wire.name; }

std::vector<Wire> all_wires() {
  return {{"Tap", {"--link=tap"}}, {"TapSingleFrames", {"--link=tap", "--vnet-hdr=off"}}, {"Veth", {"--link=veth"}}};
}

std::string fourtuple_binary() { return FOURTUPLE_BINARY; }

bool has_program(const std::string& name) { return apps::find_program(name).has_value(); }

Outcome run(const std::vector<std::string>& command, int seconds) {
  Outcome outcome;
  int output = -1;
  const pid_t pid = spawn(command, output);
  if (pid < 0) return outcome;
  if (!read_until(output, {}, Clock::now() + std::chrono::seconds(seconds), outcome.output)) ::kill(pid, SIGKILL);
  ::close(output);
  int status = 0;
  ::waitpid(pid, &status, 0);
  outcome.code = shell_code(status);
  return outcome;
}

Outcome run_fourtuple(std::vector<std::string> arguments, int seconds) {
  arguments.insert(arguments.begin(), fourtuple_binary());
  return run(arguments, seconds);
}

Background::Background(std::vector<std::string> command, const std::string& ready) {
  pid_ = spawn(command, output_);
  static_cast<void>(read_until(output_, ready, Clock::now() + kReadyPatience, said_));
  ready_ = said_.find(ready) != std::string::npos;
}

Background::~Background() {
  kill_hard();
  ::close(output_);
}

int Background::exit_code() {
  int status = 0;
  if (code_ < 0 && pid_ > 0 && ::waitpid(pid_, &status, WNOHANG) == pid_) code_ = shell_code(status);
  return code_;
}

void Background::kill_hard() {
  if (pid_ <= 0 || exit_code() >= 0) return;
  ::kill(pid_, SIGKILL);
  int status = 0;
  ::waitpid(pid_, &status, 0);
  code_ = shell_code(status);
}

double Background::cpu_seconds() const {
  std::ifstream file("/proc/" + std::to_string(pid_) + "/stat");
  std::string text((std::istreambuf_iterator<char>(file)), {});
  std::istringstream words(text.substr(text.rfind(')') + 1));
  std::string word;
  for (int i = 0; i < 11; ++i) words >> word;
  double user = 0;
  double system = 0;
  words >> user >> system;
  return (user + system) / static_cast<double>(::sysconf(_SC_CLK_TCK));
}

namespace {

int play(const Wire& wire, std::vector<std::string> arguments, const std::function<void(Background&)>& body) {
  arguments.insert(arguments.begin(), fourtuple_binary());
  arguments.insert(arguments.end(), wire.arguments.begin(), wire.arguments.end());
  Background program(arguments, "over ");
  if (!program.is_ready()) {
    std::cout << program.said();
    for (int i = 0; i < 100 && program.exit_code() < 0; ++i) ::usleep(10000);
    return program.exit_code() == kSkipped ? kSkipped : 1;
  }
  if (!apps::join_network_of(program.pid())) {
    std::cout << "cannot join the program's network\n";
    return 1;
  }
  body(program);
  return 0;
}

}  // namespace

void apart(const std::function<int()>& body) {
  std::array<int, 2> ends{};
  ASSERT_EQ(::pipe2(ends.data(), O_CLOEXEC), 0);
  const pid_t pid = ::fork();
  if (pid == 0) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    ::dup2(ends[1], STDOUT_FILENO);
    const int code = body();
    std::cout.flush();
    ::_exit(::testing::Test::HasFailure() ? 1 : code);
  }
  ::close(ends[1]);
  std::string said;
  static_cast<void>(read_until(ends[0], {}, Clock::now() + std::chrono::seconds(240), said));
  ::close(ends[0]);
  ::kill(pid, SIGKILL);  // long gone unless it hangs
  int status = 0;
  ::waitpid(pid, &status, 0);
  const int code = shell_code(status);
  if (code == kSkipped) GTEST_SKIP() << said;
  EXPECT_EQ(code, 0) << said;
}

void in_world_of(const Wire& wire, std::vector<std::string> arguments, const std::function<void(Background&)>& body) {
  apart([&] { return play(wire, arguments, body); });
}

}  // namespace fourtuple::interop
