#include "stack/observe/ladder_pen.hpp"

#include <algorithm>
#include <fmt/format.h>

#include "stack/observe/text.hpp"

namespace fourtuple::observe {
namespace {

std::string_view code_of(Tone tone) {
  switch (tone) {
    case Tone::kPlain:
      return "";
    case Tone::kSent:
      return "36";  // cyan
    case Tone::kReceived:
      return "32";  // green
    case Tone::kAgain:
      return "33";  // yellow
    case Tone::kDropped:
      return "31";  // red
    case Tone::kState:
      return "1";  // bold
    case Tone::kTimer:
      return "35";  // magenta
    case Tone::kQuiet:
      return "2";  // dim
  }
  return "";
}

}  // namespace

LadderPen::LadderPen(bool ascii, bool color, std::size_t width)
    : color_(color), width_(std::clamp<std::size_t>(width, 80, 200)) {
  glyphs_ = ascii ? Glyphs{"|", "<", ">", "-", "*", "->", ":", "X"} : Glyphs{"│", "◄", "►", "─", "●", "→", "┊", "✗"};
  const std::size_t why = width_ >= 100 ? kWhy : kWhy - (100 - width_) / 2;
  area_ = width_ - kMargin - 2 - 1 - why;
}

std::string LadderPen::painted(Tone tone, std::string_view text) const {
  const std::string_view code = code_of(tone);
  if (!color_ || code.empty() || text.find_first_not_of(' ') == std::string_view::npos) return std::string(text);
  return fmt::format("\x1b[{}m{}\x1b[0m", code, text);
}

std::string LadderPen::row(const Margin& margin, std::string_view left_line, std::string_view inner,
                           std::string_view why) const {
  const std::string time = margin.time ? milliseconds(*margin.time) : std::string();
  std::string line = painted(Tone::kState, padded(margin.tag, 4));
  line += painted(Tone::kQuiet, fmt::format("{:>10}", time)) + "   ";
  line += left_line;
  line += inner;
  line += glyphs_.lifeline;
  if (!why.empty()) line += " " + painted(Tone::kQuiet, why);
  return line + "\n";
}

std::string LadderPen::with_reason(const Margin& margin, std::string_view inner, Tone tone, std::string_view why,
                                   std::string_view rule) const {
  const std::size_t room = width_ - kMargin - area_ - 3;
  const std::string drawn = painted(tone, inner);
  if (columns(why) + 1 + columns(rule) <= room || rule.empty()) {
    return row(margin, glyphs_.lifeline, drawn,
               why.empty()    ? rule
               : rule.empty() ? why
                              : fmt::format("{} {}", why, rule));
  }
  const std::string blank(area_, ' ');
  return row(margin, glyphs_.lifeline, drawn, cut(why, room)) + row({}, glyphs_.lifeline, blank, cut(rule, room));
}

// "── text ─────►" or "◄─ text ──────"; a lost one is cut in the middle of its way.
std::string LadderPen::shaft(Direction direction, std::string_view text, bool lost) const {
  const std::string shown = cut(text, arrow_text_width());
  const std::size_t tail = area_ - 4 - columns(shown) - 1;
  const std::string_view dash = glyphs_.dash;
  if (direction == Direction::kSent) {
    return fmt::format("{0}{0} {1} {2}{3}", dash, shown, repeated(dash, tail), lost ? glyphs_.lost : glyphs_.right);
  }
  return fmt::format("{0}{1} {2} {3}{1}", lost ? glyphs_.lost : glyphs_.left, dash, shown, repeated(dash, tail));
}

std::string LadderPen::arrow(const Margin& margin, Direction direction, Tone tone, std::string_view text,
                             std::string_view why, std::string_view rule) const {
  return with_reason(margin, shaft(direction, text, false), tone, why, rule);
}

std::string LadderPen::lost_arrow(const Margin& margin, Direction direction, std::string_view text,
                                  std::string_view why, std::string_view rule) const {
  return with_reason(margin, shaft(direction, text, true), Tone::kDropped, why, rule);
}

std::string LadderPen::mark(const Margin& margin, Tone tone, std::string_view text, std::string_view why) const {
  const std::string inner = padded(" " + cut(text, area_ - 2), area_);
  return row(margin, painted(tone, glyphs_.mark), painted(tone, inner), why);
}

std::string LadderPen::below_arrow(std::string_view text) const {
  return row({}, glyphs_.lifeline, painted(Tone::kQuiet, padded("   " + cut(text, area_ - 4), area_)), "");
}

std::string LadderPen::gap(std::string_view text, std::string_view beside) const {
  std::string line(kMargin, ' ');
  line += glyphs_.break_mark;
  line += painted(Tone::kQuiet, padded("  " + cut(text, area_ - 3), area_));
  line += glyphs_.break_mark;
  if (!beside.empty()) line += " " + painted(Tone::kQuiet, cut(beside, width_ - kMargin - area_ - 3));
  return line + "\n";
}

std::string LadderPen::change(std::string_view from, std::string_view to) const {
  return fmt::format("{} {} {}", from, glyphs_.to, to);
}

std::string LadderPen::head(std::string_view left, std::string_view right, std::string_view beside) const {
  const std::string names = fmt::format("{}{:>{}}", left, right, area_ + 2 - std::min(area_, left.size()));
  return painted(Tone::kQuiet, fmt::format("{:>14}   {} {}", "time ms", names, beside)) + "\n";
}

std::string LadderPen::headline(const std::string& tag, std::string_view text) const {
  const std::string whole = cut(fmt::format("{} {} ", tag, text), width_ - 2);
  const std::string rule = repeated(glyphs_.dash, width_ - columns(whole));
  return painted(Tone::kState, whole) + painted(Tone::kQuiet, rule) + "\n";
}

std::string LadderPen::legend() const {
  return painted(Tone::kQuiet,
                 "S SYN   F FIN   R RST   P PSH   . ACK   U URG      from:to(octets) counted from 0 = the SYN\n"
                 "win: octets the sender would take now   x45: handed over as one, 45 segments on the wire\n"
                 "again: a retransmission                 X or cross: dropped, and why\n");
}

}  // namespace fourtuple::observe
