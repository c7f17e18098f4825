// What a learner does in a lab, as one line of text: "client: connect 80", "wire: drop next data".
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "drivers/impair/rules.hpp"
#include "stack/base/result.hpp"
#include "stack/base/time.hpp"
#include "stack/wire/address.hpp"

namespace fourtuple::lab {

// The two hosts by their index, and the wire between them.
inline constexpr int kClient = 0;
inline constexpr int kServer = 1;
inline constexpr int kWire = -1;

enum class Verb : std::uint8_t {
  kListen,     // PORT
  kConnect,    // PORT [from PORT]
  kSend,       // OCTETS [to #k]
  kRead,       // OCTETS [from #k]: once, what is there
  kAutoRead,   // on|off: everything, as soon as it is there
  kAutoClose,  // on|off: our side, when the peer has closed its own
  kEcho,       // on|off: what is read is sent back
  kServe,      // OCTETS: each accepted connection is sent so much, and closed
  kShutdown,   // [#k]: our direction
  kClose,      // [#k]
  kAbort,      // [#k]
  kStop,       // listening
  kPing,       // [COUNT] [size OCTETS]
  kDatagram,   // "udp send OCTETS to PORT"
  kSet,        // nodelay|cork|keepalive on|off, congestion NAME, receive-buffer|send-buffer OCTETS
  kRules,      // the wire's, from now on
  kDropNext,   // [KIND]
  kCut,        // the cable is out
  kHeal,       // it is in again
  kInjectSyn,  // "inject syn COUNT to PORT": from addresses where nobody is
};

struct Action {
  int who = kWire;
  Verb verb{};
  std::uint64_t amount = 0;  // octets, a count
  Port port = 0;
  Port from_port = 0;
  std::uint32_t connection = 0;  // #1, #2, ... in the order of opening at that host; 0: the newest
  bool on = false;
  impair::FrameKind kind = impair::FrameKind::kAny;
  std::string name = {};   // of an option
  std::string value = {};  // of an option; the rules' text
};

inline constexpr std::uint64_t kMostOctets = std::uint64_t{1} << 30;  // of one action
inline constexpr std::uint64_t kMostPings = 1000;
inline constexpr std::uint64_t kMostSyns = 100'000;

// The error is a sentence that says what was expected.
[[nodiscard]] Result<Action, std::string> parse_action(std::string_view text);
// The standard form, which parse_action() takes.
[[nodiscard]] std::string to_string(const Action& action);

// An action of a script, and when it happens, counted from the start.
struct TimedAction {
  Duration at{};
  Action action;
  // How many events had been told when it was done by hand: one moment may have many, and a repetition must find the
  // same one.
  std::optional<std::size_t> position = {};
};

// "20ms client: connect 80"; "+20ms ..." counts from `previous`; "20ms@117 ..." has a position.
[[nodiscard]] Result<TimedAction, std::string> parse_timed_action(std::string_view text, Duration previous);
// "20ms client: connect 80"
[[nodiscard]] std::string to_string(const TimedAction& timed);

}  // namespace fourtuple::lab
