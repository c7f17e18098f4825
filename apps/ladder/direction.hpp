// What one host of a captured conversation has sent so far.
#pragma once

#include <cstdint>
#include <map>
#include <optional>

#include "apps/capture/axis.hpp"
#include "apps/capture/conversation.hpp"

namespace fourtuple::ladder {

class DirectionRead {
 public:
  static constexpr std::size_t kMostRemembered = 4096;

  enum class Octets : std::uint8_t { kNone, kNew, kNewBehindGap, kFillGap, kAgain };
  struct Earlier {
    std::uint32_t number = 0;
    capture::CaptureTime time{};
  };
  struct Taken {
    Octets octets = Octets::kNone;
    StreamOffset begin = 0;          // of the SYN, where there is one
    std::optional<Earlier> earlier;  // the last segment that began there
    StreamOffset missing = 0;        // octets ahead of it, of kNewBehindGap
  };

  // Where the direction begins although no segment of it was seen yet: an acknowledgment tells.
  void begin_at(SeqNum acknowledged);
  Taken take(const capture::TcpFrame& frame);

  [[nodiscard]] bool is_known() const { return axis_.is_known(); }
  [[nodiscard]] StreamOffset end() const { return axis_.sent_end(); }
  [[nodiscard]] StreamOffset offset_of(SeqNum seq) const { return axis_.offset_of(seq); }

  // What this host said last about the other's octets.
  std::optional<StreamOffset> acknowledged;
  std::uint64_t window = 0;
  std::uint32_t duplicate_acks = 0;
  std::uint8_t window_scale = 0;

 private:
  [[nodiscard]] Octets classify(StreamOffset begin, StreamOffset end, StreamOffset end_before);
  void remember(StreamOffset begin, const capture::TcpFrame& frame);

  capture::SequenceAxis axis_;
  std::map<StreamOffset, StreamOffset> gaps_;  // begin and end of what was never seen
  std::map<StreamOffset, Earlier> begun_;      // segments by where they begin
};

}  // namespace fourtuple::ladder
