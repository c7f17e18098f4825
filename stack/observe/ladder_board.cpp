#include "stack/observe/ladder_board.hpp"

#include <fmt/format.h>
#include <utility>

#include "stack/observe/text.hpp"

namespace fourtuple::observe {
namespace {

// A silence that is drawn: longer than any answer of a machine in the same room, shorter than any retransmission.
constexpr Duration kSilence = 50ms;
// A long run tells its numbers this often.
constexpr Duration kSignOfLife = 1s;

}  // namespace

LadderBoard::LadderBoard(Ladder::Write write, const LadderOptions& options)
    : write_(std::move(write)),
      options_(options),
      pen_(options.ascii, options.color, options.width),
      run_(options.run_head, options.run_tail) {}

void LadderBoard::headline(std::uint64_t number, std::string_view text, Duration time) {
  end_run();
  open(time);
  draw_silence(time);
  quiet_since_ = time;
  last_tag_ = number;
  put(pen_.headline(tag_of(number), text));
}

void LadderBoard::offer(LadderRow row) {
  if (!row.plain) end_run();
  const Duration time = row.time;
  if (row.plain && !run_.admits(row)) return show_life(time);
  draw(row);
}

void LadderBoard::show_life(Duration time) {
  if (time - quiet_since_ < kSignOfLife) return;
  draw_elided(run_.take_elided());
  quiet_since_ = time;
}

void LadderBoard::draw_elided(const Elided& elided) {
  if (elided.rows == 0) return;
  put(pen_.gap(fmt::format("{} similar rows elided", grouped(elided.rows)), elided.in_words()));
}

void LadderBoard::end_run() {
  const LadderRun::Rest rest = run_.end();
  if (rest.elided.rows != 0) {
    draw_elided(rest.elided);
    if (!rest.tail.empty()) quiet_since_ = rest.tail.front().time;  // the gap stands for the time, too
  }
  for (const LadderRow& row : rest.tail) draw(row);
}

void LadderBoard::finish() {
  end_run();
  if (rows_left_out_ == 0) return;
  write_(pen_.gap(fmt::format("{} further rows not shown", grouped(rows_left_out_))));
  rows_left_out_ = 0;
}

void LadderBoard::open(Duration time) {
  if (opened_) return;
  opened_ = true;
  quiet_since_ = time;
  if (options_.legend) write_(pen_.legend());
  if (options_.header) write_(pen_.head(options_.left_name, options_.right_name, options_.beside));
}

void LadderBoard::draw(const LadderRow& row) {
  open(row.time);
  draw_silence(row.time);
  quiet_since_ = row.time;
  const Margin margin = margin_of(row);
  std::string text = row.again ? "again: " : "";
  text += row.segment ? notation(*row.segment, pen_.arrow_text_width() - text.size()) : row.text;
  std::string lines;
  switch (row.kind) {
    case LadderRow::Kind::kArrow:
      lines = pen_.arrow(margin, row.direction, row.tone, text, row.why, row.rule);
      break;
    case LadderRow::Kind::kLostArrow:
      lines = pen_.lost_arrow(margin, row.direction, text, row.why, row.rule);
      break;
    case LadderRow::Kind::kMark:
      lines = pen_.mark(margin, row.tone, text, row.why);
      break;
  }
  if (!row.below.empty()) lines += pen_.below_arrow(row.below);
  put(lines);
}

Margin LadderBoard::margin_of(const LadderRow& row) {
  Margin margin{{}, row.time};
  // What happens at our end at the same moment needs no second time.
  if (row.kind == LadderRow::Kind::kMark && row.time == last_drawn_) margin.time.reset();
  last_drawn_ = row.time;
  if (row.connection != 0 && row.connection != last_tag_) {
    margin.tag = tag_of(row.connection);
    last_tag_ = row.connection;
  }
  return margin;
}

// Rows count connections from 1.
std::string LadderBoard::tag_of(std::uint64_t number) const {
  return fmt::format("#{}", number - 1 + options_.first_number);
}

void LadderBoard::draw_silence(Duration time) {
  if (time - quiet_since_ >= kSilence) put(pen_.gap(rounded(time - quiet_since_) + " later"));
}

void LadderBoard::put(std::string_view lines) {
  if (options_.max_rows != 0 && rows_drawn_ >= options_.max_rows) {
    ++rows_left_out_;
    return;
  }
  ++rows_drawn_;
  write_(lines);
}

}  // namespace fourtuple::observe
