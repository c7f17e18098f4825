#include "apps/replay/send_history.hpp"

#include <algorithm>
#include <cstddef>

namespace fourtuple::replay {
namespace {

// How far back a question looks at most, so that no capture makes many long searches.
constexpr std::size_t kFarthestLook = 1024;

}  // namespace

void SendHistory::take(const Segment& segment, std::uint32_t octets_cut, Instant time) {
  if (segment.flags.rst()) return;
  if (!initial_) {
    if (!segment.flags.syn()) return;
    initial_ = segment.seq;
  }
  const StreamOffset begin = offset(segment.seq);
  const StreamOffset end = begin + segment.length() + octets_cut;
  take_stamp(segment, end, time);
  if (end == begin || end <= 0) return;
  if (segment.flags.fin() && !fin_) fin_ = end - 1;
  if (begin < end_) repeats_.push_back({time, begin, std::min(end, end_)});
  if (end <= end_) return;
  end_ = end;
  const auto& stamps = segment.options.timestamps;
  reached_.push_back({end, time, stamps ? std::optional(stamps->value) : std::nullopt});
}

void SendHistory::take_stamp(const Segment& segment, StreamOffset end, Instant time) {
  if (!segment.options.timestamps) return;
  const std::uint32_t value = segment.options.timestamps->value;
  first_stamps_.try_emplace(value, stamps_.size());
  stamps_.push_back({time, end, value});
}

const SendHistory::Reached* SendHistory::reaching(StreamOffset offset) const {
  const auto found = std::lower_bound(reached_.begin(), reached_.end(), offset,
                                      [](const Reached& one, StreamOffset wanted) { return one.end < wanted; });
  return found == reached_.end() ? nullptr : &*found;
}

std::optional<Instant> SendHistory::reached(StreamOffset offset) const {
  const Reached* const found = reaching(offset);
  return found == nullptr ? std::nullopt : std::optional(found->time);
}

std::optional<Instant> SendHistory::first_repeat(StreamOffset octet, Instant since) const {
  const auto begin = std::lower_bound(repeats_.begin(), repeats_.end(), since,
                                      [](const Repeat& one, Instant wanted) { return one.time < wanted; });
  const std::size_t count = std::min(kFarthestLook, static_cast<std::size_t>(repeats_.end() - begin));
  const auto end = begin + static_cast<std::ptrdiff_t>(count);
  const auto found =
      std::find_if(begin, end, [octet](const Repeat& one) { return one.begin <= octet && octet < one.end; });
  if (found == end) return std::nullopt;
  return found->time;
}

std::optional<Instant> SendHistory::latest_repeat(StreamOffset octet, Instant until) const {
  std::size_t looks = 0;
  for (auto one = repeats_.rbegin(); one != repeats_.rend() && looks < kFarthestLook; ++one, ++looks) {
    if (one->time <= until && one->begin <= octet && octet < one->end) return one->time;
  }
  return std::nullopt;
}

std::optional<std::uint32_t> SendHistory::stamp_for(StreamOffset end, Instant until) const {
  const auto later = std::upper_bound(stamps_.begin(), stamps_.end(), until,
                                      [](Instant wanted, const Stamp& one) { return wanted < one.time; });
  std::size_t looks = 0;
  for (auto one = std::make_reverse_iterator(later); one != stamps_.rend() && looks < kFarthestLook; ++one, ++looks) {
    if (one->end <= end) return one->value;
  }
  const Reached* const first = reaching(end);
  return first == nullptr ? std::nullopt : first->stamp;
}

const SendHistory::Stamp* SendHistory::stamp_of(std::uint32_t value) const {
  const auto found = first_stamps_.find(value);
  return found == first_stamps_.end() ? nullptr : &stamps_[found->second];
}

}  // namespace fourtuple::replay
