// The capture in numbers and as JSON: what is not drawn, and what programs read.
#pragma once

#include <string>

#include "apps/ladder/other_frames.hpp"
#include "apps/ladder/reading.hpp"

namespace fourtuple::ladder {

// What is kept of a conversation that is not drawn.
struct Summary {
  std::uint32_t stream = 0;
  std::array<Endpoint, 2> hosts;
  std::size_t frames = 0;
  std::array<std::uint64_t, 2> octets{};  // that each host sent, repeated ones counted again
  Duration lasted{};
  bool is_cut = false;
};
[[nodiscard]] Summary summarise(const capture::Conversation& conversation);

// "#3 10.0.0.5:40000 <-> 10.0.0.4:80  12 frames, 1,448 octets out, 79 in, 1.2 s"
[[nodiscard]] std::string to_line(const Summary& summary);

// JSON lines, described in docs/observability.md.
[[nodiscard]] std::string to_json(const Summary& summary);
[[nodiscard]] std::string to_json(const capture::Conversation& conversation, const ReadFrame& read);
[[nodiscard]] std::string to_json(const OtherFrame& frame);

}  // namespace fourtuple::ladder
