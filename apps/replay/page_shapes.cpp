// Verdicts by shape: they must be told apart without colours too.
#include <fmt/format.h>

#include "apps/replay/page_parts.hpp"

namespace fourtuple::replay {

std::string_view style_class(Verdict verdict) {
  switch (verdict) {
    case Verdict::kIdentical:
      return "identical";
    case Verdict::kEquivalent:
      return "equivalent";
    case Verdict::kDiverged:
      return "diverged";
    case Verdict::kViolationShould:
      return "should";
    case Verdict::kViolationMust:
      return "must";
    case Verdict::kStalled:
      return "stalled";
    case Verdict::kNotReplayable:
      return "refused";
  }
  return "";
}

namespace {

// In a square of 14 around (0, 0). What is filled comes first, what is drawn with a line second.
struct VerdictShape {
  std::string_view filled;
  std::string_view lines;
};

VerdictShape verdict_shape(Verdict verdict) {
  switch (verdict) {
    case Verdict::kIdentical:
      return {"", "M-5-2.5H5M-5 2.5H5"};
    case Verdict::kEquivalent:
      return {"", "M-6-1.5C-3.5-5.5-2.5 1.5 0-2.5S3.5-5.5 6-3.5M-6 4C-3.5 0-2.5 7 0 3S3.5 0 6 2"};
    case Verdict::kDiverged:
      return {"", "M0-6.5L6.5 0L0 6.5L-6.5 0Z"};
    case Verdict::kViolationShould:
      return {"M0-7L7.5 6H-7.5Z", "M0-2.5V1.5M0 3.6V4.2"};
    case Verdict::kViolationMust:
      return {"M-3-7H3L7-3V3L3 7H-3L-7 3V-3Z", "M-3-3L3 3M3-3L-3 3"};
    case Verdict::kStalled:
      return {"M-7-7H7V7H-7Z", "M-2.5-4V4M2.5-4V4"};
    case Verdict::kNotReplayable:
      return {"", "M-4.2 4.2L4.2-4.2M-6 0A6 6 0 1 0 6 0A6 6 0 1 0-6 0"};
  }
  return {};
}

}  // namespace

void draw_shape(Markup& to, Verdict verdict) {
  const VerdictShape shape = verdict_shape(verdict);
  to.open("g", {{"class", fmt::format("shape {}", style_class(verdict))}});
  if (!shape.filled.empty()) to.leaf("path", {{"class", "body"}, {"d", shape.filled}});
  to.leaf("path", {{"class", shape.filled.empty() ? "line" : "mark"}, {"d", shape.lines}});
  to.close();
}

void draw_lone_shape(Markup& to, bool is_left) {
  to.open("g", {{"class", "shape alone"}});
  to.leaf("path", {{"class", "line"}, {"d", is_left ? "M3-4L-4 0L3 4Z" : "M-3-4L4 0L-3 4Z"}});
  to.close();
}

void write_chip(Markup& to, Verdict verdict, std::string_view words) {
  to.open("span", {{"class", fmt::format("chip {}", style_class(verdict))}});
  to.open("svg", {{"viewBox", "-8 -8 16 16"}, {"width", "14"}, {"height", "14"}, {"aria-hidden", "true"}});
  draw_shape(to, verdict);
  to.close().text(words).close();
}

}  // namespace fourtuple::replay
