// When the events of a script are due, and how exactly.
#pragma once

#include <optional>
#include <string>

#include "apps/packet_script/script.hpp"

namespace fourtuple::drill {

struct Due {
  Instant at;                  // not before
  Instant latest;              // not after; the same as `at` unless the script gives a range
  std::optional<Instant> end;  // when a waiting call returns
  bool any = false;            // `*`: whenever it comes
  Duration tolerance{};

  [[nodiscard]] bool is_early(Instant moment) const { return !any && moment < at - tolerance; }
  [[nodiscard]] bool is_late(Instant moment) const { return !any && moment > latest + tolerance; }
  // The last moment that is in time; kNever for `*`.
  [[nodiscard]] Instant deadline() const { return any ? kNever : latest + tolerance; }
};

// `start` is the script's zero, `last` the moment of the event before. The tolerance is `least` or, for what is due
// after a long time, an eighth of that.
[[nodiscard]] Due due(const packet_script::When& when, Instant start, Instant last, Duration least);

// "1.204 s", since the script's zero.
[[nodiscard]] std::string moment_text(Instant moment, Instant start);

}  // namespace fourtuple::drill
