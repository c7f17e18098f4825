// simulate: worlds from seeds, in virtual time, each looked at from all sides.
#include <cstdio>
#include <fmt/format.h>
#include <fstream>
#include <sstream>
#include <unistd.h>

#include "apps/programs.hpp"
#include "apps/report.hpp"
#include "apps/simulate/shrink.hpp"
#include "drivers/pcap/pcap_writer.hpp"

namespace fourtuple::apps {
namespace {

using simulate::Failure;
using simulate::Harvest;

// What passes both hosts' drivers, as it is sent.
SetupResult<simulate::Outcome> live_through_and_capture(const simulate::Plan& plan, const std::string& path) {
  auto writer = PcapWriter::open(path);
  if (!writer) return failure(writer.error());
  simulate::Spectators spectators;
  spectators.frames = [&](int, ByteView frame, const OffloadInfo&, Instant now) {
    writer->write(frame, now.time_since_epoch());
  };
  simulate::Outcome outcome = simulate::live_through(plan, spectators);
  writer->flush();
  if (!writer->error().empty())
    return failure(SetupError{.cause = writer->error(), .cure = "make room for the capture"});
  return outcome;
}

std::string how_to_repeat(const SimulateOptions& options, const simulate::Plan& plan) {
  if (!options.replay.empty()) return "fourtuple simulate --replay " + options.replay;
  const std::string mode = plan.mode == simulate::Mode::kSwarm ? "" : fmt::format(" --mode {}", name(plan.mode));
  return fmt::format("fourtuple simulate --seed {}{}", plan.seed, mode);
}

bool write_shrunk(const std::string& path, const std::string& text) {
  std::ofstream file(path);
  file << text;
  return file.good();
}

// The smallest plan that still fails, as a plan, a capture and a test.
int tell_shrunk(const SimulateOptions& options, const Failure& failed) {
  remark("making it smaller; this takes a minute at most");
  const auto [small, runs] = simulate::shrink(failed);
  const std::string name = options.out.empty() ? fmt::format("simulate-{}", failed.plan.seed) : options.out;
  const bool written = write_shrunk(name + ".sim", print(small.plan)) && write_shrunk(name + "_test.cpp", test_of(small));
  const auto captured = live_through_and_capture(small.plan, name + ".pcap");
  if (!written || !captured)
    return report(
        {.cause = "cannot write " + name + ".sim and what belongs to it", .cure = "name another place with --out"});
  fmt::print(
      "{}\nafter {} runs it is as small as this, with {} faults:\n\n{}\nto see it again:\n  fourtuple simulate "
      "--replay {}.sim\n",
      simulate::report(small), runs, small.plan.faults.size(), print(small.plan), name);
  return kFailed;
}

int tell(const SimulateOptions& options, const Failure& failed) {
  if (options.shrink) return tell_shrunk(options, failed);
  fmt::print("{}\nto see it again:\n  {}\nto make it smaller, the same with --shrink\n", simulate::report(failed),
             how_to_repeat(options, failed.plan));
  return kFailed;
}

// One world, of a seed or of a file.
int run_one(const SimulateOptions& options, const simulate::Plan& plan) {
  if (options.pcap.empty()) {
    simulate::Outcome outcome = simulate::run_plan(plan, true);
    if (!outcome.problem.empty()) return tell(options, {plan, std::move(outcome)});
    fmt::print("all is well: {} events, {} segments, {:.3f} virtual s\n", outcome.event, outcome.segments,
               std::chrono::duration<double>(outcome.took).count());
    return kSuccess;
  }
  auto outcome = live_through_and_capture(plan, options.pcap);
  if (!outcome) return apps::report(outcome.error());
  return outcome->problem.empty() ? int{kSuccess} : tell(options, {plan, std::move(*outcome)});
}

int run_file(const SimulateOptions& options) {
  std::ifstream file(options.replay);
  if (!file)
    return report_usage(fmt::format("{} cannot be read; name a file that a failure was written to", options.replay));
  std::stringstream text;
  text << file.rdbuf();
  const auto plan = simulate::parse(text.str());
  if (!plan) return report_usage(fmt::format("{}: {}", options.replay, plan.error()));
  return run_one(options, *plan);
}

int run_many(const SimulateOptions& options, simulate::Mode mode) {
  const bool shows = ::isatty(STDERR_FILENO) != 0;
  const auto progress = [shows](const Harvest& harvest) {
    if (shows) fmt::print(stderr, "\r{} ", summary(harvest));
  };
  const simulate::FarmWork work{.first_seed = options.seed,
                                .runs = options.runs,
                                .patience = options.patience,
                                .mode = mode,
                                .jobs = options.jobs};
  const Harvest harvest = simulate::run_farm(work, progress);
  if (shows) fmt::print(stderr, "\r");
  fmt::print("{}\n", summary(harvest));
  return harvest.failure ? tell(options, *harvest.failure) : int{kSuccess};
}

}  // namespace

int run_simulate(const SimulateOptions& options) {
  const auto mode = simulate::mode_of(options.mode);
  if (!mode) return report_usage(fmt::format("'{}' is no mode; swarm, lite, performance and canary are", options.mode));
  if (!options.replay.empty()) return run_file(options);
  const simulate::Plan plan = simulate::draw_plan(options.seed, *mode);
  if (options.print) {
    fmt::print("{}", simulate::print(plan));
    return kSuccess;
  }
  return options.runs == 1 ? run_one(options, plan) : run_many(options, *mode);
}

}  // namespace fourtuple::apps
