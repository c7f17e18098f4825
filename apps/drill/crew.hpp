// Many jobs, each in a process of its own: one that crashes or never ends takes only itself along.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "stack/base/time.hpp"

namespace fourtuple::drill {

// What a job leaves behind: an octet of its own choice, text, and notes, one a line, for whoever collects them.
struct JobResult {
  std::uint8_t code = 0;
  std::string text;
  std::string notes;
};

struct CrewOptions {
  std::size_t workers = 1;                       // at once
  Duration patience = std::chrono::seconds(10);  // of real time, for one job
  std::size_t max_text = std::size_t{64} << 20;  // of one job; the rest is thrown away
};

using Job = std::function<JobResult(std::size_t index)>;
// Called in order of the index. `fault` says why there is no result: "took longer than 10 s", "crashed (...)".
using Done = std::function<void(std::size_t index, const JobResult& result, const std::string& fault)>;

// Runs job(0) ... job(count - 1) in forked processes and calls `done` here for each.
void run_crew(std::size_t count, const CrewOptions& options, const Job& job, const Done& done);

}  // namespace fourtuple::drill
