// Prints the golden table, or writes its files. scripts/golden is how people call it.
#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <fstream>

#include "tests/golden/table/table.hpp"

namespace fourtuple::golden {
namespace {

struct Options {
  std::string folder;      // where the files are written; empty: to standard output
  std::string controller;  // only this one
  std::string only;        // cells whose name has this in it are printed, one a line
  std::string rules;       // a wire that is no cell's
  std::uint64_t seeds = 5;
  int seconds = 4;
};

std::vector<std::string> all_cells(std::string_view controller) {
  std::vector<std::string> cells;
  for (std::size_t i = 0; i < kCellCount; ++i) cells.push_back(text(transfer(circumstances(cell(i), controller))));
  return cells;
}

void print_some(std::string_view controller, const std::string& wanted) {
  for (std::size_t i = 0; i < kCellCount; ++i) {
    const Cell which = cell(i);
    if (which.name().find(wanted) == std::string::npos) continue;
    const Circumstances given = circumstances(which, controller);
    fmt::print("{:8} {} {}  [{}]\n", controller, text(transfer(given)), which.name(), given.rules);
    std::fflush(stdout);
  }
}

void print_wire(std::string_view controller, const Options& options) {
  for (std::uint64_t seed = 1; seed <= options.seeds; ++seed) {
    const Circumstances given{.rules = options.rules,
                              .congestion = controller,
                              .seed = seed,
                              .octets = UINT64_MAX,
                              .limit = std::chrono::seconds(options.seconds),
                              .buffer_bytes = std::size_t{48} << 20};
    fmt::print("{:8} {} seed {}\n", controller, text(transfer(given)), seed);
  }
}

bool write(std::string_view controller, const std::string& folder) {
  const std::string table = table_text(controller, all_cells(controller));
  if (folder.empty()) return fmt::print("{}", table), true;
  std::ofstream file(folder + "/" + file_name(controller));
  file << table;
  return file.good();
}

int run(const Options& options) {
  for (const std::string_view controller : controllers()) {
    if (!options.controller.empty() && options.controller != controller) continue;
    if (!options.rules.empty()) {
      print_wire(controller, options);
    } else if (!options.only.empty()) {
      print_some(controller, options.only);
    } else if (!write(controller, options.folder)) {
      fmt::print(stderr, "{} in {} cannot be written\n", file_name(controller), options.folder);
      return 1;
    }
  }
  return 0;
}

}  // namespace
}  // namespace fourtuple::golden

int main(int argc, char** argv) {
  fourtuple::golden::Options options;
  CLI::App app("The goodput of our senders over bad wires, in virtual time.");
  app.add_option("--write", options.folder, "write the files into this folder");
  app.add_option("--controller", options.controller, "only this congestion controller");
  app.add_option("--only", options.only, "print only cells whose name has this in it: 'RTT 20 ms, loss 1%'");
  app.add_option("--rules", options.rules, "a wire of your own, 'rate 50mbit; delay 10ms; out: reorder 30%'");
  app.add_option("--seeds", options.seeds, "how often, with other dice")->capture_default_str();
  app.add_option("--seconds", options.seconds, "how long, in virtual time")->capture_default_str();
  CLI11_PARSE(app, argc, argv);
  return fourtuple::golden::run(options);
}
