// Explanations and lists as people and programs read them.
#include <algorithm>
#include <fmt/format.h>

#include "apps/explain/explanation.hpp"
#include "stack/observe/json.hpp"
#include "stack/observe/text.hpp"

namespace fourtuple::explain {
namespace {

using observe::json_string;
using observe::JsonObject;

constexpr std::size_t kMostPlaces = 8;
constexpr std::size_t kLabelWidth = 16;

// `text` in lines of at most `width` columns, `indent` spaces before all but the first.
std::string wrapped(std::string_view text, std::size_t width, std::size_t indent) {
  std::string lines;
  std::size_t column = indent;
  while (!text.empty()) {
    const std::size_t space = text.find(' ');
    const std::string_view word = text.substr(0, space);
    text.remove_prefix(space == std::string_view::npos ? text.size() : space + 1);
    const bool fits = column == indent || column + 1 + observe::columns(word) <= width;
    if (!fits) {
      lines += "\n" + std::string(indent, ' ');
      column = indent;
    }
    if (column != indent) lines += " ", ++column;
    lines += word;
    column += observe::columns(word);
  }
  return lines + "\n";
}

std::string labelled(std::string_view label, std::string_view text, std::size_t width) {
  const std::size_t indent = 2 + std::max(kLabelWidth, label.size() + 1);
  return fmt::format("  {:{}}", label, indent - 2) + wrapped(text, width, indent);
}

std::string place_text(const Place& place) {
  const std::string where = place.file.empty() ? std::string() : fmt::format("{}:{}", place.file, place.line);
  if (place.owner.empty() || place.owner == place.file) return where;
  return where.empty() ? std::string(place.owner) : fmt::format("{}  {}", where, place.owner);
}

std::string places_text(std::string_view label, const std::vector<Place>& places) {
  std::string text;
  for (std::size_t i = 0; i < std::min(places.size(), kMostPlaces); ++i)
    text += fmt::format("  {:{}}{}\n", i == 0 ? label : "", kLabelWidth, place_text(places[i]));
  if (places.size() > kMostPlaces)
    text += fmt::format("  {:{}}and {} more (--json lists all)\n", "", kLabelWidth, places.size() - kMostPlaces);
  return text;
}

std::string list_json(const std::vector<std::string>& items) { return fmt::format("[{}]", fmt::join(items, ",")); }

std::string places_json(const std::vector<Place>& places) {
  std::vector<std::string> items;
  for (const Place& place : places) {
    JsonObject object;
    if (!place.file.empty()) object.add("file", place.file).add_raw("line", place.line);
    if (!place.owner.empty()) object.add("name", place.owner);
    items.push_back(object.text());
  }
  return list_json(items);
}

std::string facts_json(const Explanation& explanation) {
  std::vector<std::string> items;
  for (const auto& [label, text] : explanation.facts)
    items.push_back(JsonObject().add("label", label).add("text", text).text());
  return list_json(items);
}

std::string_view title_of(Kind kind) {
  switch (kind) {
    case Kind::kState:
      return "States of a connection";
    case Kind::kTimer:
      return "Timers";
    case Kind::kCause:
      return "Causes: what made a segment leave";
    case Kind::kDrop:
      return "Drop reasons: why a packet did not count";
    case Kind::kRule:
      return "Rules of the judge (docs/rules.md)";
    case Kind::kStatement:
      return "Statements about sockets (docs/sockets.md)";
    case Kind::kDocument:
      return "RFCs; rfc9293 alone lists its requirements";
    case Kind::kSection:
      return "Sections, of RFC 9293 also without its number";
    case Kind::kRequirement:
      return "Requirements, of RFC 9293 also without its number";
  }
  return "";
}

}  // namespace

std::string to_text(const Explanation& explanation, std::size_t width) {
  std::string text = fmt::format("{} ({}{}{})\n", explanation.name, name(explanation.kind),
                                 explanation.clause.empty() ? "" : ", ", explanation.clause);
  text += "  " + wrapped(explanation.says, width, 2);
  for (const auto& [label, fact] : explanation.facts) text += labelled(label, fact, width);
  text += places_text("defined", explanation.defined);
  text += places_text("code", explanation.code);
  text += places_text(explanation.tests_of_clause ? "clause's tests" : "tests", explanation.tests);
  if (!explanation.see.empty())
    text += labelled("see", fmt::format("fourtuple explain {}", fmt::join(explanation.see, " ")), width);
  return text;
}

std::string to_json(const Explanation& explanation) {
  std::vector<std::string> see;
  for (const std::string& topic : explanation.see) see.push_back(json_string(topic));
  JsonObject object;
  object.add("kind", name(explanation.kind)).add("name", explanation.name).add("says", explanation.says);
  if (!explanation.clause.empty()) object.add("clause", explanation.clause);
  object.add_raw("facts", facts_json(explanation))
      .add_raw("defined", places_json(explanation.defined))
      .add_raw("code", places_json(explanation.code))
      .add_raw("tests", places_json(explanation.tests))
      .add("tests_of_clause", explanation.tests_of_clause)
      .add_raw("see", list_json(see));
  return object.text();
}

std::string overview(const std::vector<Topic>& topics, std::size_t width) {
  std::string text;
  for (std::size_t kind = 0; kind <= static_cast<std::size_t>(Kind::kRequirement); ++kind) {
    std::string names;
    for (const Topic& topic : topics)
      if (static_cast<std::size_t>(topic.kind) == kind) names += (names.empty() ? "" : " ") + topic.name;
    text += fmt::format("{}\n  {}", title_of(static_cast<Kind>(kind)), wrapped(names, width, 2));
  }
  return text;
}

std::string overview_json(const std::vector<Topic>& topics) {
  std::string text;
  for (const Topic& topic : topics)
    text += JsonObject().add("kind", name(topic.kind)).add("name", topic.name).text() + "\n";
  return text;
}

}  // namespace fourtuple::explain
