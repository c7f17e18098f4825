// Runs of `fourtuple wire` with our measurement at both ends, several at a time.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "tests/bench/path/near_end.hpp"

namespace fourtuple::bench {

struct Trial {
  std::string cell;   // results of one cell belong together
  std::string rules;  // of the wire; "ba:" is towards the near end
  std::uint64_t seed = 1;
  NearOptions near;
  std::string our_congestion = "cubic";
};

// By cell, by the name of what was measured: one value a round, in the order of the trials where all went well.
using Results = std::map<std::string, std::map<std::string, std::vector<double>>>;

// Runs the trials in their order, `jobs` at a time, each in a world of its own that ends with it, within `span` of its
// longest measurement. With `verbose` what the wires and stacks remark is said, too.
[[nodiscard]] Results run_trials(const std::vector<Trial>& trials, std::size_t jobs, bool verbose);

}  // namespace fourtuple::bench
