#include "tests/oracle/transcripts.hpp"

#include <array>
#include <csignal>
#include <cstdlib>
#include <fcntl.h>
#include <fstream>
#include <sstream>
#include <sys/prctl.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/oracle/private_network.hpp"

namespace fourtuple::oracle {
namespace {

constexpr int kNoKernel = 77;
constexpr unsigned kPatienceSeconds = 60;

[[nodiscard]] std::string joined(const Lines& lines) {
  std::string text;
  for (const std::string& line : lines) text += line + "\n";
  return text;
}

[[nodiscard]] Lines split(const std::string& text) {
  Lines lines;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

void write_all(int to, const std::string& text) {
  for (std::size_t done = 0; done < text.size();) {
    const ssize_t count = ::write(to, text.data() + done, text.size() - done);
    if (count <= 0) return;
    done += static_cast<std::size_t>(count);
  }
}

// Never returns: in the child. Descriptors of the parent are closed, so that numbers begin where they always do.
[[noreturn]] void speak(void (*body)(Script&), int result) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  ::alarm(kPatienceSeconds);
  if (const std::string obstacle = enter_private_network(); !obstacle.empty()) {
    write_all(result, obstacle);
    ::_exit(kNoKernel);
  }
  constexpr int kOutOfTheWay = 1000;
  const int out = ::fcntl(result, F_DUPFD_CLOEXEC, kOutOfTheWay);
  for (int fd = STDERR_FILENO + 1; fd < kOutOfTheWay; ++fd) ::close(fd);
  const auto kernel = kernel_sockets();
  Script script(*kernel);
  body(script);
  write_all(out, joined(script.lines()));
  ::_exit(0);
}

}  // namespace

Played play_on_kernel(void (*body)(Script&)) {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) return {.lines = {}, .obstacle = "no pipe"};
  const pid_t pid = ::fork();
  if (pid == 0) speak(body, ends[1]);
  ::close(ends[1]);
  std::string text;
  std::array<char, 4096> piece{};
  for (ssize_t count = 0; (count = ::read(ends[0], piece.data(), piece.size())) > 0;) {
    text.append(piece.data(), static_cast<std::size_t>(count));
  }
  ::close(ends[0]);
  int status = 0;
  ::waitpid(pid, &status, 0);
  if (WIFEXITED(status) && WEXITSTATUS(status) == kNoKernel) return {.lines = {}, .obstacle = text};
  if (!WIFEXITED(status)) text += "the case was killed by signal " + std::to_string(WTERMSIG(status)) + "\n";
  return {.lines = split(text), .obstacle = {}};
}

Lines play_on_fourtuple(void (*body)(Script&)) {
  const auto ours = fourtuple_sockets();
  Script script(*ours);
  body(script);
  return script.lines();
}

std::string kernel_version() {
  utsname name{};
  ::uname(&name);
  const std::string release = name.release;
  return release.substr(0, release.find('.', release.find('.') + 1));
}

std::string read_text(const std::string& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

std::string record_path() { return std::string(ORACLE_SOURCES) + "/tests/oracle/linux.txt"; }
std::string differences_path() { return std::string(ORACLE_SOURCES) + "/docs/linux-differences.md"; }

Record read_record() {
  constexpr const char* kHeading = "== ";
  constexpr const char* kKernel = "Linux ";
  Record record;
  Lines* lines = nullptr;
  for (const std::string& line : split(read_text(record_path()))) {
    if (line.starts_with(kHeading)) {
      lines = &record.cases[line.substr(3)];
    } else if (lines != nullptr && !line.empty()) {
      lines->push_back(line);
    } else if (line.starts_with(kKernel)) {
      record.kernel = line.substr(6);
    }
  }
  return record;
}

bool write_record(const Record& record) {
  std::ofstream file(record_path());
  file << "Linux " << record.kernel << "\n";
  for (const auto& [name, lines] : record.cases) file << "\n== " << name << "\n" << joined(lines);
  return static_cast<bool>(file.flush());
}

}  // namespace fourtuple::oracle
