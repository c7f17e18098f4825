// A lab as a page to read and a set-up to run: one Markdown document. Its sections are the texts, and its block of code
// marked `lab` is what happens.
//
//   # Lab 5: Drop the third data segment
//   ## Question
//   ...
//   ```lab
//   wire: delay 20ms; out: drop data 3 once     rules, settings of the hosts (apps/laboratory/settings.hpp), seed, mtu
//   client: sack=0,congestion=reno
//   0ms server: listen 80                       actions by time
//   +1ms client: connect 80
//   until 5s
//   check exactly 1 segment-sent host=client cause=fast-retransmit
//   ```
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "apps/lab/checks.hpp"
#include "apps/lab/experiment.hpp"

namespace fourtuple::lab {

struct Scenario {
  std::string id;     // "05"
  std::string title;  // "Drop the third data segment"
  // Markdown, as it stands in the document.
  std::string question, predict, run, see, explain, exercise;
  std::string rules;     // as said
  std::string settings;  // of both hosts, as said: "client: sack=0"; one a line
  Setup setup;
  Duration until = std::chrono::seconds(10);
  std::vector<Check> checks;
};

// The error names the line.
[[nodiscard]] Result<Scenario, std::string> parse_scenario(std::string_view document);

// The block alone, as a text on one line that parse_setup() takes: how a run is named and repeated.
struct NamedSetup {
  Setup setup;
  std::string rules;
  std::string settings;
  Duration until = std::chrono::seconds(10);
  std::vector<Check> checks;
};
[[nodiscard]] Result<NamedSetup, std::string> parse_setup(std::string_view lines);

// The labs that come with the program, by number.
[[nodiscard]] const std::vector<Scenario>& scenarios();
// "5" and "05"; nullptr where there is none.
[[nodiscard]] const Scenario* find_scenario(std::string_view id);

}  // namespace fourtuple::lab
