// Segments as people read them: numbers counted from the initial sequence numbers of their conversation, windows in
// octets, times since its first frame. What text, JSON and page all show comes through here.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "apps/replay/outcome.hpp"
#include "stack/observe/segment_text.hpp"

namespace fourtuple::replay {

[[nodiscard]] std::string_view name(Party party);         // "ours", "recorded"
[[nodiscard]] std::string_view name(capture::Host host);  // "client", "server"
[[nodiscard]] std::string_view name(Ending ending);       // "played", "stalled", "early"
[[nodiscard]] std::string_view symbol(Verdict verdict);   // one column of UTF-8
[[nodiscard]] char ascii_symbol(Verdict verdict);
// The verdict with its reason: "not replayable (no-handshake)".
[[nodiscard]] std::string in_words(Verdict verdict, const std::optional<capture::Refusal>& refusal);

// What somebody who doubts a verdict must know about how it was found, a sentence each.
[[nodiscard]] std::vector<std::string> circumstances_in_words(const Outcome& outcome);

// One segment, recorded or ours.
struct ShownSegment {
  capture::Host from{};
  Duration time{};            // since the conversation's first frame
  std::uint32_t frame = 0;    // its number in the capture; 0: it is ours
  observe::SegmentLine line;  // relative numbers, scaled window
  const Segment* segment = nullptr;
  bool retransmission = false;

  [[nodiscard]] std::int64_t begin() const { return line.relative_seq; }
  // One past its last octet of sequence space, SYN and FIN counted.
  [[nodiscard]] std::int64_t end() const {
    return line.relative_seq + line.payload_bytes + (line.flags.syn() ? 1 : 0) + (line.flags.fin() ? 1 : 0);
  }
};

// A SYN's options in so few letters that they fit beside it, "mss 1460 sack ts ws 7"; SACK blocks. Empty: none.
[[nodiscard]] std::string short_options(const ShownSegment& shown);
// "P. 1:1461(1460) ack 79 win 65535 <sack 2921:4381>", cut to `width` columns.
[[nodiscard]] std::string text_of(const ShownSegment& shown, std::size_t width = 200);

// What the numbers of one conversation count from: as it was recorded, and as our stack played it.
class Numbering {
 public:
  Numbering(const capture::Conversation& conversation, const Performance& performance);

  // Preconditions: an index into Conversation::frames; into Performance::segments; into Performance::deliveries, and
  // not of ICMP. What was delivered is shown as our stack got it.
  [[nodiscard]] ShownSegment recorded(std::size_t frame) const;
  [[nodiscard]] ShownSegment ours(std::size_t segment) const;
  [[nodiscard]] ShownSegment delivered(std::size_t delivery) const;

  [[nodiscard]] Duration since_begin(Instant time) const { return time - performance_.begin; }

 private:
  // Of one host: where its numbers begin and how its windows are scaled.
  struct Origin {
    std::optional<SeqNum> initial;
    std::optional<std::uint8_t> shift;
  };
  using Origins = std::array<Origin, 2>;

  void learn_recorded();
  void learn_ours();
  static void learn(Origin& origin, const Segment& segment);
  [[nodiscard]] static observe::SegmentLine line_of(const Origins& origins, capture::Host from, const Segment& segment);

  const capture::Conversation& conversation_;
  const Performance& performance_;
  Origins recorded_;
  Origins ours_;
  Duration first_time_{};
  std::vector<bool> again_;  // by recorded frame: its octets, SYN or FIN had all passed before
};

}  // namespace fourtuple::replay
