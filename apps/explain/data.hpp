// What scripts/explain_data writes at build time from the requirement tables, the tags in code and tests, and
// docs/sockets.md: lines with tabs between their columns. apps/explain/records.hpp reads them.
#pragma once

#include <span>
#include <string_view>

namespace fourtuple::explain {

[[nodiscard]] std::span<const std::string_view> requirement_lines();
[[nodiscard]] std::span<const std::string_view> section_lines();
[[nodiscard]] std::span<const std::string_view> statement_lines();
[[nodiscard]] std::span<const std::string_view> tag_lines();
[[nodiscard]] std::span<const std::string_view> mention_lines();

}  // namespace fourtuple::explain
