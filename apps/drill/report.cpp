#include "apps/drill/report.hpp"

#include <fmt/format.h>

#include "stack/observe/json.hpp"

namespace fourtuple::drill {
namespace {

std::string source_line(const packet_script::Script& script, Position position) {
  if (position.line == 0 || position.line > script.lines.size()) return {};
  const std::string& line = script.lines[position.line - 1];
  const auto first = line.find_first_not_of(" \t");
  if (first == std::string::npos) return {};
  return line.substr(first, line.find_last_not_of(" \t\r\n") - first + 1);
}

std::string failure_text(const packet_script::Script& script, const Outcome& outcome) {
  const Failure& failure = outcome.failure;
  std::string text = fmt::format("{}:{}: {}\n", script.file, failure.position.line, failure.message);
  text += fmt::format("  script   {}\n", source_line(script, failure.position));
  if (!failure.came.empty()) text += fmt::format("  came     {}\n", failure.came);
  for (const std::string& difference : failure.differences) text += fmt::format("  differs  {}\n", difference);
  return text;
}

std::string json_list(const std::vector<std::string>& texts) {
  std::string list;
  for (const std::string& text : texts) list += (list.empty() ? "" : ",") + observe::json_string(text);
  return "[" + list + "]";
}

}  // namespace

std::string_view name(Verdict verdict) {
  switch (verdict) {
    case Verdict::kPassed:
      return "passed";
    case Verdict::kFailed:
      return "failed";
    case Verdict::kSkipped:
      return "skipped";
    case Verdict::kNotAScript:
      return "not a script";
  }
  return "failed";
}

std::string text_report(const packet_script::Script& script, const Outcome& outcome, bool draw) {
  switch (outcome.verdict) {
    case Verdict::kPassed:
      return draw ? fmt::format("{}: passed\n", script.file) + outcome.ladder : "";
    case Verdict::kFailed:
      return failure_text(script, outcome) + outcome.ladder;
    case Verdict::kSkipped:
      return fmt::format("{}: skipped: {}\n", script.file, outcome.reason);
    case Verdict::kNotAScript:
      return outcome.reason + "\n";
  }
  return {};
}

std::string json_report(const packet_script::Script& script, const Outcome& outcome, bool draw) {
  observe::JsonObject object;
  object.add("script", script.file).add("result", name(outcome.verdict));
  if (outcome.verdict == Verdict::kFailed) {
    object.add("line", outcome.failure.position.line).add("message", outcome.failure.message);
    object.add("expected", source_line(script, outcome.failure.position)).add("came", outcome.failure.came);
    object.add_raw("differences", json_list(outcome.failure.differences));
  }
  if (!outcome.reason.empty()) object.add("reason", outcome.reason);
  object.add("events", outcome.events);
  object.add("virtual_us", std::chrono::duration_cast<std::chrono::microseconds>(outcome.virtual_time).count());
  if (!outcome.ignored.empty()) object.add_raw("ignored", json_list(outcome.ignored));
  if (draw || outcome.verdict == Verdict::kFailed) object.add("ladder", outcome.ladder);
  return object.text() + "\n";
}

}  // namespace fourtuple::drill
