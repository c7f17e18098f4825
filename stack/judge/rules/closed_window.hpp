// The time in front of a closed window, from the side that would like to send. That something waited there is seen
// afterwards: new octets leave as soon as the window opens.
#pragma once

#include <optional>

#include "stack/judge/rules/copies.hpp"
#include "stack/judge/rules/evidence.hpp"

namespace fourtuple::judge {

class ClosedWindow {
 public:
  struct Episode {
    Place closed;                   // the segment that said zero
    std::optional<Instant> opened;  // not yet
    std::optional<Place> first_probe;
    std::optional<Place> empty_probe;  // the first that carried nothing to acknowledge
    Copies probes;
    bool is_answered = false;  // the latest probe was
  };

  // After the rule has looked.
  void take(const Endpoint& endpoint, const TracedSegment& segment, const Report& report);

  // Closed now.
  [[nodiscard]] const std::optional<Episode>& now() const { return now_; }
  // Asks in front of a closed window: an octet of its own, or an old number without any.
  [[nodiscard]] bool is_probe(const Endpoint& endpoint, const TracedSegment& segment) const;
  // The episode that ended, if this segment carries new octets that must have waited for that.
  [[nodiscard]] const Episode* waited_for(const Endpoint& endpoint, const TracedSegment& segment) const;
  // Octets wait, as far as the calls of the application tell.
  [[nodiscard]] static bool has_waiting_octets(const Endpoint& endpoint);

 private:
  void take_heard(const Endpoint& endpoint, const TracedSegment& segment, const Report& report);
  void take_probe(const TracedSegment& segment, const Report& report);

  std::optional<Episode> now_;
  std::optional<Episode> ended_;
};

}  // namespace fourtuple::judge
