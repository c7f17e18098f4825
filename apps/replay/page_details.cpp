// The list of what is worth telling, each with its frames and a way to its row.
#include <algorithm>
#include <fmt/format.h>

#include "apps/replay/page_parts.hpp"
#include "stack/observe/text.hpp"

namespace fourtuple::replay {
namespace {

void write_page_frame(Markup& to, std::string_view whose, const ShownSegment& shown) {
  const std::string frame = shown.frame == 0 ? std::string() : fmt::format("frame {}", shown.frame);
  to.open("tr");
  to.element("th", {}, whose).element("td", {}, frame).element("td", {{"class", "number"}}, page_time(shown.time));
  to.open("td").element("code", {}, text_of(shown)).close();
  to.close();
}

void write_page_frames(Markup& to, const PagePart& part, const Detail& detail) {
  const bool has_ours = detail.our_segment && *detail.our_segment < part.outcome.performance.segments.size();
  const bool has_recorded = detail.recorded_frame && *detail.recorded_frame < part.outcome.conversation->frames.size();
  if (!has_ours && !has_recorded) return;
  to.open("table", {{"class", "frames"}});
  if (has_ours) write_page_frame(to, "ours", part.rows.numbers().ours(*detail.our_segment));
  if (has_recorded) write_page_frame(to, "recorded", part.rows.numbers().recorded(*detail.recorded_frame));
  to.close();
}

void write_page_detail(Markup& to, const PagePart& part, std::size_t index) {
  const Detail& detail = part.outcome.details.at(index);
  to.open("li", {{"id", fmt::format("{}-d{}", part.anchor, index)},
                 {"class", fmt::format("detail {}", style_class(detail.verdict))}});
  to.open("p", {{"class", "top"}});
  write_chip(to, detail.verdict, name(detail.verdict));
  to.element("b", {},
             detail.party == Party::kOurs ? std::string("our stack")
                                          : fmt::format("the recorded {}", name(part.outcome.role)));
  to.element("span", {{"class", "clause"}}, detail.clause).element("span", {{"class", "rule"}}, detail.name);
  const std::uint32_t row = part.rows.row_of_detail(index);
  if (row != kNothing) {
    to.element("a", {{"class", "where"}, {"href", fmt::format("#{}-r{}", part.anchor, row)}}, "show the frame");
  }
  to.close();
  to.element("p", {{"class", "sentence"}}, detail.sentence);
  if (!detail.hint.empty()) to.element("p", {{"class", "hint"}}, detail.hint);
  write_page_frames(to, part, detail);
  to.close();
}

}  // namespace

void write_details(Markup& to, const PagePart& part) {
  const std::size_t shown = std::min(part.outcome.details.size(), part.limits.details);
  if (shown == 0) return;
  to.open("ol", {{"class", "details"}});
  for (std::size_t i = 0; i < shown; ++i) write_page_detail(to, part, i);
  to.close();
  const std::uint64_t left_out = part.outcome.details_left_out + part.outcome.details.size() - shown;
  if (left_out != 0) {
    to.element("p", {{"class", "note"}}, fmt::format("and {} more of the same kinds", observe::grouped(left_out)));
  }
}

}  // namespace fourtuple::replay
