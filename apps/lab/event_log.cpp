#include "apps/lab/event_log.hpp"

#include <algorithm>
#include <fmt/format.h>

#include "stack/observe/frame_text.hpp"
#include "stack/observe/json.hpp"
#include "stack/observe/json_lines.hpp"
#include "stack/wire/ethernet.hpp"
#include "stack/wire/ipv4.hpp"
#include "stack/wire/tcp.hpp"

namespace fourtuple::lab {
namespace {

// The event as it is told where time begins with the experiment.
trace::Event from_the_start(const trace::Event& event, Duration begin) {
  trace::Event told = event;
  told.time -= begin;
  if (auto* armed = std::get_if<trace::TimerArmed>(&told.body)) armed->deadline -= begin;
  return told;
}

bool is_frame_passing(const trace::Event& event) {
  return std::holds_alternative<trace::FrameReceived>(event.body) ||
         std::holds_alternative<trace::FrameSent>(event.body);
}

std::string_view sentence_of(const trace::Event& event) {
  if (const auto* sent = std::get_if<trace::SegmentSent>(&event.body)) return sentence(sent->cause);
  if (const auto* dropped = std::get_if<trace::SegmentDropped>(&event.body)) return sentence(dropped->reason);
  if (const auto* dropped = std::get_if<trace::FrameDropped>(&event.body)) return sentence(dropped->reason);
  return {};
}

// The members of an object without its braces.
std::string_view members(std::string_view object) { return object.substr(1, object.size() - 2); }

struct SeenSegment {
  FourTuple name;
  Segment segment;
};

// Of a frame with a whole TCP segment in it. The payload is the frame's.
std::optional<SeenSegment> segment_in(ByteView frame) {
  if (!observe::carries_tcp(frame)) return std::nullopt;
  const ByteView packet = frame.subspan(wire::kEthernetHeaderSize);
  const auto ip = wire::Ipv4Header::parse(packet);
  if (!ip || ip->is_fragment()) return std::nullopt;
  const auto tcp = wire::TcpView::parse(packet.first(ip->total_length).subspan(ip->header_size));
  if (!tcp) return std::nullopt;
  const Segment segment = tcp->to_segment();
  return SeenSegment{
      {{IpAddress(ip->source), segment.source_port}, {IpAddress(ip->destination), segment.destination_port}}, segment};
}

}  // namespace

void EventLog::push(int host, Instant now, std::string_view rest) {
  if (is_full()) return;
  events_.push_back(
      fmt::format(R"({{"n":{},"time_ns":{},"host":{},{}}})", events_.size(), (now - begin_).count(), host, rest));
}

void EventLog::add(int host, const trace::Event& event) {
  if (const auto* sent = std::get_if<trace::FrameSent>(&event.body)) {
    causes_[static_cast<std::size_t>(host)].push_back(sent->cause);
  }
  if (is_frame_passing(event)) return;
  if (const auto* sent = std::get_if<trace::SegmentSent>(&event.body)) note_segment(host, *sent);
  const std::string object = observe::to_json(from_the_start(event, begin_.time_since_epoch()));
  // It begins with its time, which stands before the host here.
  std::string rest(members(object.substr(object.find(R"("event":)") - 1)));
  if (const auto text = sentence_of(event); !text.empty()) {
    rest += fmt::format(R"(,"sentence":{})", observe::json_string(text));
  }
  const bool arrives = std::holds_alternative<trace::SegmentReceived>(event.body);
  if (arrives && arriving_ != 0) rest += fmt::format(R"(,"frame":{})", arriving_);
  push(host, event.time, rest);
}

void EventLog::note_segment(int host, const trace::SegmentSent& sent) {
  auto& leaving = leaving_[static_cast<std::size_t>(host)];
  constexpr std::size_t kMost = 4096;  // of segments that ARP holds or drops
  if (leaving.size() == kMost) leaving.pop_front();
  leaving.push_back(
      {events_.size(), sent.name, sent.segment.seq, sent.payload_bytes, sent.relative_seq, sent.relative_ack});
}

void EventLog::describe_segment(int from, ByteView bytes, observe::JsonObject& json) {
  const auto seen = segment_in(bytes);
  if (!seen) return;
  const auto octets = static_cast<std::uint32_t>(seen->segment.payload.size());
  json.add("flags", to_string(seen->segment.flags)).add("payload_bytes", octets);
  auto& leaving = leaving_[static_cast<std::size_t>(from)];
  const auto found = std::ranges::find_if(leaving, [&](const Leaving& one) {
    const std::uint32_t distance = seen->segment.seq.value - one.seq.value;
    return one.name == seen->name && distance + octets <= one.octets;
  });
  if (found == leaving.end()) return;
  const std::uint32_t distance = seen->segment.seq.value - found->seq.value;
  json.add("segment", found->index).add("relative_seq", found->relative_seq + distance);
  if (seen->segment.flags.ack()) json.add("relative_ack", found->relative_ack);
  if (distance + octets == found->octets) leaving.erase(found);
}

void EventLog::add_sent(int from, FrameNumber frame, ByteView bytes, std::string_view fate, Instant now) {
  observe::JsonObject json;
  json.add("event", "wire-sent").add("frame", frame).add("bytes", bytes.size());
  json.add("line", observe::describe_frame(bytes).line).add("fate", fate);
  describe_segment(from, bytes, json);
  if (auto& causes = causes_[static_cast<std::size_t>(from)]; !causes.empty()) {
    json.add("cause", name(causes.front())).add("clause", clause(causes.front()));
    causes.pop_front();
  }
  push(from, now, members(json.text()));
}

void EventLog::add_arrived(int to, const Wire::Arrival& arrival, Instant now) {
  observe::JsonObject json;
  json.add("event", "wire-arrived").add("frame", arrival.number);
  json.add("copy", arrival.is_copy).add("damaged", arrival.is_damaged);
  if (arrival.number == 0) json.add("line", observe::describe_frame(arrival.frame.bytes()).line);
  push(to, now, members(json.text()));
  arriving_ = arrival.number;
}

void EventLog::add_arrived(int to, FrameNumber frame, Instant now) {
  observe::JsonObject json;
  json.add("event", "wire-arrived").add("frame", frame).add("copy", false).add("damaged", false);
  push(to, now, members(json.text()));
  arriving_ = frame;
}

void EventLog::add_action(int who, std::string_view action, Instant now) {
  observe::JsonObject json;
  json.add("event", "action").add("action", action);
  push(who, now, members(json.text()));
}

void EventLog::add_problem(int who, std::string_view problem, Instant now) {
  observe::JsonObject json;
  json.add("event", "problem").add("problem", problem);
  push(who, now, members(json.text()));
}

}  // namespace fourtuple::lab
