// When each recorded frame of the other host may reach our stack: what it waits for, and how long after that it came
// in the capture (steps b and d of replaying).
#pragma once

#include <array>
#include <vector>

#include "apps/capture/conversation.hpp"
#include "apps/replay/performance.hpp"
#include "apps/replay/send_history.hpp"
#include "apps/replay/timeline.hpp"

namespace fourtuple::replay {

// What made the other host send a frame: octets that reached it, and how long after they had left the recorded host
// the frame came there.
struct Enabler {
  StreamOffset end = 0;    // all below had been sent
  bool is_repair = false;  // the octet before `end` had been sent again: it was lost the first time
  Duration after{};
  Instant left{};  // of a repair: when
};

// Which of our timestamps a frame echoes.
struct Echo {
  StreamOffset end = 0;  // of the segment echoed, or what of it the frame acknowledges
  Duration after{};      // the echoed segment left that long before
  // Where no recorded segment has the value: how far it is from the latest of the recorded host's.
  std::optional<std::uint32_t> difference = std::nullopt;
};

// One frame or ICMP error that is to be delivered.
struct Cue {
  std::size_t index = 0;  // into Conversation::frames or ::icmp
  bool is_icmp = false;
  Instant recorded{};         // when it reached the recorded host
  Duration since_previous{};  // frame of the other host; zero for the first
  StreamOffset needs = 0;     // our stack must have sent all below
  StreamOffset acked = 0;     // what it acknowledges; 0: nothing, or what never was sent
  std::array<Enabler, 3> enablers{};
  std::uint8_t enabler_count = 0;
  std::optional<Echo> echo;

  void enabled_by(const Enabler& enabler);
};

// What the recorded host sent, and the cues that follow from it; in the order of delivery.
struct Score {
  SendHistory recorded;
  std::vector<Cue> cues;
  std::size_t unanswered_syns = 0;  // without a cue: a later copy was the one that was answered
  std::size_t lost_beyond = 0;      // without a cue: they never came to the recorded host
  std::optional<Instant> given_up;  // when the recorded host had stopped trying, without an answer
  Instant last_living{};            // when the recorded host sent its last segment that was no reset
};
[[nodiscard]] Score make_score(const capture::Conversation& conversation, capture::Host role, const Timeline& timeline);

// How far our stack has come.
struct Situation {
  const SendHistory& ours;
  StreamOffset acked = 0;  // of what it sent, as it knows
  Duration behind{};       // how much later than recorded the frame before was delivered
};

// What of ours a cue is about, as far as it says.
[[nodiscard]] HeldFor kind_of(const Cue& cue, const Score& score);

// Whether a cue may come.
struct Clearance {
  HeldFor held_for = HeldFor::kNothing;  // else it waits, and `due` means nothing
  Instant due{};
};
[[nodiscard]] Clearance clearance(const Cue& cue, const Score& score, const Situation& situation);

}  // namespace fourtuple::replay
