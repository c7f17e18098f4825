// What the application of one host did, as a list of calls: inferred from the segments (step a of replaying), or read
// from a sidecar that somebody wrote down.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "apps/capture/conversation.hpp"
#include "stack/base/result.hpp"
#include "stack/judge/trace.hpp"

namespace fourtuple::replay {

// Of a kRead: from now on everything is taken as it comes.
inline constexpr std::uint64_t kEverything = ~std::uint64_t{0};

struct PlannedCall {
  judge::Call::Kind kind{};
  // When the application called, by the capture's clock at the host: with a capture from elsewhere up to one way
  // (Vantage) before the frame that shows it, so that the first call's may lie before the capture's beginning.
  capture::CaptureTime time{};
  // Of kWrite and kPushUrgent: octets of the stream. Of kRead: how many more octets the application takes; those that
  // have not come yet it takes when they come. 0 takes none: reading pauses here. kEverything ends the pause.
  std::uint64_t octets = 0;
  // The last frame of the other host before the call, as an index into Conversation::frames: what the application may
  // have answered to. None: it acted by itself.
  std::optional<std::size_t> after_frame;
  // Of kKeepAlive, as far as the frames show it; zero: they do not.
  Duration idle{};      // quiet before the first probe
  Duration interval{};  // between probes
};
// It sends octets.
[[nodiscard]] inline bool is_write(const PlannedCall& call) {
  return call.kind == judge::Call::Kind::kWrite || call.kind == judge::Call::Kind::kPushUrgent;
}
// What judge::Call::octets says about such a call: of kKeepAlive it is the quiet time in seconds.
[[nodiscard]] std::uint64_t judged_octets(const PlannedCall& call);

enum class CloseKind : std::uint8_t {
  kNone,        // the conversation was cut, or goes on
  kShutdown,    // FIN, and it still took what came
  kClose,       // FIN; what came later was answered with a reset, or nothing came
  kAbort,       // RST by the application: zero linger, or unread octets
  kRefused,     // nobody listened
  kStackReset,  // a RST that answers a segment nobody expects; the application had closed before
  kTimeout,     // gave up after unanswered retransmissions or probes
};
[[nodiscard]] std::string_view name(CloseKind kind);

struct ApplicationPlan {
  capture::Host host = capture::Host::kClient;
  bool is_inferred = true;
  bool active = false;               // connect; else listen
  std::vector<PlannedCall> calls;    // in order of time: kListen or kConnect first; none: nobody was there (kRefused)
  std::vector<std::uint8_t> stream;  // all octets that it wrote, in order
  CloseKind close = CloseKind::kNone;
  // Reads are immediate but where the plan has kRead calls: from the first of them on it reads only what they say.
  bool reads_by_plan = false;
  // Where reads_by_plan: the receive buffer that makes the window close where the recorded host's did; 0: not known.
  std::uint64_t receive_buffer = 0;
};

// Precondition: the conversation has no refusal. Never fails: what cannot be known is guessed as an application would
// most simply have done it.
[[nodiscard]] ApplicationPlan infer_application(const capture::Conversation& conversation, capture::Host host);

// What `host` must have been ready to take, in octets: the largest distance from what it had acknowledged to the end of
// what was sent into its window. A receive buffer of this size never drops what the recorded one took.
[[nodiscard]] std::uint64_t receive_window_needed(const capture::Conversation& conversation, capture::Host host);

// A sidecar: {"t0_epoch": SECONDS, "calls": [{"t","dt","who","fd","call","arg","res"}...]}, as `fourtuple record`
// writes it. Replaces the guess where it names the calls of `host`. Fails with a sentence where the file cannot be
// read or speaks of something else. `capture_start` is the time of the capture's first frame since 1970.
[[nodiscard]] SetupResult<ApplicationPlan> read_sidecar(const std::string& path,
                                                        const capture::Conversation& conversation, capture::Host host,
                                                        std::chrono::nanoseconds capture_start);

}  // namespace fourtuple::replay
