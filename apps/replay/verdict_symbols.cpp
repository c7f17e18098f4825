#include <fmt/format.h>

#include "apps/replay/shown.hpp"

namespace fourtuple::replay {

std::string_view symbol(Verdict verdict) {
  switch (verdict) {
    case Verdict::kIdentical:
      return "=";
    case Verdict::kEquivalent:
      return "≈";
    case Verdict::kDiverged:
      return "◇";
    case Verdict::kViolationShould:
      return "▲";
    case Verdict::kViolationMust:
      return "✗";
    case Verdict::kStalled:
      return "‖";
    case Verdict::kNotReplayable:
      return "∅";
  }
  return "";
}

char ascii_symbol(Verdict verdict) {
  switch (verdict) {
    case Verdict::kIdentical:
      return '=';
    case Verdict::kEquivalent:
      return '~';
    case Verdict::kDiverged:
      return 'o';
    case Verdict::kViolationShould:
      return '!';
    case Verdict::kViolationMust:
      return 'X';
    case Verdict::kStalled:
      return '|';
    case Verdict::kNotReplayable:
      return '-';
  }
  return ' ';
}

std::string in_words(Verdict verdict, const std::optional<capture::Refusal>& refusal) {
  if (verdict != Verdict::kNotReplayable || !refusal) return std::string(name(verdict));
  return fmt::format("{} ({})", name(verdict), word(*refusal));
}

}  // namespace fourtuple::replay
