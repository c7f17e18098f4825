// Two ladders that share a rail. On the left stands the recorded host, on the right our stack in its place; the rail in
// the middle is the other host, whose frames go out to both sides and join them.
#include <algorithm>
#include <fmt/format.h>

#include "apps/replay/page_parts.hpp"
#include "stack/observe/text.hpp"

namespace fourtuple::replay {
namespace {

// Across, in hundredths of the width, so that the drawing follows the window; down, in pixels.
constexpr std::string_view kTheirs = "8.5%";
constexpr std::string_view kRailLeft = "45.5%";
constexpr std::string_view kRailRight = "54.5%";
constexpr std::string_view kOurs = "91.5%";
constexpr int kHeadHeight = 46;
constexpr int kRowHeight = 30;
constexpr int kNoteHeight = 21;
constexpr int kArrowY = 19;  // where an arrow leaves; it lands a little lower
constexpr int kSlant = 4;

enum class LadderSide : std::uint8_t { kLeft, kRight };

std::string px(int value) { return std::to_string(value); }

class LadderDrawing {
 public:
  LadderDrawing(Markup& to, const PagePart& part)
      : to_(to), part_(part), chosen_(chosen_rows(part.rows, part.outcome.details.size(), part.limits.rows)) {}
  void draw();

 private:
  // A row that was drawn: what stands above a held frame.
  struct Drawn {
    int y = 0;
    std::optional<Instant> ours;
  };

  [[nodiscard]] int height_of(std::uint32_t row) const;
  [[nodiscard]] int total_height() const;
  [[nodiscard]] std::string role_name(capture::Host host) const;
  void draw_head();
  void draw_lifelines(int height);
  void draw_gap(std::uint32_t from, std::uint32_t to);
  void draw_row(std::uint32_t row);
  void draw_note(const PageRow& row);
  void draw_recorded(const PageRow& row);
  void draw_ours(const PageRow& row);
  void draw_rail(const PageRow& row, const RowJudgement& judgement);
  void draw_join(const Delivery& delivery);
  void draw_alone(const PageRow& row);
  void draw_waiting(const Delivery& delivery);
  void draw_arrow(LadderSide side, bool outwards, std::string_view kind, bool is_lost);
  void draw_segment(LadderSide side, const ShownSegment& shown, std::string_view kind, bool is_lost);
  void draw_words(LadderSide side, const ShownSegment& shown, bool again);
  void draw_time(LadderSide side, Duration time);
  void draw_label(LadderSide side, std::string_view words);
  [[nodiscard]] std::string row_class(const PageRow& row, const RowJudgement& judgement) const;
  [[nodiscard]] std::optional<Instant> our_time(const PageRow& row) const;

