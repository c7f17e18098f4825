#include "apps/explain/records.hpp"

#include <array>

#include "apps/explain/data.hpp"

namespace fourtuple::explain {
namespace {

// The next column, which leaves `line`.
std::string_view take_column(std::string_view& line) {
  const std::size_t tab = line.find('\t');
  const std::string_view column = line.substr(0, tab);
  line.remove_prefix(tab == std::string_view::npos ? line.size() : tab + 1);
  return column;
}

template <std::size_t kCount>
std::array<std::string_view, kCount> columns_of(std::string_view line) {
  std::array<std::string_view, kCount> columns;
  for (std::string_view& column : columns) column = take_column(line);
  return columns;
}

void note_further_sections(Records& records, std::string_view rfc, std::string_view words) {
  while (!words.empty()) {
    const std::size_t space = words.find(' ');
    if (space != 0) records.further_sections.emplace_back(rfc, words.substr(0, space));
    words.remove_prefix(space == std::string_view::npos ? words.size() : space + 1);
  }
}

void read_requirement(Records& records, std::string_view text) {
  const auto [rfc, file, line, id, level, section, says, status, note] = columns_of<9>(text);
  const Place place{.file = file, .line = line, .owner = {}};
  if (id == "=") {
    records.documents.push_back({.rfc = rfc, .title = level, .place = place});
  } else if (id == "+") {
    note_further_sections(records, rfc, level);
  } else {
    records.requirements.push_back({.rfc = rfc,
                                    .id = id,
                                    .level = level,
                                    .section = section,
                                    .text = says,
                                    .status = status,
                                    .note = note,
                                    .place = place});
  }
}

}  // namespace

Records read_records() {
  Records records;
  for (const std::string_view line : requirement_lines()) read_requirement(records, line);
  for (const std::string_view line : section_lines()) {
    const auto [number, about] = columns_of<2>(line);
    records.sections.push_back({.number = number, .about = about});
  }
  for (const std::string_view line : statement_lines()) {
    const auto [number, text, tests] = columns_of<3>(line);
    records.statements.push_back({.number = number, .text = text, .tests = tests});
  }
  for (const std::string_view text : tag_lines()) {
    const auto [kind, rfc, clause, file, line, owner] = columns_of<6>(text);
    records.tags.push_back(
        {.kind = kind, .rfc = rfc, .clause = clause, .place = {.file = file, .line = line, .owner = owner}});
  }
  for (const std::string_view text : mention_lines()) {
    const auto [kind, subject, file, line, owner] = columns_of<5>(text);
    records.mentions.push_back(
        {.kind = kind, .subject = subject, .place = {.file = file, .line = line, .owner = owner}});
  }
  return records;
}

bool is_about(std::string_view clause, std::string_view id) {
  if (id.starts_with(clause)) {
    const std::string_view part = id.substr(clause.size());
    return part.empty() || (part.size() == 3 && part.front() == '(');
  }
  return clause.starts_with(id) && std::string_view(" ,:").find(clause[id.size()]) != std::string_view::npos;
}

bool is_within(std::string_view clause, std::string_view section) {
  if (!clause.starts_with(section)) return false;
  return clause.size() == section.size() ||
         std::string_view(".( ,").find(clause[section.size()]) != std::string_view::npos;
}

}  // namespace fourtuple::explain
