// What rules say with the name of a file.
#pragma once

#include <string>

#include "drivers/impair/rules.hpp"

namespace fourtuple::impair {

// Rules as a user gives them: a text, or the name of a file with the text in it (what names an existing file is one).
// Traces are loaded; their names, where not absolute, start at the rules' file.
[[nodiscard]] SetupResult<WireRules> rules_from(const std::string& file_or_text);

// Puts moments in place of the file's name in all traces that have one. A file has one whole number of milliseconds a
// line, in rising order, as mahimahi's have.
[[nodiscard]] SetupResult<Done> load_traces(WireRules& rules, const std::string& folder = {});

}  // namespace fourtuple::impair
