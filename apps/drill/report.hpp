// What is told about a script that was played.
#pragma once

#include <string>

#include "apps/drill/outcome.hpp"

namespace fourtuple::drill {

// For people; `draw` adds the ladder of a script that passed. Ends with a newline unless it is empty.
[[nodiscard]] std::string text_report(const packet_script::Script& script, const Outcome& outcome, bool draw);
// One JSON object on one line, newline included.
[[nodiscard]] std::string json_report(const packet_script::Script& script, const Outcome& outcome, bool draw);

// The words of JSON's "result".
[[nodiscard]] std::string_view name(Verdict verdict);

}  // namespace fourtuple::drill
