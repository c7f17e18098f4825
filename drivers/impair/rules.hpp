// What a bad wire does, as data, and as a text that people write:
//
//   loss 5%; reorder 20%; duplicate 10%          in both directions
//   out: drop data 3 once; in: delay ack 5..9 by 30ms
//   delay 20ms, jitter 5ms, rate 10mbit, queue 100, seed 42
//   at 5s: mtu 1280 icmp; down 8s..9s            from then on
//
// Statements are separated by ';', ',' or a new line; "in:" (towards our stack) and "out:" (from it) hold for one
// statement, and without them it holds both ways. docs/wire.md tells all of it.
#pragma once

#include <array>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "drivers/impair/profile.hpp"
#include "stack/base/result.hpp"
#include "stack/base/time.hpp"

namespace fourtuple::impair {

enum class Direction : std::uint8_t { kBoth, kOutbound, kInbound };
enum class Action : std::uint8_t { kDrop, kDelay, kDuplicate, kCorrupt, kMark };

// A frame can be of several kinds: a FIN with data is kData, kFin and kAny.
enum class FrameKind : std::uint8_t {
  kAny,
  kData,  // TCP with payload
  kAck,   // TCP with ACK and neither payload nor SYN, FIN, RST
  kSyn,   // SYN without ACK
  kSynAck,
  kFin,
  kRst,
  kArp,
  kIcmp,
  kUdp,
};

// Acts on frames of one kind, counted from 1 in the order in which they pass in the rule's direction (for kBoth: in
// either), retransmissions included.
struct Rule {
  static constexpr std::uint32_t kLast = std::numeric_limits<std::uint32_t>::max();

  Direction direction = Direction::kBoth;
  Action action = Action::kDrop;
  FrameKind kind = FrameKind::kAny;
  std::uint32_t first = 1;  // "data 3" is first = last = 3; without a number all frames of the kind
  std::uint32_t last = kLast;
  bool once = false;                 // only the first frame that fits
  Duration delay{};                  // with kDelay
  Damage damage = Damage::kBit;      // with kCorrupt
  std::uint32_t every = 1;           // of first..last, each so-many-th
  PartsPerMillion chance = kAlways;  // and of these, by the dice

  friend bool operator==(const Rule&, const Rule&) = default;
};

// From `at` on, counted from the wire's first moment, one setting is as in `value`.
struct Change {
  Duration at{};
  Direction direction = Direction::kBoth;
  Setting setting = Setting::kLoss;
  Profile value;  // standard but for the setting

  friend bool operator==(const Change&, const Change&) = default;
};

struct WireRules {
  Profile outbound;
  Profile inbound;
  std::vector<Rule> rules;
  std::optional<std::uint64_t> seed = std::nullopt;
  std::vector<Change> changes = {};  // by time; of one time in the order in which they were said

  // True if every frame passes as it is.
  [[nodiscard]] bool is_empty() const {
    return rules.empty() && changes.empty() && outbound == Profile{} && inbound == Profile{};
  }
  friend bool operator==(const WireRules&, const WireRules&) = default;
};

struct RuleError {
  std::size_t position = 0;   // characters from the start of the text to where it went wrong
  std::string found = {};     // the word there; empty at the end of a statement
  std::string expected = {};  // "drop, delay, ... or seed"
  std::size_t line = 1;
  std::size_t column = 1;  // both counted from 1

  // "'flood' is not understood at character 12: expected drop, delay, ..."; from the second line on with its number.
  [[nodiscard]] std::string to_string() const;
};

struct Done {};  // success with nothing to say

inline constexpr std::size_t kMaxRules = 256;
inline constexpr std::size_t kMaxChanges = 1024;

// Traces that the text names by file are not loaded yet: rules_file.hpp does that.
[[nodiscard]] Result<WireRules, RuleError> parse_rules(std::string_view text);
// The same with a message for the user.
[[nodiscard]] SetupResult<WireRules> parse_rules_or_explain(std::string_view text);
// Text that parse_rules() takes back to the same rules, in a standard order.
[[nodiscard]] std::string to_string(const WireRules& rules);

[[nodiscard]] std::string_view name(FrameKind kind);
[[nodiscard]] std::string_view name(Action action);
inline constexpr std::size_t kFrameKindCount = 10;
inline constexpr std::size_t kActionCount = 5;

}  // namespace fourtuple::impair
