// When two hosts did the very same.
#include <algorithm>
#include <cstdlib>

#include "apps/replay/comparison.hpp"

namespace fourtuple::replay {
namespace {

// Times agree within 1 ms or 5 % of the time since the segment before.
bool is_same_moment(Duration ours, Duration recorded, Duration since_last) {
  const Duration apart = ours > recorded ? ours - recorded : recorded - ours;
  return apart <= std::max<Duration>(std::chrono::milliseconds(1), since_last / 20);
}

// Timestamps run on clocks of their own; that they are there is what counts.
bool are_same_options(const SegmentOptions& ours, const SegmentOptions& recorded) {
  SegmentOptions a = ours;
  SegmentOptions b = recorded;
  if (a.timestamps.has_value() != b.timestamps.has_value()) return false;
  a.timestamps.reset();
  b.timestamps.reset();
  return a == b;
}

bool are_same_octets(ByteView ours, ByteView recorded) {
  return std::equal(ours.begin(), ours.end(), recorded.begin(), recorded.end());
}

bool are_same(const Emission& ours, const Emission& recorded) {
  return ours.segment->flags == recorded.segment->flags && ours.begin == recorded.begin && ours.end == recorded.end &&
         ours.ack == recorded.ack && ours.window == recorded.window &&
         are_same_options(ours.segment->options, recorded.segment->options) &&
         are_same_octets(ours.segment->payload, recorded.segment->payload);
}

}  // namespace

bool are_identical(const Emissions& ours, const Emissions& recorded) {
  if (ours.all.size() != recorded.all.size()) return false;
  Duration last{};
  for (std::size_t i = 0; i < ours.all.size(); ++i) {
    if (!are_same(ours.all[i], recorded.all[i])) return false;
    if (!is_same_moment(ours.all[i].time, recorded.all[i].time, recorded.all[i].time - last)) return false;
    last = recorded.all[i].time;
  }
  return true;
}

}  // namespace fourtuple::replay
