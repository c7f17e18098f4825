// Our stack in the place of one host of a recorded conversation: the player delivers the other host's frames in causal
// virtual time and keeps what our stack did (steps b and d of replaying).
#pragma once

#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "apps/capture/conversation.hpp"
#include "apps/replay/application.hpp"
#include "stack/judge/trace.hpp"
#include "stack/trace/events.hpp"
#include "stack/trace/tcp_state.hpp"

namespace fourtuple::replay {

// What a recorded frame was held back for.
enum class HeldFor : std::uint8_t {
  kNothing,
  kData,       // it acknowledges or SACKs octets that our stack had not sent yet
  kSyn,        // it acknowledges our SYN
  kFin,        // it acknowledges our FIN
  kTimestamp,  // it echoes a timestamp whose frame we had not sent yet
};
[[nodiscard]] std::string_view word(HeldFor reason);

// One recorded frame of the other host, and when it reached our stack.
struct Delivery {
  std::size_t frame = 0;  // index into Conversation::frames; for ICMP: into Conversation::icmp
  bool is_icmp = false;
  capture::CaptureTime recorded{};
  Instant delivered{};
  HeldFor held_for = HeldFor::kNothing;
  Duration held{};            // behind its causal time
  bool is_synthetic = false;  // an elastic ACK that the player made itself
  // As our stack got it: options mapped and stripped. The payload views Conversation::octets. Not for ICMP.
  Segment segment;
  bool checksum_is_wrong = false;
  bool ecn_marked = false;
};

// One segment that our stack sent. Its octets are in Performance::octets.
struct OurSegment {
  Instant time{};
  Segment segment;
  Cause cause{};
  bool retransmission = false;
  bool ack_lag = false;               // sent because a recorded ACK came late in recorded time: an artefact of steering
  std::size_t deliveries_before = 0;  // how many of Performance::deliveries had been delivered
};

struct StateStep {
  Instant time{};
  TcpState from{};
  TcpState to{};
  std::size_t segments_before = 0;  // how many of Performance::segments had been sent
};

enum class Ending : std::uint8_t {
  kPlayed,   // all recorded frames were delivered, and our stack came to rest
  kStalled,  // a recorded frame waits for something that our stack will never send
  kEarly,    // our stack reset or closed while frames were left
};

// What the player did otherwise than the recording says, so that the play could go on.
struct Adaptation {
  std::string_view clause;  // that has to do with it
  std::string sentence;
  std::string_view hint;
};

struct Performance {
  capture::Host role = capture::Host::kClient;
  Instant begin{};  // virtual time of the conversation's first frame
  std::vector<Delivery> deliveries;
  std::vector<OurSegment> segments;
  std::vector<StateStep> states;
  std::vector<judge::Call> calls;  // as they were made, with their virtual times
  std::deque<std::vector<std::uint8_t>> octets;
  Ending ending = Ending::kPlayed;
  std::optional<std::size_t> stalled_at;  // index into Conversation::frames; none: an ICMP error waits
  std::int64_t stalled_for = 0;           // the offset that our stack did not send
  bool window_allowed_more = false;       // where it stalled: window and congestion window would have let it send
  std::size_t undelivered = 0;
  std::vector<Adaptation> adaptations;
  std::uint64_t octets_read = 0;  // by our application
  bool stream_is_whole = true;    // what it read are the octets that the other host sent, in order
  Instant end{};
  TcpState final_state = TcpState::kClosed;
};

struct PlayerOptions {
  bool elastic_acks = false;
  std::uint64_t max_events = 10'000'000;
};

// Deterministic: the same conversation, plan and options give the same performance. No wall clock, no system call.
[[nodiscard]] Performance play(const capture::Conversation& conversation, const ApplicationPlan& plan,
                               const PlayerOptions& options = {});

// What the judge must know about the recorded host and about how it was recorded.
[[nodiscard]] judge::Circumstances circumstances_of(const capture::Conversation& conversation, capture::Host host);

}  // namespace fourtuple::replay
