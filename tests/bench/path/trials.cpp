#include "tests/bench/path/trials.hpp"

#include <array>
#include <csignal>
#include <cstdlib>
#include <deque>
#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sstream>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "apps/programs.hpp"
#include "drivers/descriptor.hpp"

namespace fourtuple::bench {
namespace {

std::string own_path() {
  std::array<char, 4096> path{};
  const ssize_t size = ::readlink("/proc/self/exe", path.data(), path.size() - 1);
  return size > 0 ? std::string(path.data(), static_cast<std::size_t>(size)) : std::string();
}

// Four transfers at most, their handshakes, and what stands around them.
Duration most_time_of(const Trial& trial) {
  return std::chrono::duration_cast<Duration>(4 * trial.near.span) + std::chrono::seconds(40);
}

apps::WireOptions wire_options(const Trial& trial) {
  const std::string self = own_path();
  const NearOptions& near = trial.near;
  apps::WireOptions options;
  options.rules = trial.rules;
  options.seed = trial.seed;
  options.duration = most_time_of(trial);
  options.far_command = fmt::format("exec '{}' --far-end --congestion {} --ours {} >/dev/null", self, near.congestion,
                                    trial.our_congestion);
  options.command = {self,
                     "--near-end",
                     near.what,
                     "--ours-first",
                     near.ours_first ? "1" : "0",
                     "--seconds",
                     fmt::format("{}", near.span.count()),
                     "--congestion",
                     near.congestion};
  return options;
}

// A child that plays the wire, and the pipe with what the near end says.
class Run {
 public:
  Run(const Trial& trial, bool verbose) : trial_(&trial) {
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0) return;
    output_ = Descriptor(ends[0]);
    const Descriptor input(ends[1]);
    pid_ = ::fork();
    if (pid_ != 0) return;
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    ::dup2(input.get(), STDOUT_FILENO);
    if (!verbose) ::dup2(::open("/dev/null", O_WRONLY | O_CLOEXEC), STDERR_FILENO);
    std::_Exit(apps::run_wire(wire_options(trial)));
  }
  Run(Run&& other) noexcept
      : trial_(other.trial_),
        pid_(std::exchange(other.pid_, -1)),
        output_(std::move(other.output_)),
        text_(std::move(other.text_)) {}
  Run& operator=(Run&&) = delete;
  ~Run() {
    if (pid_ <= 0) return;
    ::kill(pid_, SIGTERM);
    ::waitpid(pid_, nullptr, 0);
  }

  [[nodiscard]] int output() const { return output_.get(); }
  // Takes what is there; false at the end.
  [[nodiscard]] bool read() {
    std::array<char, 4096> piece{};
    const ssize_t size = ::read(output_.get(), piece.data(), piece.size());
    if (size > 0) text_.append(piece.data(), static_cast<std::size_t>(size));
    return size > 0;
  }
  void deliver(Results& results) const {
    std::istringstream words(text_);
    std::string name;
    for (double value = 0; words >> name >> value;) results[trial_->cell][name].push_back(value);
  }

 private:
  const Trial* trial_;
  pid_t pid_ = -1;
  Descriptor output_;
  std::string text_;
};

// Until one of the runs has said something or ended; that one's place.
std::size_t wait_for_any(const std::deque<Run>& runs) {
  std::vector<pollfd> entries;
  for (const Run& run : runs) entries.push_back({.fd = run.output(), .events = POLLIN, .revents = 0});
  ::poll(entries.data(), entries.size(), -1);
  for (std::size_t i = 0; i < entries.size(); ++i)
    if (entries[i].revents != 0) return i;
  return 0;
}

}  // namespace

Results run_trials(const std::vector<Trial>& trials, std::size_t jobs, bool verbose) {
  Results results;
  std::deque<Run> runs;
  for (std::size_t next = 0; next < trials.size() || !runs.empty();) {
    for (; next < trials.size() && runs.size() < jobs; ++next) runs.emplace_back(trials[next], verbose);
    const std::size_t ready = wait_for_any(runs);
    if (runs[ready].read()) continue;
    runs[ready].deliver(results);
    std::deque<Run> others;
    for (std::size_t i = 0; i < runs.size(); ++i)
      if (i != ready) others.push_back(std::move(runs[i]));
    runs.swap(others);
  }
  return results;
}

}  // namespace fourtuple::bench
