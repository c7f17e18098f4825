// Ranges of sequence space, merged where they meet.
#include <algorithm>
#include <iterator>

#include "stack/judge/endpoint.hpp"

namespace fourtuple::judge {

void RangeSet::add(StreamOffset begin, StreamOffset end) {
  if (begin >= end) return;
  auto at = ranges_.upper_bound(begin);
  if (at != ranges_.begin() && std::prev(at)->second >= begin) --at;
  while (at != ranges_.end() && at->first <= end) {
    begin = std::min(begin, at->first);
    end = std::max(end, at->second);
    at = ranges_.erase(at);
  }
  ranges_.emplace_hint(at, begin, end);
  if (ranges_.size() <= kMaxRanges) return;
  const auto lowest = ranges_.begin();
  const auto second = std::next(lowest);
  lowest->second = second->second;
  ranges_.erase(second);
  merged_by_force_ = true;
}

bool RangeSet::covers(StreamOffset begin, StreamOffset end) const {
  return begin >= end || contiguous_end(begin) >= end;
}

bool RangeSet::touches(StreamOffset begin, StreamOffset end) const {
  if (begin >= end) return false;
  const auto after = ranges_.upper_bound(begin);
  if (after != ranges_.end() && after->first < end) return true;
  return after != ranges_.begin() && std::prev(after)->second > begin;
}

StreamOffset RangeSet::contiguous_end(StreamOffset from) const {
  const auto after = ranges_.upper_bound(from);
  return after == ranges_.begin() ? from : std::max(from, std::prev(after)->second);
}

StreamOffset RangeSet::highest() const { return ranges_.empty() ? 0 : ranges_.rbegin()->second; }

}  // namespace fourtuple::judge
