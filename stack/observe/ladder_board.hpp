// Where rows become text: the headlines, the runs that are elided, silence, the limit of rows.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "stack/observe/ladder.hpp"
#include "stack/observe/ladder_pen.hpp"
#include "stack/observe/ladder_rows.hpp"

namespace fourtuple::observe {

class LadderBoard {
 public:
  LadderBoard(Ladder::Write write, const LadderOptions& options);

  [[nodiscard]] const LadderPen& pen() const { return pen_; }
  // A connection that was not seen before: `number` is the ladder's own.
  void headline(std::uint64_t number, std::string_view text, Duration time);
  // Draws the row, or keeps it back as a part of a run.
  void offer(LadderRow row);
  // The run is over: what was kept back is drawn or told in one line.
  void end_run();
  // end_run(), and the closing count where rows were left out.
  void finish();

 private:
  void open(Duration time);
  void draw(const LadderRow& row);
  [[nodiscard]] Margin margin_of(const LadderRow& row);
  [[nodiscard]] std::string tag_of(std::uint64_t number) const;
  void draw_elided(const Elided& elided);
  void show_life(Duration time);
  void draw_silence(Duration time);
  void put(std::string_view lines);

  Ladder::Write write_;
  LadderOptions options_;
  LadderPen pen_;
  LadderRun run_;
  bool opened_ = false;
  Duration quiet_since_{};  // where silence is measured from
  std::optional<Duration> last_drawn_;
  std::uint64_t last_tag_ = 0;
  std::size_t rows_drawn_ = 0;
  std::uint64_t rows_left_out_ = 0;
};

}  // namespace fourtuple::observe
