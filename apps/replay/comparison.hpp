// Compares what our stack sent with what the recorded host sent (step c of replaying). It never says violation where a
// rule has to be known: that is the judge's. What it lists is what an observer sees to be different, and what permits
// it.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "apps/replay/outcome.hpp"
#include "stack/wire/sequence.hpp"

namespace fourtuple::replay {

// One host's side of the conversation on the axis of its own sequence numbers: the SYN is 0.
struct Emission {
  Duration time{};  // since the conversation's first frame
  const Segment* segment = nullptr;
  StreamOffset begin = 0;
  StreamOffset end = 0;      // SYN and FIN counted
  StreamOffset ack = 0;      // in the other host's numbers; meaningful with ACK
  std::uint64_t window = 0;  // octets
  std::size_t heard = 0;     // deliveries, or frames of the other host, that had come before
  std::size_t index = 0;     // into Performance::segments, or Conversation::frames
};

// Everything one host sent, and the numbers it counts from.
struct Emissions {
  std::vector<Emission> all;
  SeqNum initial;        // its own
  SeqNum other_initial;  // the other host's
  std::optional<StreamOffset> fin;
  std::optional<std::size_t> reset;  // the first RST, an index into `all`
  StreamOffset data_end = 1;         // one past its last octet of data
  unsigned shift = 0;
};
// Of the recorded host, times moved to where it stood.
[[nodiscard]] Emissions emissions_of(const capture::Conversation& conversation, capture::Host host,
                                     const capture::Vantage& vantage);
[[nodiscard]] Emissions emissions_of(const capture::Conversation& conversation, const Performance& performance);

// True where both sent the same segments: flags, numbers, octets, options, windows in octets, and times within 1 ms or
// 5 %.
[[nodiscard]] bool are_identical(const Emissions& ours, const Emissions& recorded);

// What the comparison looks at, all of one conversation in one role.
struct Comparison {
  const capture::Conversation& conversation;
  const Performance& performance;
  const capture::Vantage& vantage;
  ByteView stream;  // what the application wrote
  Emissions ours;
  Emissions recorded;
};

// The differences that need a permission, each with it; empty for equivalent emissions. Every one is kDiverged: only
// the judge says violation.
[[nodiscard]] std::vector<Detail> differences(const Comparison& comparison);

// How each host answered the frames that moved nothing forward: resets, second SYNs, old and impossible segments.
// Part of differences().
void compare_reactions(const Comparison& comparison, std::vector<Detail>& details);

}  // namespace fourtuple::replay
