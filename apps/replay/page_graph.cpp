// Time-sequence graphs in the manner of tcptrace: sequence numbers upwards, time (or events) to the right. The script
// of the page draws them again when somebody zooms; both use the same three kinds of pieces: bars, stairs and marks.
#include <algorithm>
#include <fmt/format.h>

#include "apps/replay/graph_events.hpp"
#include "stack/observe/text.hpp"

namespace fourtuple::replay {
namespace {

constexpr double kPlotWidth = 560;
constexpr double kPlotHeight = 250;
constexpr std::size_t kMostEvents = 600;

std::string decimal(double value) { return fmt::format("{:.1f}", value); }

double microseconds_of(const ShownSegment& shown) {
  return std::chrono::duration<double, std::micro>(shown.time).count();
}

class GraphDrawing {
 public:
  GraphDrawing(Markup& to, const PagePart& part, const GraphView& view) : to_(to), part_(part), view_(view) {}
  void draw(const GraphEvents& events, std::string_view label);

 private:
  [[nodiscard]] double x_of(const GraphEvent& event) const;
  [[nodiscard]] double y_of(double value) const {
    return kPlotHeight - (value - view_.lowest) / (view_.highest - view_.lowest) * kPlotHeight;
  }
  void draw_ticks();
  void draw_axis_words();
  void draw_stairs(const GraphEvents& events, bool is_window);
  void draw_bar(const GraphEvent& event, std::string_view kind, std::int64_t begin, std::int64_t end);
  void draw_mark(const GraphEvent& event, std::string_view kind, std::int64_t at, std::string_view words);
  void draw_data(const GraphEvent& event);
  void draw_ack(const GraphEvent& event);
  void draw_event(const GraphEvent& event);

