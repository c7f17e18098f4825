#include "apps/capture/coverage.hpp"

#include <algorithm>

namespace fourtuple::capture {
namespace {

StreamOffset end_of(const std::pair<const StreamOffset, ByteView>& piece) {
  return piece.first + static_cast<StreamOffset>(piece.second.size());
}

}  // namespace

bool Coverage::add(StreamOffset begin, ByteView octets) {
  bool is_consistent = true;
  const StreamOffset end = begin + static_cast<StreamOffset>(octets.size());
  const auto part = [&](StreamOffset from, StreamOffset to) {
    return octets.subspan(static_cast<std::size_t>(from - begin), static_cast<std::size_t>(to - from));
  };
  auto next = pieces_.upper_bound(begin);
  if (next != pieces_.begin() && end_of(*std::prev(next)) > begin) --next;
  for (StreamOffset at = begin; at < end;) {
    if (next == pieces_.end() || next->first >= end) {
      pieces_.emplace_hint(next, at, part(at, end));
      break;
    }
    if (next->first > at) {
      pieces_.emplace_hint(next, at, part(at, next->first));
      at = next->first;
    }
    const StreamOffset same_until = std::min(end, end_of(*next));
    const ByteView known =
        next->second.subspan(static_cast<std::size_t>(at - next->first), static_cast<std::size_t>(same_until - at));
    is_consistent = is_consistent && std::ranges::equal(known, part(at, same_until));
    at = same_until;
    ++next;
  }
  return is_consistent;
}

StreamOffset Coverage::first_missing(StreamOffset from) const {
  auto next = pieces_.upper_bound(from);
  if (next != pieces_.begin()) --next;
  for (; next != pieces_.end() && next->first <= from; ++next) from = std::max(from, end_of(*next));
  return from;
}

}  // namespace fourtuple::capture
