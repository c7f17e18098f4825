#include "apps/replay/page_rows.hpp"

#include <algorithm>

#include "apps/replay/row_alignment.hpp"

namespace fourtuple::replay {
namespace {

// The same segment in every field that is compared.
bool are_same(const ShownSegment& a, const ShownSegment& b) {
  return a.line.flags == b.line.flags && a.begin() == b.begin() && a.end() == b.end() &&
         a.line.relative_ack == b.line.relative_ack && a.line.window_bytes == b.line.window_bytes;
}

}  // namespace

PageRows::PageRows(const Outcome& outcome)
    : outcome_(outcome),
      numbers_(*outcome.conversation, outcome.performance),
      rows_(align_rows(outcome, numbers_)),
      rows_of_details_(outcome.details.size(), kNothing) {
  attach_details();
}

// A detail is told where the party's own frame is that departs.
void PageRows::attach_details() {
  std::vector<std::uint32_t> of_frames(outcome_.conversation->frames.size(), kNothing);
  std::vector<std::uint32_t> of_segments(outcome_.performance.segments.size(), kNothing);
  for (std::size_t i = 0; i < rows_.size(); ++i) {
    const auto row = static_cast<std::uint32_t>(i);
    if (rows_[i].frame != kNothing) of_frames.at(rows_[i].frame) = row;
    if (rows_[i].segment != kNothing) of_segments.at(rows_[i].segment) = row;
  }
  const auto found = [](const std::vector<std::uint32_t>& rows, const std::optional<std::size_t>& index) {
    return index && *index < rows.size() ? rows[*index] : kNothing;
  };
  for (std::size_t i = 0; i < outcome_.details.size(); ++i) {
    const Detail& detail = outcome_.details[i];
    const std::uint32_t ours = found(of_segments, detail.our_segment);
    const std::uint32_t recorded = found(of_frames, detail.recorded_frame);
    const bool prefers_ours = detail.party == Party::kOurs ? ours != kNothing : recorded == kNothing;
    rows_of_details_[i] = prefers_ours ? ours : recorded;
    if (rows_of_details_[i] != kNothing) details_of_rows_[rows_of_details_[i]].push_back(i);
  }
}

bool PageRows::is_identical(const PageRow& row) const {
  if (row.is_note() || row.delivery != kNothing || row.icmp != kNothing) return true;
  if (row.frame == kNothing || row.segment == kNothing) return false;
  return are_same(numbers_.recorded(row.frame), numbers_.ours(row.segment));
}

RowJudgement PageRows::judgement(std::size_t row) const {
  RowJudgement judgement;
  judgement.verdict = is_identical(rows_.at(row)) ? Verdict::kIdentical : Verdict::kEquivalent;
  const auto details = details_of_rows_.find(static_cast<std::uint32_t>(row));
  if (details == details_of_rows_.end()) return judgement;
  judgement.details = details->second;
  for (const std::size_t detail : judgement.details) {
    judgement.verdict = std::max(judgement.verdict, outcome_.details[detail].verdict);
  }
  return judgement;
}

std::vector<std::uint32_t> chosen_rows(const PageRows& rows, std::size_t details, std::size_t most) {
  constexpr std::uint32_t kNeighbours = 4;
  const auto count = static_cast<std::uint32_t>(rows.all().size());
  std::vector<bool> chosen(count, count <= most);
  std::size_t left = count <= most ? 0 : most;
  const auto choose = [&](std::uint32_t begin, std::uint32_t end) {
    for (std::uint32_t row = begin; row < std::min(end, count) && left > 0; ++row) {
      left -= chosen[row] ? 0U : 1U;
      chosen[row] = true;
    }
  };
  choose(0, static_cast<std::uint32_t>(most / 4));
  choose(count - static_cast<std::uint32_t>(std::min<std::size_t>(most / 8, count)), count);
  for (std::size_t i = 0; i < details; ++i) {
    const std::uint32_t row = rows.row_of_detail(i);
    if (row != kNothing) choose(row - std::min(row, kNeighbours), row + kNeighbours + 1);
  }
  choose(0, count);
  std::vector<std::uint32_t> list;
  for (std::uint32_t row = 0; row < count; ++row) {
    if (chosen[row]) list.push_back(row);
  }
  return list;
}

}  // namespace fourtuple::replay
