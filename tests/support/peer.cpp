#include "tests/support/peer.hpp"

#include <algorithm>
#include <fmt/format.h>

#include "tests/support/pattern.hpp"

namespace fourtuple::test {
namespace {

constexpr SeqNum at(SeqNum initial, std::int64_t relative) { return initial + static_cast<std::uint32_t>(relative); }

bool same(const std::optional<std::int64_t>& wanted, const std::optional<std::int64_t>& got) {
  return !wanted || wanted == got;
}

bool timestamps_match(const ScriptOptions& wanted, const ScriptOptions& got) {
  if (!wanted.timestamps) return wanted.others_allowed || !got.timestamps;
  return got.timestamps && same(wanted.timestamps->value, got.timestamps->value) &&
         same(wanted.timestamps->echo_reply, got.timestamps->echo_reply);
}

template <class Value>
bool option_matches(const Value& wanted, const Value& got, bool others_allowed) {
  return wanted == got || (others_allowed && wanted == Value{});
}

bool options_match(const ScriptOptions& wanted, const ScriptOptions& got) {
  const bool others = wanted.others_allowed;
  return option_matches(wanted.mss, got.mss, others) && option_matches(wanted.window_scale, got.window_scale, others) &&
         option_matches(wanted.sack_permitted, got.sack_permitted, others) &&
         option_matches(wanted.sack, got.sack, others) && timestamps_match(wanted, got);
}

std::string header_difference(const ScriptSegment& wanted, const ScriptSegment& got) {
  const auto without_push = [](TcpFlags flags) { return flags.bits & ~unsigned{TcpFlags::kPsh}; };
  if (without_push(wanted.flags) != without_push(got.flags)) return "the flags differ";
  if (wanted.flags.psh() && !got.flags.psh()) return "PSH is missing";
  if (wanted.seq != got.seq) return "the sequence number differs";
  if (wanted.length != got.length) return "the length differs";
  if (wanted.ack != got.ack) return "the acknowledgment differs";
  if (wanted.window && wanted.window != got.window) return "the window differs";
  if (wanted.urgent && wanted.urgent != got.urgent) return "the urgent pointer differs";
  return options_match(wanted.options, got.options) ? "" : "the options differ";
}

}  // namespace

SegmentOptions Peer::to_options(const ScriptSegment& line) const {
  SegmentOptions options;
  options.mss = line.options.mss;
  options.window_scale = line.options.window_scale;
  options.sack_permitted = line.options.sack_permitted;
  if (const auto& stamps = line.options.timestamps) {
    const std::uint32_t echo_base = line.flags.ack() ? our_timestamp_base_.value_or(0) : 0;
    options.timestamps = TcpTimestamps{timestamp_base_ + static_cast<std::uint32_t>(stamps->value.value_or(0)),
                                       echo_base + static_cast<std::uint32_t>(stamps->echo_reply.value_or(0))};
  }
  for (const auto& [left, right] : line.options.sack) {
    if (options.sack_count == SegmentOptions::kMaxSackBlocks) break;
    options.sack[options.sack_count++] = {at(our_initial(), left), at(our_initial(), right)};
  }
  return options;
}

Segment Peer::to_segment(const ScriptSegment& line) {
  last_window_ = line.window.value_or(last_window_);
  Segment segment;
  segment.source_port = name_.remote.port;
  segment.destination_port = name_.local.port;
  segment.seq = at(initial_, line.seq);
  if (line.ack) segment.ack = at(our_initial(), *line.ack);
  segment.flags = line.flags;
  segment.window = last_window_;
  segment.urgent = line.urgent.value_or(0);
  segment.options = to_options(line);
  return segment;
}

std::uint64_t Peer::stream_offset(const ScriptSegment& line) const {
  return static_cast<std::uint64_t>(line.seq + (line.flags.syn() ? 1 : 0) - 1);
}

void Peer::learn(const Sent& sent) {
  if (!sent.header.flags.syn() || our_initial_) return;
  our_initial_ = sent.header.seq;
  if (sent.header.options.timestamps) our_timestamp_base_ = sent.header.options.timestamps->value;
}

void Peer::begin_again(SeqNum initial) {
  initial_ = initial;
  our_initial_.reset();
  our_timestamp_base_.reset();
  connection = {};
  octets_written = octets_read = 0;
}

std::int64_t Peer::relative_timestamp(std::uint32_t value, const std::optional<std::uint32_t>& base) const {
  return base ? static_cast<std::int32_t>(value - *base) : std::int64_t{value};
}

ScriptSegment Peer::describe(const Sent& sent) const {
  const Segment& header = sent.header;
  ScriptSegment line;
  line.flags = header.flags;
  line.seq = distance(our_initial(), header.seq);
  line.length = static_cast<std::uint32_t>(sent.payload.size());
  if (header.flags.ack()) line.ack = distance(initial_, header.ack);
  line.window = header.window;
  if (header.flags.urg()) line.urgent = header.urgent;
  line.options.mss = header.options.mss;
  line.options.window_scale = header.options.window_scale;
  line.options.sack_permitted = header.options.sack_permitted;
  if (const auto& stamps = header.options.timestamps) {
    const auto echo_base = header.flags.ack() ? std::optional(timestamp_base_) : std::nullopt;
    line.options.timestamps = ScriptTimestamps{relative_timestamp(stamps->value, our_timestamp_base_),
                                               relative_timestamp(stamps->echo_reply, echo_base)};
  }
  for (std::size_t i = 0; i < header.options.sack_count; ++i) {
    line.options.sack.emplace_back(distance(initial_, header.options.sack[i].left),
                                   distance(initial_, header.options.sack[i].right));
  }
  return line;
}

std::string Peer::difference(const ScriptSegment& wanted, const Sent& sent) const {
  if (sent.name != name_) return "it belongs to another connection: " + to_string(sent.name);
  const ScriptSegment got = describe(sent);
  if (auto found = header_difference(wanted, got); !found.empty()) return found;
  // A keep-alive or window probe may repeat an octet from before the stream began; nobody looks at that one.
  const bool in_stream = got.seq + (got.flags.syn() ? 1 : 0) >= 1;
  if (in_stream && !is_pattern(sent.payload, Direction::kOurs, stream_offset(got))) return "the octets differ";
  return {};
}

}  // namespace fourtuple::test
