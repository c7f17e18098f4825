// A capture as a ladder: every conversation that is drawn, and what passed beside them, in one picture by time. The
// client of a conversation is the left line, its server the right one.
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "apps/ladder/other_frames.hpp"
#include "apps/ladder/reading.hpp"
#include "stack/observe/ladder.hpp"
#include "stack/observe/ladder_rows.hpp"

namespace fourtuple::ladder {

// Words for one frame: what is remarkable, and a detail.
[[nodiscard]] std::string remark_on(const ReadFrame& read);

class Picture {
 public:
  // Rows that are kept; those of frames beyond are counted only.
  static constexpr std::size_t kMostRows = 300'000;

  void add(const capture::Conversation& conversation);
  void add(OtherFrame frame);
  // Draws all of it; empty: there was nothing.
  void draw(observe::Ladder::Write write, const observe::LadderOptions& look);

  [[nodiscard]] std::uint64_t rows_left_out() const { return left_out_; }

 private:
  struct Row {
    std::uint32_t number = 0;  // of the frame
    observe::LadderRow row;
  };
  struct Headline {
    std::uint64_t connection = 0;
    std::string text;
    bool drawn = false;
  };

  void put(std::uint32_t number, observe::LadderRow row);
  [[nodiscard]] observe::LadderRow row_of(const OtherFrame& frame);

  std::vector<Row> rows_;
  std::vector<OtherFrame> others_;
  std::vector<Headline> headlines_;
  std::set<std::string> left_;  // addresses
  std::set<std::string> right_;
  std::set<std::pair<std::string, std::string>> introduced_;  // pairs of hosts whose addresses were said
  std::uint64_t left_out_ = 0;
};

}  // namespace fourtuple::ladder
