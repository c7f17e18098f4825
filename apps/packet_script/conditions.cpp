#include "apps/packet_script/conditions.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>

#include "apps/packet_script/characters.hpp"

namespace fourtuple::packet_script {
namespace {

constexpr std::array<std::string_view, 8> kDirectives = {"#ifdef",  "#ifndef", "#else",  "#endif",
                                                         "#define", "#elif",   "#undef", "#include"};

std::string_view without_blanks(std::string_view text) {
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  return text;
}

// The first word of `text`, taken from it; blanks around it go too.
std::string_view next_directive_word(std::string_view& text) {
  const std::size_t mark = text.starts_with('#') ? 1 : 0;
  const std::string_view word = text.substr(0, mark + leading_word(text.substr(mark)).size());
  text = without_blanks(text.substr(word.size()));
  return word;
}

}  // namespace

bool Conditions::is_directive(std::string_view line) {
  return std::ranges::find(kDirectives, next_directive_word(line)) != kDirectives.end();
}

std::optional<Complaint> Conditions::take(std::string_view line, Position position, Definitions& definitions) {
  line = without_blanks(line.substr(0, line.find("//")));
  const std::string directive(next_directive_word(line));
  if (directive == "#else") return turn(position);
  if (directive == "#endif") return end(position);
  const std::string name(next_directive_word(line));
  if (directive == "#ifdef" || directive == "#ifndef") {
    if (name.empty()) return Complaint{position, fmt::format("expected a name after {}", directive)};
    return begin(directive, (definitions.count(name) != 0) == (directive == "#ifdef"), position);
  }
  if (!is_active()) return std::nullopt;
  if (directive != "#define") return Complaint{position, fmt::format("{} is not supported", directive)};
  if (name.empty()) return Complaint{position, "expected a name after #define"};
  if (line.size() > kMaxDefinitionBytes)
    return Complaint{position, fmt::format("a definition has at most {} octets", kMaxDefinitionBytes)};
  definitions.emplace(name, line);
  return std::nullopt;
}

std::optional<Complaint> Conditions::begin(const std::string& name, bool holds, Position position) {
  if (open_.size() == kMaxDepth) return Complaint{position, fmt::format("more than {} {} in another", kMaxDepth, name)};
  open_.push_back({name, position, is_active() && holds, is_active() && !holds, false});
  return std::nullopt;
}

std::optional<Complaint> Conditions::turn(Position position) {
  if (open_.empty()) return Complaint{position, "#else without #ifdef"};
  Open& last = open_.back();
  if (last.had_else)
    return Complaint{position, fmt::format("a second #else for the {} of line {}", last.name, last.position.line)};
  last.had_else = true;
  last.is_active = last.else_is_active;
  return std::nullopt;
}

std::optional<Complaint> Conditions::end(Position position) {
  if (open_.empty()) return Complaint{position, "#endif without #ifdef"};
  open_.pop_back();
  return std::nullopt;
}

std::optional<Complaint> Conditions::at_end() const {
  if (open_.empty()) return std::nullopt;
  return Complaint{open_.back().position, fmt::format("this {} has no #endif", open_.back().name)};
}

}  // namespace fourtuple::packet_script
