#include <algorithm>
#include <fmt/format.h>
#include <utility>

#include "apps/packet_script/cursor.hpp"
#include "apps/packet_script/events.hpp"
#include "apps/packet_script/settings.hpp"

namespace fourtuple::packet_script {
namespace {

// The lines of a text without their ends; of a hostile text only the first kMaxLines.
std::vector<std::string> lines_of(std::string_view text) {
  std::vector<std::string> lines;
  while (!text.empty() && lines.size() < kMaxLines) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, end);
    if (line.ends_with('\r')) line.remove_suffix(1);
    lines.emplace_back(line);
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return lines;
}

bool is_control(char c) { return (static_cast<unsigned char>(c) < 0x20 && !is_blank(c)) || c == 0x7f; }

Position position_of(std::string_view text, std::size_t offset) {
  const std::string_view before = text.substr(0, offset);
  const auto line = static_cast<std::uint32_t>(std::ranges::count(before, '\n'));
  const std::size_t line_begin = before.rfind('\n') + 1;  // npos + 1 is 0
  return {line + 1, static_cast<std::uint32_t>(offset - line_begin + 1)};
}

// Why this cannot even be looked at.
std::optional<Complaint> objection_to(std::string_view text) {
  if (text.size() > kMaxScriptBytes)
    return Complaint{{}, fmt::format("this file has {} octets; a script has at most {}", text.size(), kMaxScriptBytes)};
  const auto control = std::ranges::find_if(text, is_control);
  if (control != text.end()) {
    const auto position = position_of(text, static_cast<std::size_t>(control - text.begin()));
    return Complaint{position, fmt::format("the octet {:#04x} is not text; is this a script?",
                                           static_cast<unsigned char>(*control))};
  }
  if (std::ranges::count(text, '\n') >= static_cast<std::ptrdiff_t>(kMaxLines))
    return Complaint{{}, fmt::format("a script has at most {} lines", kMaxLines)};
  return std::nullopt;
}

}  // namespace

tl::expected<Script, SyntaxError> parse(std::string_view text, std::string file, const Definitions& definitions) {
  const auto objection = objection_to(text);
  if (objection) return tl::unexpected(SyntaxError{std::move(file), objection->position, objection->message, {}});
  Script script;
  script.lines = lines_of(text);
  for (const auto& [name, value] : definitions)
    if (value.size() > kMaxDefinitionBytes)
      return tl::unexpected(
          SyntaxError{std::move(file),
                      {},
                      fmt::format("the value of -D {:.40} has more than {} octets", name, kMaxDefinitionBytes),
                      {}});
  Cursor in(text, definitions);
  read_settings(in, script);
  read_events(in, script);
  if (const auto& complaint = in.complaint()) {
    std::string line =
        complaint->position.line <= script.lines.size() ? script.lines[complaint->position.line - 1] : "";
    return tl::unexpected(SyntaxError{std::move(file), complaint->position, complaint->message, std::move(line)});
  }
  script.file = std::move(file);
  return script;
}

}  // namespace fourtuple::packet_script
