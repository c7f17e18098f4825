// A world as plain data: two hosts, the wire between them, the applications and what befalls them. It follows from a
// seed (draw_plan), and it is a short text (print, parse): the replay file.
#pragma once

#include <array>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include "drivers/impair/rules.hpp"
#include "stack/base/result.hpp"
#include "stack/base/time.hpp"
#include "stack/tcp/config.hpp"

namespace fourtuple::simulate {

inline constexpr std::uint64_t kForever = std::numeric_limits<std::uint64_t>::max();

enum class Mode : std::uint8_t {
  kSwarm,        // whole classes of faults and features on or off by the seed
  kLite,         // a mild wire, one or two connections
  kPerformance,  // no faults: is the link used?
  kCanary,       // one octet of one stream is spoilt on purpose: the alarm must go off
};

// How an application ends its part.
enum class Ending : std::uint8_t {
  kFinWhenWritten,  // half-closes when all is written, reads to the end, closes
  kFinWhenRead,     // reads to the end of the stream first
  kClose,           // closes after so many octets, whatever is unread or unwritten
  kAbort,           // the same with a reset
  kNever,           // never ends by itself: waits for the other end, then aborts
};

struct AppPlan {
  std::uint64_t write = 0;                  // octets that it has to say
  std::uint64_t write_size = 4096;          // each call has 1 to this many
  std::uint64_t read_size = 4096;           //
  impair::PartsPerMillion stalls = 0;       // of a pause after a call
  Duration stall{};                         // up to this long
  Duration reads_after{};                   // does not read before, counted from when it is connected
  impair::PartsPerMillion toggles = 0;      // of a changed option after a call
  Ending ending = Ending::kFinWhenWritten;  //
  std::uint64_t ends_after = 0;             // octets read and written, with kClose and kAbort
};

enum class Opening : std::uint8_t {
  kConnect,
  kNobodyThere,   // nobody listens on that port
  kSimultaneous,  // both connect at once
};

struct TalkPlan {
  Duration begin{};
  Opening opening = Opening::kConnect;
  std::uint8_t caller = 0;  // the host that connects
  bool same_port = false;   // begins when the talk before it is over, from the same port
  std::array<AppPlan, 2> apps;
};

struct HostPlan {
  tcp::TcpConfig tcp;
  tcp::ConnectionOptions options;  // of all its connections
  std::uint64_t batch = 64;        // frames taken from the wire at once
  Duration clock{};                // what it shows at the beginning, more than the other clocks
  std::int32_t drift = 0;          // parts per million
  std::uint32_t backlog = 128;
  Duration accepts_after{};  // how long a connection that waits is left waiting
};

enum class IncidentKind : std::uint8_t {
  kClockJump,  // the host's clock goes forward by `length`, as after a suspend
  kReboot,     // the host forgets everything
  kShortage,   // for `length` the host has no memory for packets
};

struct Incident {
  Duration at{};
  IncidentKind kind = IncidentKind::kClockJump;
  std::uint8_t host = 0;
  Duration length{};
};

// What befell one frame, number `frame` (from 1) of those that a host sent, a copy's own fate aside.
enum class FaultKind : std::uint8_t { kDrop, kCorrupt, kDelay, kCopy };
struct Fault {
  std::uint8_t from = 0;  // host
  FaultKind kind = FaultKind::kDrop;
  std::uint32_t frame = 0;
  std::uint64_t value = 0;  // kDelay, kCopy: nanoseconds; kCorrupt: which damage

  friend bool operator==(const Fault&, const Fault&) = default;
};

struct Plan {
  std::uint64_t seed = 1;
  Mode mode = Mode::kSwarm;
  std::uint64_t mtu = 1500;
  bool offload = false;  // the hosts leave checksums and the cutting of segments to the device
  bool arp = false;      // the hosts ask for each other's address
  Duration heals{};      // from then on the wire and the hosts are as good as new
  std::uint64_t last_event = kForever;
  // Whether the hosts are held to rules that speak in one world of some hundreds although nobody has found out yet
  // whether rule or engine is wrong. Not part of the text.
  bool has_unsure_rules = true;

  // out: from host a to host b. Chances decide about each frame; counted rules, rate, queue, MTU and changes go on.
  impair::WireRules wire;
  std::array<impair::PartsPerMillion, 2> late_copies{};  // of a copy that comes up to `late` later; by sender
  Duration late{};
  bool by_faults = false;     // the chances are not asked: `faults` says what befalls which frame
  std::vector<Fault> faults;  // in the order of frames

  std::array<HostPlan, 2> hosts;
  std::vector<TalkPlan> talks;
  std::vector<Incident> incidents;

  [[nodiscard]] bool has(IncidentKind kind) const;
};

[[nodiscard]] Plan draw_plan(std::uint64_t seed, Mode mode);

// "host a: timestamps=off iss=4294967000" and so on: what stands in the standard is not said.
[[nodiscard]] std::string print(const Plan& plan);
// What is wrong is told with its line.
[[nodiscard]] Result<Plan, std::string> parse(std::string_view text);

[[nodiscard]] std::string_view name(Mode mode);
[[nodiscard]] Result<Mode> mode_of(std::string_view word);

}  // namespace fourtuple::simulate
