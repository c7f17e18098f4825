#include "apps/replay/row_alignment.hpp"

#include <algorithm>
#include <array>

namespace fourtuple::replay {
namespace {

// Longest common subsequences are looked for among so many segments of each side at a time.
constexpr std::size_t kWindow = 64;

std::uint32_t small(std::size_t index) { return static_cast<std::uint32_t>(index); }

// Two segments are counterparts where they carry the same sequence space, or none and the same acknowledgment.
bool are_counterparts(const ShownSegment& a, const ShownSegment& b) {
  const std::uint8_t telling = TcpFlags::kSyn | TcpFlags::kFin | TcpFlags::kRst;
  if (((a.line.flags.bits ^ b.line.flags.bits) & telling) != 0 || a.begin() != b.begin() || a.end() != b.end()) {
    return false;
  }
  return a.end() > a.begin() || a.line.relative_ack == b.line.relative_ack;
}

class RowAlignment {
 public:
  RowAlignment(const Outcome& outcome, const Numbering& numbers)
      : conversation_(*outcome.conversation), performance_(outcome.performance), numbers_(numbers) {
    list_recorded();
  }

  std::vector<PageRow> take();

 private:
  // A recorded row that waits for its place; it comes from the host whose place our stack took, or from the other.
  struct Recorded {
    PageRow row;
    bool is_of_role = false;
    std::uint32_t number = 0;
  };
  using Pairs = std::vector<std::pair<std::size_t, std::size_t>>;

  void list_recorded();
  [[nodiscard]] std::size_t place_of(const Delivery& delivery) const;
  [[nodiscard]] std::size_t end_of_answers() const;
  void take_ours_before(std::size_t delivery);
  void take_notes_until(Instant time, std::size_t segment, bool inclusive);
  void take_interval(std::size_t recorded_end);
  void take_counterparts(std::size_t left, std::size_t left_end, std::size_t right, std::size_t right_end);
  void take_unpaired(std::size_t left, std::size_t left_end, std::size_t right, std::size_t right_end);
  [[nodiscard]] Pairs pairs_of(std::size_t left, std::size_t left_end, std::size_t right, std::size_t right_end) const;
  [[nodiscard]] bool match(std::size_t left, std::size_t right) const;
  void take_delivery(std::size_t delivery);

