// What the other host must have said although no recorded frame says it: acknowledgments of what our stack has sent,
// where only they would let it send what a recorded frame waits for.
//
// A recorded acknowledgment may cover more at once than our congestion window, or Nagle's algorithm, ever lets go
// unacknowledged; then our stack and the recording would wait for each other.
#pragma once

#include "apps/replay/steering.hpp"

namespace fourtuple::replay {

class Relief {
 public:
  Relief(const capture::Conversation& conversation, const Score& score);

  enum class Kind : std::uint8_t {
    kNone,
    kWithoutSack,     // the frame comes without the blocks that it cannot say yet
    kAcknowledgment,  // a synthetic acknowledgment of what was sent
  };
  struct Offer {
    Kind kind = Kind::kNone;
    Instant due = kNever;
    StreamOffset acked = 0;
    std::size_t cue = 0;  // for which the acknowledgment stands
  };
  // For the cue that waits while our stack is blocked. `natural`: when the cue would have come.
  [[nodiscard]] Offer for_blocked(std::size_t cue, const Situation& situation, Instant natural) const;
  // [REPLAY d 2] The next acknowledgment that would come before its recorded time, had the other host got our octets
  // when they were sent. Precondition: `from` never goes back.
  [[nodiscard]] Offer elastic(std::size_t from, const Situation& situation);

  void note_delivery(const Segment& segment, const Cue& cue);
  // The segment that an offer means, as it is delivered now.
  [[nodiscard]] Segment take_acknowledgment(const Offer& offer, const SendHistory& ours);
  // What our stack knows to be acknowledged.
  [[nodiscard]] StreamOffset acked() const { return acked_; }

 private:
  const capture::Conversation& conversation_;
  const Score& score_;
  StreamOffset acked_ = 0;
  std::size_t next_elastic_ = 0;
  Segment latest_;  // of the other host
  std::optional<SeqNum> next_;
};

// The cue as it is without the SACK blocks that name octets which our stack has not sent.
[[nodiscard]] Cue without_unsent_blocks(const Cue& cue);
void remove_unsent_blocks(SegmentOptions& options, const SendHistory& ours);

}  // namespace fourtuple::replay
