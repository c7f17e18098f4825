// Times of a capture as the stood-in host lived them, on the replay's virtual clock.
#pragma once

#include "apps/capture/conversation.hpp"

namespace fourtuple::replay {

// The capture may have been taken elsewhere: what came to the host came later than it was seen, and what the host sent
// left earlier, by the way between. [REPLAY step 0]
class Timeline {
 public:
  Timeline(const capture::Conversation& conversation, capture::Host role);

  // Virtual time of the conversation's first frame. Far from zero, so that there is room before it.
  static constexpr Instant kBegin{std::chrono::hours(1)};

  [[nodiscard]] Instant at_capture(capture::CaptureTime time) const;
  [[nodiscard]] Instant arrival(capture::CaptureTime time) const { return at_capture(time) + distance_; }
  [[nodiscard]] Instant departure(capture::CaptureTime time) const { return at_capture(time) - distance_; }
  // One way between the capture and the stood-in host.
  [[nodiscard]] Duration distance() const { return distance_; }

 private:
  capture::CaptureTime first_{};
  Duration distance_{};
};

}  // namespace fourtuple::replay