  const capture::Conversation& conversation_;
  const Performance& performance_;
  const Numbering& numbers_;
  std::vector<Recorded> recorded_;
  std::vector<PageRow> ours_;  // of the interval
  std::vector<PageRow> rows_;
  std::size_t next_recorded_ = 0;
  std::size_t next_segment_ = 0;
  std::size_t next_state_ = 0;
  std::size_t next_call_ = 0;
};

void RowAlignment::list_recorded() {
  for (std::size_t i = 0; i < conversation_.frames.size(); ++i) {
    const capture::TcpFrame& frame = conversation_.frames[i];
    Recorded one;
    one.row.frame = small(i);
    one.is_of_role = frame.from == performance_.role;
    one.number = frame.number;
    recorded_.push_back(one);
  }
  for (std::size_t i = 0; i < conversation_.icmp.size(); ++i) {
    if (conversation_.icmp[i].to != performance_.role) continue;
    Recorded one;
    one.row.icmp = small(i);
    one.number = conversation_.icmp[i].number;
    recorded_.push_back(one);
  }
  std::stable_sort(recorded_.begin(), recorded_.end(),
                   [](const Recorded& a, const Recorded& b) { return a.number < b.number; });
}

// Where the delivered frame stands among the recorded ones that are left; their end where it does not.
std::size_t RowAlignment::place_of(const Delivery& delivery) const {
  if (delivery.is_synthetic) return recorded_.size();
  for (std::size_t at = next_recorded_; at < recorded_.size(); ++at) {
    const PageRow& row = recorded_[at].row;
    if ((delivery.is_icmp ? row.icmp : row.frame) == delivery.frame) return at;
  }
  return recorded_.size();
}

// The next frame of the other host.
std::size_t RowAlignment::end_of_answers() const {
  std::size_t at = next_recorded_;
  while (at < recorded_.size() && recorded_[at].is_of_role) ++at;
  return at;
}

// States and calls that came before `time` (or at it), and before our segment of that index left.
void RowAlignment::take_notes_until(Instant time, std::size_t segment, bool inclusive) {
  const auto is_due = [&](Instant when) { return when < time || (inclusive && when == time); };
  const auto opens = [](const judge::Call& call) {
    return call.kind == judge::Call::Kind::kListen || call.kind == judge::Call::Kind::kConnect;
  };
  for (; next_call_ < performance_.calls.size(); ++next_call_) {
    const judge::Call& call = performance_.calls[next_call_];
    if (!is_due(call.time) && !(opens(call) && call.time == time)) break;
    ours_.emplace_back().call = small(next_call_);
  }
  while (next_state_ < performance_.states.size() && is_due(performance_.states[next_state_].time) &&
         performance_.states[next_state_].segments_before <= segment) {
    ours_.emplace_back().state = small(next_state_++);
  }
}

// What our stack did until it heard that delivery.
void RowAlignment::take_ours_before(std::size_t delivery) {
  const auto& segments = performance_.segments;
  while (next_segment_ < segments.size() && segments[next_segment_].deliveries_before <= delivery) {
    take_notes_until(segments[next_segment_].time, next_segment_, true);
    ours_.emplace_back().segment = small(next_segment_++);
  }
  const bool is_last = delivery >= performance_.deliveries.size();
  take_notes_until(is_last ? kNever : performance_.deliveries[delivery].delivered, next_segment_, is_last);
}

bool RowAlignment::match(std::size_t left, std::size_t right) const {
  const Recorded& recorded = recorded_[left];
  const PageRow& ours = ours_[right];
  return recorded.is_of_role && ours.segment != kNothing &&
         are_counterparts(numbers_.recorded(recorded.row.frame), numbers_.ours(ours.segment));
}

// The longest list of counterparts in the order of both sides.
RowAlignment::Pairs RowAlignment::pairs_of(std::size_t left, std::size_t left_end, std::size_t right,
                                           std::size_t right_end) const {
  std::array<std::array<std::uint8_t, kWindow + 1>, kWindow + 1> length{};
  for (std::size_t l = left_end; l-- > left;) {
    for (std::size_t r = right_end; r-- > right;) {
      auto& cell = length.at(l - left).at(r - right);
      cell = std::max(length.at(l - left + 1).at(r - right), length.at(l - left).at(r - right + 1));
      if (match(l, r)) {
        cell = std::max(cell, static_cast<std::uint8_t>(length.at(l - left + 1).at(r - right + 1) + 1));
      }
    }
  }
  Pairs pairs;
  for (std::size_t l = left, r = right; l < left_end && r < right_end;) {
    const auto here = length.at(l - left).at(r - right);
    if (match(l, r) && here == length.at(l - left + 1).at(r - right + 1) + 1) {
      pairs.emplace_back(l++, r++);
    } else if (here == length.at(l - left + 1).at(r - right)) {
      ++l;
    } else {
      ++r;
    }
  }
  return pairs;
}

// Between counterparts the two sides stand beside each other all the same: where one cut its octets differently.
void RowAlignment::take_unpaired(std::size_t left, std::size_t left_end, std::size_t right, std::size_t right_end) {
  while (left < left_end || right < right_end) {
    PageRow row = left < left_end ? recorded_[left].row : PageRow{};
    const bool takes_ours = left >= left_end || recorded_[left].is_of_role;
    if (right < right_end && ours_[right].is_note()) {
      rows_.push_back(ours_[right++]);
      continue;
    }
    if (right < right_end && takes_ours) row.segment = ours_[right++].segment;
    if (left < left_end) ++left;
    rows_.push_back(row);
  }
}

void RowAlignment::take_counterparts(std::size_t left, std::size_t left_end, std::size_t right, std::size_t right_end) {
  for (const auto& [l, r] : pairs_of(left, left_end, right, right_end)) {
    take_unpaired(left, l, right, r);
    rows_.push_back(recorded_[l].row);
    rows_.back().segment = ours_[r].segment;
    left = l + 1;
    right = r + 1;
  }
  take_unpaired(left, left_end, right, right_end);
}

void RowAlignment::take_interval(std::size_t recorded_end) {
  std::size_t right = 0;
  while (next_recorded_ < recorded_end || right < ours_.size()) {
    const std::size_t left_end = std::min(next_recorded_ + kWindow, recorded_end);
    const std::size_t right_end = std::min(right + kWindow, ours_.size());
    take_counterparts(next_recorded_, left_end, right, right_end);
    next_recorded_ = left_end;
    right = right_end;
  }
  ours_.clear();
}

void RowAlignment::take_delivery(std::size_t delivery) {
  take_ours_before(delivery);
  const std::size_t place = place_of(performance_.deliveries[delivery]);
  PageRow row;
  if (place < recorded_.size()) {
    take_interval(place);
    row = recorded_[next_recorded_++].row;
  } else {
    take_interval(end_of_answers());
  }
  row.delivery = small(delivery);
  rows_.push_back(row);
}

std::vector<PageRow> RowAlignment::take() {
  for (std::size_t i = 0; i < performance_.deliveries.size(); ++i) take_delivery(i);
  take_ours_before(performance_.deliveries.size());
  take_interval(recorded_.size());
  return std::move(rows_);
}

}  // namespace

std::vector<PageRow> align_rows(const Outcome& outcome, const Numbering& numbers) {
  return RowAlignment(outcome, numbers).take();
}

}  // namespace fourtuple::replay
