// What the page draws of one replayed conversation, row by row: the recorded frames on the left and what our stack
// heard and did on the right, on the same row where they belong together. Rows are joined at the frames of the other
// host, which both sides have; between two of those stands what each of the two sent.
#pragma once

#include <cstdint>
#include <limits>
#include <map>
#include <vector>

#include "apps/replay/shown.hpp"

namespace fourtuple::replay {

inline constexpr std::uint32_t kNothing = std::numeric_limits<std::uint32_t>::max();

// Indices; kNothing where there is none.
struct PageRow {
  std::uint32_t frame = kNothing;     // left: Conversation::frames
  std::uint32_t icmp = kNothing;      // left: Conversation::icmp
  std::uint32_t segment = kNothing;   // right: Performance::segments
  std::uint32_t delivery = kNothing;  // right: Performance::deliveries
  std::uint32_t state = kNothing;     // right, alone: Performance::states
  std::uint32_t call = kNothing;      // right, alone: Performance::calls

  // What our stack or its application did, without a frame.
  [[nodiscard]] bool is_note() const { return state != kNothing || call != kNothing; }
  [[nodiscard]] bool has_left() const { return frame != kNothing || icmp != kNothing; }
  [[nodiscard]] bool has_right() const { return segment != kNothing || delivery != kNothing; }
};

// The verdict on one row, and the details that are told about it.
struct RowJudgement {
  Verdict verdict = Verdict::kIdentical;
  std::vector<std::size_t> details;  // indices into Outcome::details
};

class PageRows {
 public:
  explicit PageRows(const Outcome& outcome);

  [[nodiscard]] const std::vector<PageRow>& all() const { return rows_; }
  // kIdentical and kEquivalent where no detail is about the row.
  [[nodiscard]] RowJudgement judgement(std::size_t row) const;
  // The row that a detail is told at; kNothing where it is about no frame.
  [[nodiscard]] std::uint32_t row_of_detail(std::size_t detail) const { return rows_of_details_.at(detail); }
  [[nodiscard]] const Numbering& numbers() const { return numbers_; }

 private:
  void attach_details();
  [[nodiscard]] bool is_identical(const PageRow& row) const;

  const Outcome& outcome_;
  Numbering numbers_;
  std::vector<PageRow> rows_;
  std::vector<std::uint32_t> rows_of_details_;
  std::map<std::uint32_t, std::vector<std::size_t>> details_of_rows_;
};

// Which of them to draw where there are more than `most`: the beginning, the end, and what is told about, with its
// neighbours. In order.
[[nodiscard]] std::vector<std::uint32_t> chosen_rows(const PageRows& rows, std::size_t details, std::size_t most);

}  // namespace fourtuple::replay
