// Our sender and receiver beside Linux's, over the same bad wires in real time. See docs/benchmarks.md.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <fmt/format.h>

#include "tests/bench/link/scoreboard.hpp"
#include "tests/bench/path/far_end.hpp"
#include "tests/bench/path/trials.hpp"

namespace fourtuple::bench {
namespace {

struct Options {
  std::string only;  // parts whose names begin so
  std::string cell;  // cells whose names have this in them
  unsigned megabits = 50;
  double seconds = 4;
  unsigned rounds = 5;
  std::size_t jobs = 3;
  std::uint64_t seed = 1;
  std::string congestion = "cubic";
  std::string ours;
  bool verbose = false;
  // What a run starts itself as.
  bool far_end = false;
  std::string near_end;
  bool ours_first = true;
};

struct Path {
  std::string name;
  std::string rules;
};

// The queue holds what the path does, and at least 30 frames.
std::string wire(const Options& options, unsigned rtt_ms) {
  const unsigned queue = std::max(30U, options.megabits * 1000 * rtt_ms / (1514 * 8));
  return fmt::format("rate {}mbit; queue {}; delay {}us", options.megabits, queue, rtt_ms * 500);
}

std::vector<Trial> trials(const Options& options, const std::string& what, const std::vector<Path>& paths,
                          double seconds) {
  std::vector<Trial> result;
  for (unsigned round = 0; round < options.rounds; ++round) {
    for (const Path& path : paths) {
      if (path.name.find(options.cell) == std::string::npos) continue;
      const NearOptions near{what, Seconds(seconds), round % 2 == 0, options.congestion};
      result.push_back({path.name, path.rules, options.seed + round, near, options.ours});
    }
  }
  return result;
}

double middle(const Results& results, const std::string& cell, const std::string& name) {
  const auto row = results.find(cell);
  if (row == results.end()) return 0;
  const auto values = row->second.find(name);
  return values == row->second.end() ? 0 : median(values->second);
}

double mean(const std::vector<double>& values) {
  double sum = 0;
  for (const double value : values) sum += value;
  return values.empty() ? 0 : sum / static_cast<double>(values.size());
}

std::string megabits(double octets_a_second) { return fmt::format("{:.3g}", octets_a_second * 8e-6); }
std::string ratio(double ours, double theirs) { return theirs == 0 ? "-" : fmt::format("{:.2f}", ours / theirs); }

// --- Goodput.

std::vector<Path> lossy_paths(const Options& options) {
  std::vector<Path> paths;
  for (const char* loss : {"0%", "0.1%", "1%", "3%", "10%"}) {
    for (const unsigned rtt : {1U, 20U, 100U})
      paths.push_back({fmt::format("loss {}, RTT {} ms", loss, rtt), wire(options, rtt) + "; loss " + loss});
  }
  return paths;
}

void print_goodput(const std::vector<Path>& paths, const Results& results) {
  fmt::print("| Mbit/s, medians | us to Linux | Linux to Linux | ratio | Linux to us | Linux to Linux | ratio |\n");
  fmt::print("|---|---:|---:|---:|---:|---:|---:|\n");
  for (const Path& path : paths) {
    if (!results.contains(path.name)) continue;
    const auto of = [&](const char* name) { return middle(results, path.name, name); };
    fmt::print("| {} | {} | {} | {} | {} | {} | {} |\n", path.name, megabits(of("from_ours")),
               megabits(of("from_linux")), ratio(of("from_ours"), of("from_linux")), megabits(of("to_ours")),
               megabits(of("to_linux")), ratio(of("to_ours"), of("to_linux")));
  }
}

void compare_goodput(const Options& options) {
  const auto paths = lossy_paths(options);
  print_goodput(paths, run_trials(trials(options, "goodput", paths, options.seconds), options.jobs, options.verbose));
}

// --- Fairness.

double jain(double a, double b) { return a + b == 0 ? 0 : (a + b) * (a + b) / (2 * (a * a + b * b)); }

std::vector<double> each_jain(const std::vector<double>& a, const std::vector<double>& b) {
  std::vector<double> result;
  for (std::size_t i = 0; i < std::min(a.size(), b.size()); ++i) result.push_back(jain(a[i], b[i]));
  return result;
}

void compare_fairness(const Options& options) {
  std::vector<Path> paths;
  for (const unsigned rtt : {1U, 20U, 100U}) paths.push_back({fmt::format("RTT {} ms", rtt), wire(options, rtt)});
  // Long enough for several losses of both.
  auto results = run_trials(trials(options, "fairness", paths, 5 * options.seconds), options.jobs, options.verbose);
  fmt::print("| two flows, means | ours, Mbit/s | Linux's, Mbit/s | Jain | of the means | two of Linux: Jain |\n");
  fmt::print("|---|---:|---:|---:|---:|---:|\n");
  for (auto& [cell, values] : results) {
    const double ours = mean(values["share_ours"]);
    const double linux = mean(values["share_linux"]);
    fmt::print("| {} | {} | {} | {:.2f} | {:.2f} | {:.2f} |\n", cell, megabits(ours), megabits(linux),
               mean(each_jain(values["share_ours"], values["share_linux"])), jain(ours, linux),
               mean(each_jain(values["share_a"], values["share_b"])));
  }
}

// --- Tail loss.

// The frames that are dropped are counted among those with data, of ten.
std::vector<Path> tail_paths(const Options& options) {
  std::vector<Path> paths;
  for (const unsigned rtt : {1U, 20U, 100U}) {
    for (const auto& [name, rules] :
         {std::pair{"nothing lost", ""}, std::pair{"last", "; ba: drop data 10"},
          std::pair{"last two", "; ba: drop data 9..10"}, std::pair{"last five", "; ba: drop data 6..10"},
          std::pair{"all", "; ba: drop data 1..10"}, std::pair{"last, twice", "; ba: drop data 10..11"}}) {
      paths.push_back({fmt::format("RTT {} ms, {}", rtt, name), wire(options, rtt) + rules});
    }
  }
  return paths;
}

void compare_tails(Options options) {
  options.rounds *= 2;  // a run is one or the other
  const auto paths = tail_paths(options);
  const Results results = run_trials(trials(options, "tail", paths, 10), options.jobs, options.verbose);
  fmt::print("| lost of ten segments | ours, ms | Linux's, ms | ratio |\n|---|---:|---:|---:|\n");
  for (const Path& path : paths) {
    const double ours = middle(results, path.name, "tail_ours");
    const double linux = middle(results, path.name, "tail_linux");
    if (ours != 0)
      fmt::print("| {} | {:.1f} | {:.1f} | {} |\n", path.name, ours * 1e3, linux * 1e3, ratio(ours, linux));
  }
}

// --- Reordering.

std::vector<Path> reordering_paths(const Options& options) {
  std::vector<Path> paths;
  for (const unsigned rtt : {1U, 20U, 100U}) {
    for (const char* share : {"1%", "10%", "30%"}) {
      for (const auto& [name, depth] : {std::pair{"by 3", "depth 3"}, std::pair{"by 10 ms", "depth 100 by 10ms"}}) {
        paths.push_back({fmt::format("RTT {} ms, {} reordered {}", rtt, share, name),
                         fmt::format("{}; ba: reorder {} {}", wire(options, rtt), share, depth)});
      }
    }
  }
  return paths;
}

void compare_reordering(const Options& options) {
  const auto paths = reordering_paths(options);
  const Results results =
      run_trials(trials(options, "reordering", paths, options.seconds), options.jobs, options.verbose);
  fmt::print("| data out of order | ours, Mbit/s | Linux's | ratio | ours in vain, % | Linux's |\n");
  fmt::print("|---|---:|---:|---:|---:|---:|\n");
  for (const Path& path : paths) {
    if (!results.contains(path.name)) continue;
    const auto of = [&](const char* name) { return middle(results, path.name, name); };
    fmt::print("| {} | {} | {} | {} | {:.1f} | {:.1f} |\n", path.name, megabits(of("from_ours")),
               megabits(of("from_linux")), ratio(of("from_ours"), of("from_linux")), 100 * of("vain_ours"),
               100 * of("vain_linux"));
  }
}

int run(const Options& options) {
  if (options.far_end) return run_far_end(options.congestion, options.ours);
  if (!options.near_end.empty())
    return run_near_end({options.near_end, Seconds(options.seconds), options.ours_first, options.congestion});
  const auto wanted = [&](std::string_view part) { return part.starts_with(options.only); };
  if (wanted("goodput")) compare_goodput(options);
  if (wanted("fairness")) compare_fairness(options);
  if (wanted("tail")) compare_tails(options);
  if (wanted("reordering")) compare_reordering(options);
  return 0;
}

}  // namespace
}  // namespace fourtuple::bench

