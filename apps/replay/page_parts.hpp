// The pieces of the page, each well-formed markup.
#pragma once

#include <string>
#include <string_view>

#include "apps/replay/markup.hpp"
#include "apps/replay/page_rows.hpp"

namespace fourtuple::replay {

// How much of one conversation is drawn.
struct PageLimits {
  std::size_t rows = 400;
  std::size_t details = 100;
};

// One outcome on the page; `anchor` is the beginning of all its ids ("c0s").
struct PagePart {
  const Outcome& outcome;
  const PageRows& rows;
  std::string anchor;
  PageLimits limits;
};

[[nodiscard]] std::string page_style();
[[nodiscard]] std::string page_script();
// "must", "should", "diverged" ...: what the style calls a verdict.
[[nodiscard]] std::string_view style_class(Verdict verdict);
// The verdict's shape as a small drawing around (0, 0).
void draw_shape(Markup& to, Verdict verdict);
// For what only one side sent: it points at that side.
void draw_lone_shape(Markup& to, bool is_left);
// The shape and the word.
void write_chip(Markup& to, Verdict verdict, std::string_view words);

void write_ladder(Markup& to, const PagePart& part);
void write_details(Markup& to, const PagePart& part);
void write_graphs(Markup& to, const PagePart& part);

// Everything about one row, as lines of text.
[[nodiscard]] std::string row_text(const PagePart& part, std::size_t row);
// "12.000 ms", "12.345 s"
[[nodiscard]] std::string page_time(Duration time);
[[nodiscard]] std::string call_in_words(const judge::Call& call);
// "destination unreachable, code 4, mtu 1400"
[[nodiscard]] std::string icmp_in_words(const capture::IcmpFrame& frame);

}  // namespace fourtuple::replay
