// What the states and timers mean, in our words.
#pragma once

#include <string_view>

#include "stack/trace/events.hpp"

namespace fourtuple::explain {

struct Meaning {
  std::string_view says;
  std::string_view clause;  // "RFC9293 3.3.2"
};

[[nodiscard]] Meaning meaning_of(TcpState state);
[[nodiscard]] Meaning meaning_of(trace::Timer timer);

}  // namespace fourtuple::explain
