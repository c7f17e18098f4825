// How outcomes are shown: a line each, details, JSON, and a page.
#pragma once

#include <span>
#include <string>

#include "apps/replay/outcome.hpp"

namespace fourtuple::replay {

struct TextOptions {
  bool ascii = false;
  bool color = false;
  std::size_t width = 100;
};

// "#0 client 10.0.0.1:5000 > 10.0.0.2:80  equivalent ..." without a newline.
[[nodiscard]] std::string summary_line(const Outcome& outcome, const TextOptions& options);
// The details under it: our frame, the recorded frame, clause, sentence, hint. Empty where there is nothing to tell.
[[nodiscard]] std::string details_text(const Outcome& outcome, const TextOptions& options);
// One JSON object on one line; docs/replay.md has the schema.
[[nodiscard]] std::string outcome_json(const Outcome& outcome, std::string_view file);
// One self-contained page: no scripts from elsewhere, no network, light and dark.
[[nodiscard]] std::string outcome_page(std::span<const Outcome> outcomes, std::string_view title);

}  // namespace fourtuple::replay
