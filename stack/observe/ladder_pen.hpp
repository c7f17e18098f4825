// Draws the rows of a ladder: knows widths, glyphs and colours, and nothing of events.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "stack/base/time.hpp"

namespace fourtuple::observe {

enum class Direction : std::uint8_t { kReceived, kSent };
enum class Tone : std::uint8_t { kPlain, kSent, kReceived, kAgain, kDropped, kState, kTimer, kQuiet };

// What stands left of the lifelines.
struct Margin {
  std::string tag;               // "#1", or empty
  std::optional<Duration> time;  // since the first event
};

class LadderPen {
 public:
  LadderPen(bool ascii, bool color, std::size_t width);

  // Octets of text that fit between the ends of an arrow.
  [[nodiscard]] std::size_t arrow_text_width() const { return area_ - kArrowEnds; }

  // Each answers whole lines. `why` is the name and `rule` the clause beside the row; what finds no room there is
  // continued on a second line.
  [[nodiscard]] std::string head(std::string_view left, std::string_view right, std::string_view beside) const;
  [[nodiscard]] std::string legend() const;
  [[nodiscard]] std::string headline(const std::string& tag, std::string_view text) const;
  [[nodiscard]] std::string arrow(const Margin& margin, Direction direction, Tone tone, std::string_view text,
                                  std::string_view why, std::string_view rule) const;
  // An arrow that does not reach the other side: X marks where it ended.
  [[nodiscard]] std::string lost_arrow(const Margin& margin, Direction direction, std::string_view text,
                                       std::string_view why, std::string_view rule) const;
  // Something that happened at our end, marked on our lifeline.
  [[nodiscard]] std::string mark(const Margin& margin, Tone tone, std::string_view text, std::string_view why) const;
  // Further words about the row above, in the arrow's column.
  [[nodiscard]] std::string below_arrow(std::string_view text) const;
  // A break in the drawing: elided rows or silence.
  [[nodiscard]] std::string gap(std::string_view text, std::string_view beside = "") const;
  // "LISTEN → SYN-RECEIVED"
  [[nodiscard]] std::string change(std::string_view from, std::string_view to) const;

 private:
  struct Glyphs {
    std::string_view lifeline, left, right, dash, mark, to, break_mark, lost;
  };
  static constexpr std::size_t kMargin = 17;    // "#12 123456.789   "
  static constexpr std::size_t kWhy = 32;       // what most reasons and clauses need together
  static constexpr std::size_t kArrowEnds = 6;  // "── " and " ─►"

  [[nodiscard]] std::string row(const Margin& margin, std::string_view left_line, std::string_view inner,
                                std::string_view why) const;
  [[nodiscard]] std::string with_reason(const Margin& margin, std::string_view inner, Tone tone, std::string_view why,
                                        std::string_view rule) const;
  [[nodiscard]] std::string shaft(Direction direction, std::string_view text, bool lost) const;
  [[nodiscard]] std::string painted(Tone tone, std::string_view text) const;

  Glyphs glyphs_;
  bool color_;
  std::size_t width_;
  std::size_t area_;  // columns between the lifelines
};

}  // namespace fourtuple::observe
