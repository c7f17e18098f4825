// What a capture shows of one conversation, frame by frame: numbers counted from the initial ones, windows scaled, and
// what is remarkable about each segment. A capture sees one place of the path; what it cannot see is not guessed.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "apps/capture/conversation.hpp"
#include "stack/observe/segment_text.hpp"

namespace fourtuple::ladder {

enum class Sign : std::uint8_t {
  kRetransmission,  // octets, a SYN or a FIN that were seen before
  kOutOfOrder,      // octets that later ones were seen before: late, or lost ahead of the capture and sent again
  kGap,             // begins beyond what was seen: something is missing ahead of here
  kLost,            // the receiver's segments say that it never came
  kDamaged,         // a wrong checksum that no offload explains
  kDuplicateAck,
  kWindowClosed,
  kWindowOpened,
  kWindowProbe,
  kKeepAlive,
  kCongestionMark,  // CE
  kRecordedTwice,
  kAckOfUnseen,    // acknowledges octets that the capture does not have
  kFromAStranger,  // not of the host in whose name it was sent
};
inline constexpr std::size_t kSignCount = 14;
[[nodiscard]] std::string_view name(Sign sign);  // "retransmission", "out-of-order" ...

struct ReadFrame {
  const capture::TcpFrame* frame = nullptr;
  observe::SegmentLine line;
  std::vector<Sign> signs;           // the most remarkable first
  std::uint32_t duplicate_acks = 0;  // how many came in a row, of kDuplicateAck
  std::string detail;                // about the first: "of frame 12, 201 ms later"; may be empty
  [[nodiscard]] bool has(Sign sign) const;
};

// In the order of the conversation's frames, which must live as long as the answer.
[[nodiscard]] std::vector<ReadFrame> read_conversation(const capture::Conversation& conversation);

}  // namespace fourtuple::ladder