  Markup& to_;
  const PagePart& part_;
  std::vector<std::uint32_t> chosen_;
  std::vector<Drawn> drawn_;
  int y_ = 0;
};

int LadderDrawing::height_of(std::uint32_t row) const {
  return part_.rows.all().at(row).is_note() ? kNoteHeight : kRowHeight;
}

int LadderDrawing::total_height() const {
  int height = kHeadHeight + 8;
  std::uint32_t expected = 0;
  for (const std::uint32_t row : chosen_) {
    height += height_of(row) + (row != expected ? kNoteHeight : 0);
    expected = row + 1;
  }
  return height + (expected != part_.rows.all().size() ? kNoteHeight : 0);
}

std::string LadderDrawing::role_name(capture::Host host) const {
  return fmt::format("{} {}", name(host), to_string(part_.outcome.conversation->host(host)));
}

void LadderDrawing::draw_head() {
  const capture::Host role = part_.outcome.role;
  const auto title = [this](std::string_view x, std::string_view anchor, std::string_view what, std::string_view who) {
    to_.element("text", {{"class", "who"}, {"x", x}, {"y", "16"}, {"text-anchor", anchor}}, what);
    to_.element("text", {{"class", "host"}, {"x", x}, {"y", "33"}, {"text-anchor", anchor}}, who);
  };
  title("0", "start", "Recorded", role_name(role));
  title("50%", "middle", "The other host, as recorded", role_name(capture::other(role)));
  title("100%", "end", "Our stack", fmt::format("in the {}'s place", name(role)));
  y_ = kHeadHeight;
}

void LadderDrawing::draw_lifelines(int height) {
  const std::string top = px(kHeadHeight - 4);
  to_.leaf(
      "rect",
      {{"class", "rail"}, {"x", kRailLeft}, {"y", top}, {"width", "9%"}, {"height", px(height - kHeadHeight + 4)}});
  for (const std::string_view x : {kTheirs, kRailLeft, kRailRight, kOurs}) {
    to_.leaf("line", {{"class", "life"}, {"x1", x}, {"x2", x}, {"y1", top}, {"y2", px(height)}});
  }
}

void LadderDrawing::draw_gap(std::uint32_t from, std::uint32_t to) {
  if (from >= to) return;
  to_.open("g", {{"class", "gap"}, {"transform", fmt::format("translate(0 {})", y_)}});
  to_.leaf("rect", {{"class", "band"}, {"width", "100%"}, {"height", px(kNoteHeight)}});
  to_.element("text", {{"x", "50%"}, {"y", "15"}, {"text-anchor", "middle"}},
              fmt::format("⋯ {} rows are not drawn ⋯", observe::grouped(to - from)));
  to_.close();
  y_ += kNoteHeight;
}

std::optional<Instant> LadderDrawing::our_time(const PageRow& row) const {
  if (row.delivery != kNothing) return part_.outcome.performance.deliveries.at(row.delivery).delivered;
  if (row.segment != kNothing) return part_.outcome.performance.segments.at(row.segment).time;
  return std::nullopt;
}

std::string LadderDrawing::row_class(const PageRow& row, const RowJudgement& judgement) const {
  if (row.is_note()) return "note";
  const bool is_played = row.delivery != kNothing && judgement.details.empty();
  const bool is_alone = row.has_left() != row.has_right() && judgement.details.empty();
  return fmt::format("row {}", is_played ? "played" : is_alone ? "alone" : style_class(judgement.verdict));
}

void LadderDrawing::draw_row(std::uint32_t index) {
  const PageRow& row = part_.rows.all().at(index);
  const RowJudgement judgement = part_.rows.judgement(index);
  drawn_.push_back({y_, our_time(row)});
  to_.open("g", {{"class", row_class(row, judgement)},
                 {"id", fmt::format("{}-r{}", part_.anchor, index)},
                 {"tabindex", row.is_note() ? "" : "0"},
                 {"transform", fmt::format("translate(0 {})", y_)}});
  if (!row.is_note()) to_.element("title", {}, row_text(part_, index));
  to_.leaf("rect", {{"class", "band"}, {"width", "100%"}, {"height", px(height_of(index))}});
  if (row.is_note()) {
    draw_note(row);
  } else {
    draw_recorded(row);
    draw_ours(row);
    draw_rail(row, judgement);
  }
  to_.close();
  y_ += height_of(index);
}

void LadderDrawing::draw_note(const PageRow& row) {
  const Performance& performance = part_.outcome.performance;
  std::string words;
  if (row.call != kNothing) words = fmt::format("application: {}", call_in_words(performance.calls.at(row.call)));
  if (row.state != kNothing) {
    const StateStep& step = performance.states.at(row.state);
    words = fmt::format("{} → {}", name(step.from), name(step.to));
  }
  to_.element("text",
              {{"class", row.call != kNothing ? "call" : "state"},
               {"x", kOurs},
               {"dx", "-12"},
               {"y", "15"},
               {"text-anchor", "end"}},
              words);
  to_.leaf("circle", {{"class", row.call != kNothing ? "call" : "state"}, {"cx", kOurs}, {"cy", "11"}, {"r", "4"}});
}

void LadderDrawing::draw_time(LadderSide side, Duration time) {
  const bool left = side == LadderSide::kLeft;
  const std::string words = std::chrono::abs(time) < 10s ? observe::milliseconds(time) : page_time(time);
  to_.element("text",
              {{"class", "time"}, {"x", left ? "0.4%" : "99.6%"}, {"y", "20"}, {"text-anchor", left ? "start" : "end"}},
              words);
}

void LadderDrawing::draw_label(LadderSide side, std::string_view words) {
  to_.element(
      "text",
      {{"class", "words"}, {"x", side == LadderSide::kLeft ? "27%" : "73%"}, {"y", "13"}, {"text-anchor", "middle"}},
      words);
}

// Outwards: from the rail to the host at the edge.
void LadderDrawing::draw_arrow(LadderSide side, bool outwards, std::string_view kind, bool is_lost) {
  const bool left = side == LadderSide::kLeft;
  const std::string_view edge = left ? kTheirs : kOurs;
  const std::string_view rail = left ? kRailLeft : kRailRight;
  const std::string_view from = outwards ? rail : edge;
  const std::string_view target = is_lost ? (left ? "20%" : "80%") : outwards ? edge : rail;
  const int landing = kArrowY + kSlant;
  to_.open("g", {{"class", fmt::format("arrow {}{}", kind, is_lost ? " lost" : "")}});
  to_.leaf("line", {{"x1", from}, {"x2", target}, {"y1", px(kArrowY)}, {"y2", px(landing)}});
  to_.open("svg", {{"x", target}, {"y", px(landing)}, {"class", "head"}});
  const bool points_right = left != outwards;
  to_.leaf("path", {{"d", is_lost ? "M-4-4L4 4M4-4L-4 4" : points_right ? "M0 0L-9-4V4Z" : "M0 0L9-4V4Z"}});
  to_.close().close();
}

void LadderDrawing::draw_words(LadderSide side, const ShownSegment& shown, bool again) {
  observe::SegmentLine front = shown.line;
  front.has_window = false;
  to_.open(
      "text",
      {{"class", "words"}, {"x", side == LadderSide::kLeft ? "27%" : "73%"}, {"y", "13"}, {"text-anchor", "middle"}});
  if (again) to_.element("tspan", {{"class", "again"}}, "R ");
  to_.text(observe::notation(front));
  to_.element("tspan", {{"class", "window"}}, fmt::format(" win {}", shown.line.window_bytes));
  const std::string options = short_options(shown);
  if (!options.empty()) to_.element("tspan", {{"class", "options"}}, fmt::format(" <{}>", options));
  to_.close();
}

void LadderDrawing::draw_segment(LadderSide side, const ShownSegment& shown, std::string_view kind, bool is_lost) {
  draw_time(side, shown.time);
  draw_words(side, shown, shown.retransmission);
  const std::string_view weight = shown.line.flags.rst() ? "reset" : shown.end() == shown.begin() ? "bare" : "data";
  draw_arrow(side, shown.from != part_.outcome.role,
             fmt::format("{} {}{}", kind, weight, shown.retransmission ? " again" : ""), is_lost);
}

void LadderDrawing::draw_recorded(const PageRow& row) {
  if (row.icmp != kNothing) {
    const capture::IcmpFrame& icmp = part_.outcome.conversation->icmp.at(row.icmp);
    draw_label(LadderSide::kLeft, "ICMP " + icmp_in_words(icmp));
    draw_arrow(LadderSide::kLeft, true, "other icmp", false);
  }
  if (row.frame == kNothing) return;
  const bool is_role = part_.outcome.conversation->frames.at(row.frame).from == part_.outcome.role;
  draw_segment(LadderSide::kLeft, part_.rows.numbers().recorded(row.frame), is_role ? "theirs" : "other",
               part_.outcome.conversation->frames.at(row.frame).checksum_is_wrong);
}

void LadderDrawing::draw_ours(const PageRow& row) {
  if (row.segment != kNothing) {
    draw_segment(LadderSide::kRight, part_.rows.numbers().ours(row.segment), "ours", false);
  }
  if (row.delivery == kNothing) return;
  const Delivery& delivery = part_.outcome.performance.deliveries.at(row.delivery);
  if (delivery.is_icmp) {
    draw_label(LadderSide::kRight, "ICMP");
    draw_time(LadderSide::kRight, part_.rows.numbers().since_begin(delivery.delivered));
    draw_arrow(LadderSide::kRight, true, "other icmp", false);
    return;
  }
  draw_segment(LadderSide::kRight, part_.rows.numbers().delivered(row.delivery),
               delivery.is_synthetic ? "synthetic" : "other", delivery.checksum_is_wrong);
}

// The bar stands beside everything that our stack did while the frame waited.
void LadderDrawing::draw_waiting(const Delivery& delivery) {
  const Instant begin = delivery.delivered - delivery.held;
  int top = y_;
  for (std::size_t i = drawn_.size() - 1; i-- > 0;) {
    if (drawn_[i].ours && *drawn_[i].ours <= begin) break;
    top = drawn_[i].y;
  }
  to_.open("svg", {{"x", kRailRight}, {"y", "0"}, {"class", "head"}});
  to_.leaf(
      "rect",
      {{"class", "waiting"}, {"x", "-4"}, {"y", px(top - y_)}, {"width", "8"}, {"height", px(y_ - top + kArrowY)}});
  to_.close();
  to_.open("text", {{"class", "held"}, {"x", "50%"}, {"y", "12"}, {"text-anchor", "middle"}});
  to_.element("tspan", {{"class", "spare"}}, "held ");
  to_.text(observe::rounded(std::chrono::round<std::chrono::microseconds>(delivery.held))).close();
}

void LadderDrawing::draw_join(const Delivery& delivery) {
  const bool is_held = delivery.held_for != HeldFor::kNothing;
  if (is_held) draw_waiting(delivery);
  if (delivery.is_synthetic) return;
  const std::string y = px(kArrowY);
  to_.leaf("line",
           {{"class", is_held ? "join late" : "join"}, {"x1", kRailLeft}, {"x2", kRailRight}, {"y1", y}, {"y2", y}});
}

// What only one side has; a frame of the other host that our stack never got says so.
void LadderDrawing::draw_alone(const PageRow& row) {
  const bool is_of_role =
      row.segment != kNothing ||
      (row.frame != kNothing && part_.outcome.conversation->frames.at(row.frame).from == part_.outcome.role);
  if (!is_of_role) {
    to_.element("text", {{"class", "held"}, {"x", "50%"}, {"y", "22"}, {"text-anchor", "middle"}}, "not played");
    return;
  }
  to_.open("svg", {{"x", "50%"}, {"y", px(kRowHeight / 2 + 2)}, {"class", "head"}});
  draw_lone_shape(to_, row.has_left());
  to_.close();
}

void LadderDrawing::draw_rail(const PageRow& row, const RowJudgement& judgement) {
  if (row.delivery != kNothing) draw_join(part_.outcome.performance.deliveries.at(row.delivery));
  if (judgement.details.empty()) {
    if (row.delivery != kNothing) return;
    if (row.has_left() != row.has_right()) return draw_alone(row);
  } else {
    to_.open("a", {{"href", fmt::format("#{}-d{}", part_.anchor, judgement.details.front())}});
  }
  to_.open("svg", {{"x", "50%"}, {"y", px(kRowHeight / 2 + 2)}, {"class", "head"}});
  draw_shape(to_, judgement.verdict);
  to_.close();
  if (!judgement.details.empty()) to_.close();
}

void LadderDrawing::draw() {
  const int height = total_height();
  to_.open("svg", {{"class", "ladder"},
                   {"xmlns", "http://www.w3.org/2000/svg"},
                   {"width", "100%"},
                   {"height", px(height)},
                   {"role", "img"},
                   {"aria-label", "the recorded conversation and ours, side by side"}});
  draw_head();
  draw_lifelines(height);
  std::uint32_t expected = 0;
  for (const std::uint32_t row : chosen_) {
    draw_gap(expected, row);
    draw_row(row);
    expected = row + 1;
  }
  draw_gap(expected, static_cast<std::uint32_t>(part_.rows.all().size()));
  to_.close();
}

}  // namespace

void write_ladder(Markup& to, const PagePart& part) { LadderDrawing(to, part).draw(); }

}  // namespace fourtuple::replay