int main(int argc, char** argv) {
  fourtuple::bench::Options options;
  CLI::App app(
      "Compares our sender and receiver with Linux's over the same bad wires. Wants root, or user namespaces.");
  app.add_option("--only", options.only, "parts whose names begin so: goodput, fairness, tail, reordering");
  app.add_option("--cell", options.cell, "only cells whose names have this in them: 'RTT 20 ms'");
  app.add_option("--rate", options.megabits, "of the wire, Mbit/s")->capture_default_str();
  app.add_option("--seconds", options.seconds, "how long each transfer takes")->capture_default_str();
  app.add_option("--rounds", options.rounds, "transfers of each kind; medians are printed")->capture_default_str();
  app.add_option("--jobs", options.jobs, "wires at a time")->capture_default_str()->check(CLI::Range(1, 64));
  app.add_option("--seed", options.seed, "of the first round's wire")->capture_default_str();
  app.add_option("--congestion", options.congestion, "the kernels' controller: cubic, reno")->capture_default_str();
  app.add_option("--ours", options.ours, "our controller; that of the kernels where it is not said");
  app.add_flag("--verbose", options.verbose, "let wires and stacks speak");
  app.add_flag("--far-end", options.far_end)->group("");
  app.add_option("--near-end", options.near_end)->group("");
  app.add_option("--ours-first", options.ours_first)->group("");
  CLI11_PARSE(app, argc, argv);
  if (options.ours.empty()) options.ours = options.congestion;
  return fourtuple::bench::run(options);
}
