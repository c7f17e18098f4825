// wire: two ends, each with a stack of somebody's, and a bad path between them.
#include <chrono>
#include <cstdlib>
#include <fmt/format.h>
#include <poll.h>
#include <unistd.h>

#include "apps/programs.hpp"
#include "apps/report.hpp"
#include "apps/station/attached_drivers.hpp"
#include "apps/wire/ends.hpp"
#include "apps/wire/patch.hpp"
#include "apps/world/child_process.hpp"
#include "drivers/impair/rules_file.hpp"

namespace fourtuple::apps {
namespace {

constexpr auto kServerPatience = std::chrono::seconds(1);
constexpr auto kServerLookInterval = std::chrono::milliseconds(10);

SetupResult<Patch> patch_of(WireEnds& ends, const WireOptions& options, const impair::WireRules& rules,
                            BufferPool& pool) {
  auto a = captured(std::move(ends.a), options.pcap);
  if (!a) return failure(a.error());
  auto b = captured(std::move(ends.b), options.pcap_b);
  if (!b) return failure(b.error());
  auto impaired = ImpairDriver::open({.rules = rules}, std::move(*b), pool);
  if (!impaired) return failure(impaired.error());
  return Patch::open({.a = std::move(*a), .b = std::move(*impaired)});
}

// The commands of both networks. The far one has a process group of its own, which goes with this object.
class WireCommands {
 public:
  // In the far network first, where the near command may want to find it.
  SetupResult<bool> start(const WireEnds& ends, const WireOptions& options) {
    if (!options.far_command.empty()) {
      if (auto done = start_far(ends, options.far_command); !done) return done;
    }
    if (options.command.empty()) return true;
    if (ends.far) ::setenv(kFarNetworkVariable, ends.far->path().c_str(), 1);
    auto child = ChildProcess::start(options.command, ChildProcess::Output::kOurs);
    if (!child) return failure(child.error());
    near_.emplace(std::move(*child));
    return true;
  }

  // Polls readable when the near command has ended; -1 where there is none.
  [[nodiscard]] int ended() const { return near_ ? near_->ended_descriptor() : -1; }
  // The near command's exit code, kSuccess where none was asked for or it still runs.
  [[nodiscard]] int code() {
    pollfd entry{.fd = ended(), .events = POLLIN, .revents = 0};
    return near_ && ::poll(&entry, 1, 0) == 1 ? near_->wait() : int{kSuccess};
  }

 private:
  SetupResult<bool> start_far(const WireEnds& ends, const std::string& command) {
    if (auto done = ends.far->enter(); !done) return done;
    auto child =
        ChildProcess::start({"sh", "-c", command}, ChildProcess::Output::kOurs, ChildProcess::Place::kBackground);
    if (auto done = ends.near->enter(); !done) return done;
    if (!child) return failure(child.error());
    far_.emplace(std::move(*child));
    wait_for_server(*ends.far);
    return true;
  }

  static void wait_for_server(const PrivateNetwork& network) {
    const Instant deadline = steady_now() + kServerPatience;
    while (!network.sockets().has_server() && steady_now() < deadline)
      ::usleep(kServerLookInterval / std::chrono::microseconds(1));
  }

  std::optional<ChildProcess> far_;
  std::optional<ChildProcess> near_;
};

void say_how_to_get_in(const WireEnds& ends) {
  const std::string user =
      ends.near->has_user_namespace() ? fmt::format("-U --preserve-credentials -t {} ", ::getpid()) : "";
  remark(fmt::format("10.77.0.1: nsenter {}--net={} COMMAND", user, ends.near->path()));
  remark(fmt::format("10.77.0.2: nsenter {}--net={} COMMAND", user, ends.far->path()));
}

int run_patch(Patch& patch, const WireEnds& ends, const WireOptions& options) {
  WireCommands commands;
  if (auto done = commands.start(ends, options); !done) return report(done.error());
  if (options.command.empty()) remark("the wire is in place");
  if (options.command.empty() && ends.far) say_how_to_get_in(ends);
  const Instant until = options.duration == Duration{} ? kNever : steady_now() + options.duration;
  const auto done = patch.run(until, commands.ended());
  const int code = commands.code();
  remark(patch.statistics());
  return done ? code : report(done.error());
}

}  // namespace

int run_wire(const WireOptions& options) {
  auto rules = impair::rules_from(options.rules);
  if (!rules) return report_usage(one_line(rules.error()));
  if (options.seed) rules->seed = options.seed;
  if (options.print) {
    fmt::print("{}\n", to_string(*rules));
    return kSuccess;
  }
  BufferPool pool;
  auto ends = open_wire_ends(options, pool);
  if (!ends) return report(ends.error());
  auto patch = patch_of(*ends, options, *rules, pool);
  return patch ? run_patch(*patch, *ends, options) : report(patch.error());
}

}  // namespace fourtuple::apps
