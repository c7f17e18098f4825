#include "apps/replay/shown.hpp"

#include <algorithm>
#include <cstdlib>
#include <fmt/format.h>

#include "stack/observe/text.hpp"

namespace fourtuple::replay {
namespace {

// A RST that answers a segment of nobody's has the numbers of that segment, which mean nothing here.
std::int64_t relative_to(const std::optional<SeqNum>& initial, SeqNum seq, TcpFlags flags) {
  constexpr std::int64_t kFar = std::int64_t{1} << 27;
  const std::int64_t relative = distance(initial.value_or(seq), seq);
  return flags.rst() && std::abs(relative) > kFar ? 0 : relative;
}

}  // namespace

std::string_view name(Party party) { return party == Party::kOurs ? "ours" : "recorded"; }

std::string_view name(capture::Host host) { return host == capture::Host::kClient ? "client" : "server"; }

std::string_view name(Ending ending) {
  switch (ending) {
    case Ending::kPlayed:
      return "played";
    case Ending::kStalled:
      return "stalled";
    case Ending::kEarly:
      return "early";
  }
  return "";
}

std::string short_options(const ShownSegment& shown) {
  const SegmentOptions& options = shown.segment->options;
  if (!shown.line.flags.syn()) return observe::options_in_words(*shown.segment, shown.line.relative_ack);
  std::string words;
  if (options.mss) words += fmt::format(" mss {}", *options.mss);
  if (options.sack_permitted) words += " sack";
  if (options.timestamps) words += " ts";
  if (options.window_scale) words += fmt::format(" ws {}", *options.window_scale);
  return words.empty() ? words : words.substr(1);
}

std::string text_of(const ShownSegment& shown, std::size_t width) {
  std::string text = observe::notation(shown.line, width);
  const std::string options = short_options(shown);
  if (!options.empty()) text += fmt::format(" <{}>", options);
  return observe::cut(text, width);
}

Numbering::Numbering(const capture::Conversation& conversation, const Performance& performance)
    : conversation_(conversation), performance_(performance), again_(conversation.frames.size()) {
  if (!conversation.frames.empty()) first_time_ = conversation.frames.front().time;
  learn_recorded();
  learn_ours();
}

// A conversation without a SYN counts as if its first segment had carried octet 1; a RST that answers to nothing has
// no numbers of its own.
void Numbering::learn(Origin& origin, const Segment& segment) {
  if (segment.flags.syn()) {
    if (!origin.initial) origin.shift = segment.options.window_scale;
    origin.initial = segment.seq;
  } else if (!origin.initial) {
    origin.initial = segment.flags.rst() ? segment.seq : segment.seq - 1;
  }
}

void Numbering::learn_recorded() {
  std::array<std::int64_t, 2> highest{};
  for (std::size_t i = 0; i < conversation_.frames.size(); ++i) {
    const capture::TcpFrame& frame = conversation_.frames[i];
    if (frame.odd.from_a_stranger || frame.checksum_is_wrong) continue;  // such a SYN begins nothing
    learn(recorded_.at(index_of(frame.from)), frame.segment);
    const ShownSegment shown = recorded(i);
    std::int64_t& seen = highest.at(index_of(frame.from));
    if (shown.end() == shown.begin()) continue;
    again_[i] = shown.end() <= seen;
    seen = std::max(seen, shown.end());
  }
}

// The other host's numbers reach our stack as they were recorded.
void Numbering::learn_ours() {
  ours_ = recorded_;
  Origin& own = ours_.at(index_of(performance_.role));
  own = Origin{};
  for (const OurSegment& sent : performance_.segments) {
    learn(own, sent.segment);
    if (sent.segment.flags.syn()) break;
  }
}

observe::SegmentLine Numbering::line_of(const Origins& origins, capture::Host from, const Segment& segment) {
  const Origin& own = origins.at(index_of(from));
  const Origin& other = origins.at(index_of(capture::other(from)));
  observe::SegmentLine line;
  line.flags = segment.flags;
  line.relative_seq = relative_to(own.initial, segment.seq, segment.flags);
  line.relative_ack = relative_to(other.initial, segment.ack, segment.flags);
  line.payload_bytes = static_cast<std::uint32_t>(segment.payload.size());
  line.urgent = segment.urgent;
  const bool scaled = own.shift && other.shift && !segment.flags.syn();
  // RFC 7323 2.3: a shift beyond 14 counts as 14.
  line.window_bytes = std::uint64_t{segment.window} << (scaled ? std::min<unsigned>(*own.shift, 14U) : 0U);
  return line;
}

ShownSegment Numbering::recorded(std::size_t frame) const {
  const capture::TcpFrame& from = conversation_.frames.at(frame);
  ShownSegment shown;
  shown.from = from.from;
  shown.time = from.time - first_time_;
  shown.frame = from.number;
  shown.line = line_of(recorded_, from.from, from.segment);
  shown.line.payload_bytes += from.cut_octets;
  shown.segment = &from.segment;
  shown.retransmission = again_.at(frame);
  return shown;
}

ShownSegment Numbering::ours(std::size_t segment) const {
  const OurSegment& sent = performance_.segments.at(segment);
  ShownSegment shown;
  shown.from = performance_.role;
  shown.time = since_begin(sent.time);
  shown.line = line_of(ours_, performance_.role, sent.segment);
  shown.segment = &sent.segment;
  shown.retransmission = sent.retransmission;
  return shown;
}

ShownSegment Numbering::delivered(std::size_t delivery) const {
  const Delivery& heard = performance_.deliveries.at(delivery);
  const bool is_recorded = !heard.is_synthetic && heard.frame < conversation_.frames.size();
  ShownSegment shown;
  shown.from = capture::other(performance_.role);
  shown.time = since_begin(heard.delivered);
  shown.frame = is_recorded ? conversation_.frames[heard.frame].number : 0;
  shown.line = line_of(ours_, shown.from, heard.segment);
  shown.line.payload_bytes += is_recorded ? conversation_.frames[heard.frame].cut_octets : 0;
  shown.segment = &heard.segment;
  shown.retransmission = is_recorded && again_[heard.frame];
  return shown;
}

}  // namespace fourtuple::replay
