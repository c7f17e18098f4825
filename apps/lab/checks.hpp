// What a lab promises to show, as lines that a test and a learner can ask: "exactly 1 segment-sent host=client
// cause=fast-retransmit", "segment-sent retransmission=true before timer-fired timer=retransmission".
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "stack/base/result.hpp"
#include "stack/base/time.hpp"

namespace fourtuple::lab {

// Some of the log's events: a name, and fields with their values. `host` takes client, server and wire, too.
struct EventFilter {
  enum class Comparison : std::uint8_t { kEqual, kAbove, kBelow };
  struct Field {
    std::string key;
    Comparison comparison{};
    std::string value;
  };
  std::string event;
  std::vector<Field> fields;

  // `json` is one event of an EventLog.
  [[nodiscard]] bool takes(std::string_view json) const;
};

struct Check {
  enum class Kind : std::uint8_t {
    kExactly,  // so many events
    kAtLeast,
    kAtMost,
    kBefore,   // the first of one before the first of another, and both there
    kBetween,  // the first of them between two times
  };
  Kind kind{};
  std::uint64_t count = 0;
  EventFilter filter;
  EventFilter other;  // with kBefore
  Duration from{}, to{};
  std::string text;  // as written

  // Empty: it holds. Else a sentence about what was found instead.
  [[nodiscard]] std::string broken_by(const std::vector<std::string>& events) const;
};

// "exactly|at least|at most N FILTER", "no FILTER", "FILTER before FILTER", "FILTER within 1s..1.2s"
[[nodiscard]] Result<Check, std::string> parse_check(std::string_view text);

}  // namespace fourtuple::lab
