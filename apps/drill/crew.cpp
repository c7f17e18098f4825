#include "apps/drill/crew.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <fmt/format.h>
#include <map>
#include <optional>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>
#include <utility>

namespace fourtuple::drill {
namespace {

using RealClock = std::chrono::steady_clock;

void write_all(int descriptor, const void* data, std::size_t size) {
  const char* at = static_cast<const char*>(data);
  while (size > 0) {
    const ssize_t written = ::write(descriptor, at, size);
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return;
    at += written;
    size -= static_cast<std::size_t>(written);
  }
}

// The child's end of a job: it never returns to the caller's code.
[[noreturn]] void work(const Job& job, std::size_t index, int to) {
  const JobResult result = job(index);
  write_all(to, &result.code, 1);
  write_all(to, result.notes.c_str(), std::strlen(result.notes.c_str()) + 1);
  write_all(to, result.text.data(), result.text.size());
  std::fflush(nullptr);
  ::_exit(0);
}

// A job that runs, and what it has said so far.
struct Worker {
  std::size_t index = 0;
  pid_t process = -1;
  int from = -1;
  RealClock::time_point deadline;
  std::string said;
};

struct Finished {
  JobResult result;
  std::string fault;
};

// Code, notes with a zero behind them, text.
JobResult read_result(const std::string& said) {
  const auto zero = std::min(said.find('\0', 1), said.size());
  return {.code = static_cast<std::uint8_t>(said.front()),
          .text = said.substr(std::min(zero + 1, said.size())),
          .notes = said.substr(1, zero - 1)};
}

std::string ending(int status) {
  if (WIFSIGNALED(status)) return fmt::format("the run crashed ({})", ::strsignal(WTERMSIG(status)));
  if (WIFEXITED(status) && WEXITSTATUS(status) != 0)
    return fmt::format("the run ended with exit code {}", WEXITSTATUS(status));
  return "the run ended without a result";
}

class Crew {
 public:
  Crew(std::size_t count, const CrewOptions& options, const Job& job, const Done& done)
      : count_(count), options_(options), job_(job), done_(done) {}

  void run() {
    while (told_ < count_) {
      while (started_ < count_ && workers_.size() < std::max<std::size_t>(options_.workers, 1)) start();
      listen();
      tell();
    }
  }

 private:
  void start() {
    const std::size_t index = started_++;
    std::array<int, 2> ends{};
    std::fflush(nullptr);
    if (::pipe(ends.data()) != 0) return fail(index, fmt::format("no pipe: {}", std::strerror(errno)));
    const pid_t process = ::fork();
    if (process == 0) {
      ::close(ends[0]);
      work(job_, index, ends[1]);
    }
    ::close(ends[1]);
    if (process < 0) {
      ::close(ends[0]);
      return fail(index, fmt::format("no process: {}", std::strerror(errno)));
    }
    workers_.push_back({index, process, ends[0], RealClock::now() + options_.patience, {}});
  }

  void fail(std::size_t index, std::string why) { finished_[index] = {{}, std::move(why)}; }

  // Waits until somebody says something or has taken too long.
  void listen() {
    std::vector<pollfd> waits;
    auto first = RealClock::time_point::max();
    for (const Worker& worker : workers_) {
      waits.push_back({worker.from, POLLIN, 0});
      first = std::min(first, worker.deadline);
    }
    if (waits.empty()) return;
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(first - RealClock::now()).count();
    ::poll(waits.data(), waits.size(), static_cast<int>(std::clamp<std::int64_t>(left + 1, 0, 60'000)));
    for (std::size_t i = 0; i < waits.size(); ++i) {
      Worker& worker = workers_[i];
      if (waits[i].revents != 0) {
        hear(worker);
      } else if (RealClock::now() >= worker.deadline) {
        give_up(worker);
      }
    }
    std::erase_if(workers_, [](const Worker& worker) { return worker.from < 0; });
  }

  void hear(Worker& worker) {
    std::array<char, 65536> piece{};
    const ssize_t count = ::read(worker.from, piece.data(), piece.size());
    if (count < 0 && errno == EINTR) return;
    if (count <= 0) return end(worker);
    const std::size_t room = options_.max_text - std::min(options_.max_text, worker.said.size());
    worker.said.append(piece.data(), std::min(room, static_cast<std::size_t>(count)));
  }

  void end(Worker& worker) {
    ::close(std::exchange(worker.from, -1));
    int status = 0;
    while (::waitpid(worker.process, &status, 0) < 0 && errno == EINTR) {
    }
    if (worker.said.empty() || status != 0) return fail(worker.index, ending(status));
    finished_[worker.index] = {read_result(worker.said), {}};
  }

  void give_up(Worker& worker) {
    ::kill(worker.process, SIGKILL);
    const auto seconds = std::chrono::duration<double>(options_.patience).count();
    end(worker);
    fail(worker.index, fmt::format("the run took longer than {:g} s", seconds));
  }

  void tell() {
    for (auto next = finished_.find(told_); next != finished_.end(); next = finished_.find(told_)) {
      done_(told_++, next->second.result, next->second.fault);
      finished_.erase(next);
    }
  }

  std::size_t count_;
  const CrewOptions& options_;
  const Job& job_;
  const Done& done_;
  std::vector<Worker> workers_;
  std::map<std::size_t, Finished> finished_;
  std::size_t started_ = 0;
  std::size_t told_ = 0;
};

}  // namespace

void run_crew(std::size_t count, const CrewOptions& options, const Job& job, const Done& done) {
  Crew(count, options, job, done).run();
}

}  // namespace fourtuple::drill