  Markup& to_;
  const PagePart& part_;
  const GraphView& view_;
};

double GraphDrawing::x_of(const GraphEvent& event) const {
  const double at = view_.by_event ? event.row : microseconds_of(event.shown);
  const double first = view_.by_event ? view_.first_event : view_.first_time;
  const double last = view_.by_event ? view_.last_event : view_.last_time;
  return (at - first) / (last - first) * kPlotWidth;
}

std::string tick_words(double value, bool is_time) {
  if (!is_time) return observe::grouped(static_cast<std::uint64_t>(std::max(0.0, value)));
  return fmt::format("{:.6g} ms", value / 1000);
}

void GraphDrawing::draw_ticks() {
  const bool is_time = !view_.by_event;
  const double first = is_time ? view_.first_time : view_.first_event;
  const double last = is_time ? view_.last_time : view_.last_event;
  to_.open("g", {{"class", "ticks"}});
  for (const double at : graph_ticks(first, last, 6)) {
    const std::string x = decimal(64 + (at - first) / (last - first) * kPlotWidth);
    to_.leaf("line", {{"x1", x}, {"x2", x}, {"y1", "14"}, {"y2", "264"}});
    to_.element("text", {{"x", x}, {"y", "280"}, {"text-anchor", "middle"}}, tick_words(at, is_time));
  }
  for (const double at : graph_ticks(view_.lowest, view_.highest, 6)) {
    const std::string y = decimal(14 + y_of(at));
    to_.leaf("line", {{"x1", "64"}, {"x2", "624"}, {"y1", y}, {"y2", y}});
    to_.element("text", {{"x", "58"}, {"y", y}, {"dy", "4"}, {"text-anchor", "end"}}, tick_words(at, false));
  }
  to_.close();
}

void GraphDrawing::draw_axis_words() {
  to_.element("text", {{"class", "axis"}, {"x", "624"}, {"y", "300"}, {"text-anchor", "end"}},
              view_.by_event ? "event number (row of the ladder)" : "time");
  to_.element("text", {{"class", "unit"}, {"x", "64"}, {"y", "300"}}, "upwards: octets since the SYN");
  if (view_.window_leaves) {
    to_.element("text", {{"class", "beyond"}, {"x", "618"}, {"y", "28"}, {"text-anchor", "end"}},
                "↑ the window's edge is above");
  }
}

// From point to point first across, then up.
void GraphDrawing::draw_stairs(const GraphEvents& events, bool is_window) {
  std::string points;
  std::string path;
  for (const GraphEvent& event : events.all) {
    if (event.is_data) continue;
    const std::int64_t value =
        event.shown.line.relative_ack + (is_window ? static_cast<std::int64_t>(event.shown.line.window_bytes) : 0);
    points += fmt::format("{}{:.0f},{},{}", points.empty() ? "" : " ", microseconds_of(event.shown), event.row, value);
    const std::string y = decimal(y_of(static_cast<double>(value)));
    path +=
        path.empty() ? fmt::format("M{} {}", decimal(x_of(event)), y) : fmt::format("H{}V{}", decimal(x_of(event)), y);
  }
  if (!path.empty()) path += fmt::format("H{}", decimal(kPlotWidth));
  to_.leaf("path", {{"class", is_window ? "stairs window" : "stairs ack"}, {"data-p", points}, {"d", path}});
}

// An arrow's head at both ends, as xplot draws it.
void GraphDrawing::draw_bar(const GraphEvent& event, std::string_view kind, std::int64_t begin, std::int64_t end) {
  const double x = x_of(event);
  const double low = y_of(static_cast<double>(begin));
  const double high = y_of(static_cast<double>(end));
  const double head = std::min(4.0, (low - high) / 2);
  to_.leaf("path",
           {{"class", fmt::format("bar {}", kind)},
            {"data-t", fmt::format("{:.0f}", microseconds_of(event.shown))},
            {"data-e", std::to_string(event.row)},
            {"data-a", std::to_string(begin)},
            {"data-b", std::to_string(end)},
            {"d", fmt::format("M{0:.1f} {1:.1f}V{2:.1f}M{3:.1f} {4:.1f}L{0:.1f} {2:.1f}L{5:.1f} {4:.1f}M{3:.1f} "
                              "{6:.1f}L{0:.1f} {1:.1f}L{5:.1f} {6:.1f}",
                              x, low, high, x - 3, high + head, x + 3, low - head)}});
}

void GraphDrawing::draw_mark(const GraphEvent& event, std::string_view kind, std::int64_t at, std::string_view words) {
  to_.open("g", {{"class", fmt::format("mark {}", kind)},
                 {"data-t", fmt::format("{:.0f}", microseconds_of(event.shown))},
                 {"data-e", std::to_string(event.row)},
                 {"data-v", std::to_string(at)},
                 {"transform", fmt::format("translate({:.1f} {:.1f})", x_of(event), y_of(static_cast<double>(at)))}});
  if (words == "tick") {
    to_.leaf("path", {{"d", "M0 1V6"}});
  } else if (words == "diamond") {
    to_.leaf("path", {{"d", "M0-4L3.5 0L0 4L-3.5 0Z"}});
  } else if (words == "cross") {
    to_.leaf("path", {{"d", "M-3-3L3 3M3-3L-3 3"}});
  } else {
    to_.element("text", {{"y", "-7"}, {"text-anchor", "middle"}}, words);
  }
  to_.close();
}

void GraphDrawing::draw_data(const GraphEvent& event) {
  const ShownSegment& shown = event.shown;
  const TcpFlags flags = shown.line.flags;
  const std::string_view kind = shown.retransmission ? "again" : flags.rst() ? "reset" : "sent";
  draw_bar(event, kind, shown.begin(), shown.end());
  if (flags.psh() && shown.line.payload_bytes != 0) draw_mark(event, kind, shown.end(), "diamond");
  if (flags.rst()) draw_mark(event, "reset", shown.begin(), "cross");
  const std::string_view word = flags.rst()            ? "RST"
                                : flags.syn()          ? "SYN"
                                : flags.fin()          ? "FIN"
                                : shown.retransmission ? "R"
                                                       : "";
  if (!word.empty()) {
    draw_mark(event, shown.retransmission ? "again" : flags.rst() ? "reset" : "ends", shown.end(), word);
  }
}

void GraphDrawing::draw_ack(const GraphEvent& event) {
  const ShownSegment& shown = event.shown;
  if (event.is_duplicate_ack) draw_mark(event, "ack", shown.line.relative_ack, "tick");
  const SegmentOptions& options = shown.segment->options;
  const std::size_t blocks = std::min<std::size_t>(options.sack_count, SegmentOptions::kMaxSackBlocks);
  for (std::size_t i = 0; i < blocks; ++i) {
    const std::int64_t left = shown.line.relative_ack + distance(shown.segment->ack, options.sack.at(i).left);
    const std::int64_t right = shown.line.relative_ack + distance(shown.segment->ack, options.sack.at(i).right);
    if (right <= left || left < 0) continue;
    draw_bar(event, "sack", left, right);
    if (i == 0) draw_mark(event, "sack", right, "S");
  }
}

void GraphDrawing::draw_event(const GraphEvent& event) {
  const bool has_sack = !event.is_data && event.shown.segment->options.sack_count != 0;
  if (!event.is_data && !event.is_duplicate_ack && !has_sack) return;
  to_.open("a", {{"href", fmt::format("#{}-r{}", part_.anchor, event.row)}});
  to_.element("title", {}, fmt::format("{}  {}", page_time(event.shown.time), text_of(event.shown)));
  if (event.is_data) {
    draw_data(event);
  } else {
    draw_ack(event);
  }
  to_.close();
}

void GraphDrawing::draw(const GraphEvents& events, std::string_view label) {
  to_.open("div", {{"class", "graph"}});
  to_.element("h5", {}, label);
  to_.open("svg", {{"viewBox", "0 0 640 308"},
                   {"xmlns", "http://www.w3.org/2000/svg"},
                   {"role", "img"},
                   {"aria-label", fmt::format("time-sequence graph, {}", label)}});
  to_.leaf("rect", {{"class", "plot-ground"}, {"x", "64"}, {"y", "14"}, {"width", "560"}, {"height", "250"}});
  draw_ticks();
  draw_axis_words();
  to_.open("svg", {{"class", "plot"}, {"x", "64"}, {"y", "14"}, {"width", "560"}, {"height", "250"}});
  draw_stairs(events, true);
  draw_stairs(events, false);
  for (const GraphEvent& event : events.all) draw_event(event);
  to_.close().close();
  if (events.rows_left_out != 0) {
    to_.element("p", {{"class", "note"}},
                fmt::format("the last {} rows are not drawn here", observe::grouped(events.rows_left_out)));
  }
  to_.close();
}

void write_graph_buttons(Markup& to, const GraphView& view) {
  to.open("p", {{"class", "buttons"}});
  constexpr std::pair<std::string_view, std::string_view> kButtons[] = {
      {"time", "time"}, {"event", "event number"}, {"in", "zoom in"}, {"out", "zoom out"}, {"home", "all of it"}};
  for (const auto& [action, words] : kButtons) {
    const bool is_pressed = action == (view.by_event ? "event" : "time");
    to.element("button", {{"type", "button"}, {"data-do", action}, {"aria-pressed", is_pressed ? "true" : ""}}, words);
  }
  to.element("span", {{"class", "note"}},
             "drag to move; click into a graph, then turn the wheel to zoom; "
             "twice: all of it");
  to.close();
}

void write_direction(Markup& to, const PagePart& part, capture::Host sender) {
  const GraphEvents recorded = graph_events(part, Party::kRecorded, sender, kMostEvents);
  const GraphEvents ours = graph_events(part, Party::kOurs, sender, kMostEvents);
  // SYN and FIN alone are no picture.
  if (std::max(recorded.highest, ours.highest) <= 2) return;
  const GraphView view = graph_view(recorded, ours);
  to.open("section", {{"class", "graphs"},
                      {"data-axis", view.by_event ? "event" : "time"},
                      {"data-time", fmt::format("{:.0f},{:.0f}", view.first_time, view.last_time)},
                      {"data-event", fmt::format("{:.2f},{:.2f}", view.first_event, view.last_event)},
                      {"data-octets", fmt::format("{:.0f},{:.0f}", view.lowest, view.highest)}});
  to.element("h4", {}, fmt::format("Octets from the {} to the {}", name(sender), name(capture::other(sender))));
  write_graph_buttons(to, view);
  to.open("div", {{"class", "pair"}});
  GraphDrawing drawing(to, part, view);
  drawing.draw(recorded, "recorded");
  drawing.draw(ours, sender == part.outcome.role ? "our stack sends" : "our stack acknowledges");
  to.close().close();
}

void write_graph_legend(Markup& to) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 7> kPieces = {{
      {"sent", "a segment, from its first to its last octet; ◆ at its top: PSH"},
      {"again", "sent again (R)"},
      {"ack", "acknowledged up to here; a tick: a duplicate ACK"},
      {"window", "the right edge of the offered window"},
      {"sack", "octets named by SACK (S)"},
      {"ends", "SYN and FIN"},
      {"reset", "RST"},
  }};
  to.open("ul", {{"class", "pieces"}});
  for (const auto& [kind, words] : kPieces) {
    to.open("li");
    to.open("svg", {{"viewBox", "0 0 16 16"}, {"width", "16"}, {"height", "16"}, {"aria-hidden", "true"}});
    const bool is_line = kind == "ack" || kind == "window";
    to.leaf("path", {{"class", fmt::format("{} {}", is_line ? "stairs" : "bar", kind)},
                     {"d", is_line ? "M1 13H8V4H15" : "M8 14V2M5 5L8 2L11 5M5 11L8 14L11 11"}});
    to.close().text(words).close();
  }
  to.close();
}

}  // namespace

void write_graphs(Markup& to, const PagePart& part) {
  to.element("h3", {}, "Sequence numbers over time");
  write_direction(to, part, part.outcome.role);
  write_direction(to, part, capture::other(part.outcome.role));
  write_graph_legend(to);
}

}  // namespace fourtuple::replay
