#include "tests/unit/judge/trace_maker.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "apps/packet_script/script.hpp"
#include "tests/support/pattern.hpp"

namespace fourtuple::test {
namespace {

namespace script = packet_script;
using judge::Call;
using judge::TracedSegment;

constexpr std::pair<std::string_view, Call::Kind> kCallNames[] = {
    {"listen", Call::Kind::kListen},       {"connect", Call::Kind::kConnect},
    {"write", Call::Kind::kWrite},         {"read", Call::Kind::kRead},
    {"shutdown", Call::Kind::kShutdown},   {"close", Call::Kind::kClose},
    {"abort", Call::Kind::kAbort},         {"nodelay", Call::Kind::kNoDelay},
    {"keepalive", Call::Kind::kKeepAlive}, {"pushurgent", Call::Kind::kPushUrgent},
};

Call traced_call(const script::Call& call, Instant time) {
  const auto* const named = std::ranges::find(kCallNames, call.name, [](const auto& pair) { return pair.first; });
  EXPECT_NE(named, std::end(kCallNames)) << "no such call: " << call.name;
  const std::int64_t octets = call.arguments.empty() ? 0 : call.arguments.front().number;
  return {time, named == std::end(kCallNames) ? Call::Kind::kListen : named->second,
          static_cast<std::uint64_t>(octets)};
}

void take_script_option(const script::TcpOption& option, SeqNum acknowledged_initial, TracedSegment& to) {
  SegmentOptions& options = to.segment.options;
  switch (option.kind) {
    using enum script::TcpOption::Kind;
    case kMss:
      options.mss = static_cast<std::uint16_t>(option.value);
      break;
    case kWindowScale:
      options.window_scale = static_cast<std::uint8_t>(option.value);
      break;
    case kSackOk:
      options.sack_permitted = true;
      break;
    case kTimestamps:
      options.timestamps = TcpTimestamps{option.value, option.echo};
      break;
    case kSack:
      for (const auto& block : option.blocks)
        options.sack.at(options.sack_count++) = {acknowledged_initial + block.left, acknowledged_initial + block.right};
      break;
    case kNop:
    case kEnd:
      break;
    case kFastOpen:
    case kFastOpenExp:
    case kRaw:
      to.has_unknown_options = true;
  }
}

TracedSegment traced_segment(const script::Packet& packet, Instant time) {
  const auto& tcp = std::get<script::TcpPacket>(packet.content);
  TracedSegment traced;
  traced.time = time;
  traced.sent = packet.direction == script::Packet::Direction::kOut;
  traced.ecn_marked = packet.ecn == script::Ecn::kCe;
  const SeqNum from = traced.sent ? Trace::kOwnInitial : Trace::kPeerInitial;
  const SeqNum to = traced.sent ? Trace::kPeerInitial : Trace::kOwnInitial;
  traced.segment.source_port = traced.sent ? 80 : 50000;
  traced.segment.destination_port = traced.sent ? 50000 : 80;
  traced.segment.seq = from + tcp.sequence.first;
  traced.segment.ack = tcp.ack ? to + *tcp.ack : SeqNum{};
  traced.segment.flags = tcp.flags;
  traced.segment.window = tcp.window.value_or(0);
  traced.segment.urgent = tcp.urgent.value_or(0);
  for (const auto& option : tcp.options) take_script_option(option, to, traced);
  return traced;
}

}  // namespace

Trace::Trace(std::string_view text) {
  circumstances.name = {{Ipv4Address{0x0a000004}, 80}, {Ipv4Address{0x0a000005}, 50000}};
  circumstances.calls_are_known = true;
  circumstances.order_is_exact = true;
  const auto parsed = script::parse(text, "trace");
  if (!parsed) {
    ADD_FAILURE() << parsed.error().to_string();
    return;
  }
  Instant now{std::chrono::hours(1)};
  for (const script::Event& event : parsed->events) {
    const bool is_relative = event.when.kind == script::When::Kind::kRelative;
    now = (is_relative ? now : Instant{std::chrono::hours(1)}) + event.when.at;
    if (const auto* call = std::get_if<script::Call>(&event.action)) lines_.emplace_back(traced_call(*call, now));
    if (const auto* packet = std::get_if<script::Packet>(&event.action)) {
      TracedSegment traced = traced_segment(*packet, now);
      const auto& range = std::get<script::TcpPacket>(packet->content).sequence;
      const auto direction = traced.sent ? Direction::kOurs : Direction::kPeers;
      octets_.push_back(pattern(direction, range.first, range.length));
      traced.segment.payload = octets_.back();
      segments_.push_back(lines_.size());
      lines_.emplace_back(traced);
    }
  }
  end_ = now;
}

judge::TracedSegment& Trace::segment(std::size_t index) {
  return std::get<judge::TracedSegment>(lines_.at(segments_.at(index)));
}

std::uint8_t& Trace::octet(std::size_t index, std::size_t at) { return octets_.at(index).at(at); }

judge::Judge Trace::judge() const {
  judge::Judge judge(circumstances);
  for (const Line& line : lines_) {
    std::visit([&](const auto& what) { judge.take(what); }, line);
  }
  return judge;
}

std::vector<judge::Finding> Trace::findings() const {
  judge::Judge told = judge();
  told.finish(end_ + quiet_end);
  return told.findings();
}

judge::Endpoint Trace::endpoint() const { return judge().endpoint(); }

std::string judged_by(std::string_view rule, const Trace& trace) {
  const auto infos = judge::all_rule_infos();
  const auto is_named = [&](const judge::RuleInfo* info) { return info->name == rule; };
  if (std::ranges::none_of(infos, is_named)) return "no such rule";
  std::string text;
  for (const judge::Finding& finding : trace.findings()) {
    if (finding.rule->name == rule) text += fmt::format("#{}: {}\n", finding.segment, finding.sentence);
  }
  if (!text.empty()) text.pop_back();
  return text;
}

std::string judged_by(std::string_view rule, std::string_view script) { return judged_by(rule, Trace(script)); }

std::string judged(const Trace& trace) {
  std::string text;
  for (const judge::Finding& finding : trace.findings())
    text += fmt::format("#{} {}: {}\n", finding.segment, finding.rule->name, finding.sentence);
  return text;
}

}  // namespace fourtuple::test
