#include "apps/replay/timeline.hpp"

#include <algorithm>

#include "apps/replay/host_distance.hpp"

namespace fourtuple::replay {
namespace {

// Times in a capture can be anything. A conversation is not longer than this, and its host not farther away.
constexpr Duration kLongest = std::chrono::hours(24 * 365);
constexpr Duration kFarthestHost = std::chrono::minutes(1);

}  // namespace

Timeline::Timeline(const capture::Conversation& conversation, capture::Host role) {
  if (!conversation.frames.empty()) first_ = conversation.frames.front().time;
  distance_ = std::clamp(distance_of(conversation, role), Duration::zero(), kFarthestHost);
}

Instant Timeline::at_capture(capture::CaptureTime time) const {
  if (time < first_) return kBegin - std::min(first_ - std::max(time, -kLongest), kFarthestHost);
  return kBegin + std::min(time - first_, kLongest);
}

}  // namespace fourtuple::replay
