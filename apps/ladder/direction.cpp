#include "apps/ladder/direction.hpp"

#include <iterator>

namespace fourtuple::ladder {

void DirectionRead::begin_at(SeqNum acknowledged_number) {
  Segment first;
  first.seq = acknowledged_number;
  axis_.take(first, 0);
}

DirectionRead::Taken DirectionRead::take(const capture::TcpFrame& frame) {
  const StreamOffset end_before = axis_.is_known() ? axis_.sent_end() : 0;
  const bool was_known = axis_.is_known();
  axis_.take(frame.segment, static_cast<std::uint32_t>(frame.segment.payload.size()) + frame.cut_octets);
  Taken taken;
  taken.begin = axis_.offset_of(frame.segment.seq);
  const StreamOffset length = StreamOffset{frame.segment.length()} + frame.cut_octets;
  if (length == 0 || frame.segment.flags.rst()) return taken;
  taken.octets = was_known ? classify(taken.begin, taken.begin + length, end_before) : Octets::kNew;
  if (taken.octets == Octets::kNewBehindGap) taken.missing = taken.begin - end_before;
  if (const auto earlier = begun_.find(taken.begin); earlier != begun_.end()) taken.earlier = earlier->second;
  remember(taken.begin, frame);
  return taken;
}

DirectionRead::Octets DirectionRead::classify(StreamOffset begin, StreamOffset end, StreamOffset end_before) {
  if (begin > end_before) {
    if (end_before != 0 && gaps_.size() < kMostRemembered) gaps_[end_before] = begin;
    return end_before == 0 ? Octets::kNew : Octets::kNewBehindGap;
  }
  if (begin == end_before) return Octets::kNew;
  auto gap = gaps_.upper_bound(begin);
  if (gap != gaps_.begin() && std::prev(gap)->second > begin) --gap;
  if (gap == gaps_.end() || gap->first >= end)
    return end > end_before && begun_.empty() ? Octets::kNew : Octets::kAgain;
  const auto [gap_begin, gap_end] = *gap;
  gaps_.erase(gap);
  if (gap_begin < begin) gaps_[gap_begin] = begin;
  if (end < gap_end) gaps_[end] = gap_end;
  return Octets::kFillGap;
}

void DirectionRead::remember(StreamOffset begin, const capture::TcpFrame& frame) {
  begun_[begin] = {.number = frame.number, .time = frame.time};
  if (begun_.size() > kMostRemembered) begun_.erase(begun_.begin());
}

}  // namespace fourtuple::ladder
