#include "apps/ladder/listing.hpp"

#include <fmt/format.h>

#include "stack/observe/json.hpp"
#include "stack/observe/text.hpp"

namespace fourtuple::ladder {
namespace {

using capture::Host;
using observe::JsonObject;

std::string_view name_of(Host host) { return host == Host::kClient ? "client" : "server"; }

std::string signs_json(const ReadFrame& read) {
  std::string list;
  for (const Sign sign : read.signs) list += fmt::format("{}\"{}\"", list.empty() ? "" : ",", name(sign));
  return "[" + list + "]";
}

}  // namespace

Summary summarise(const capture::Conversation& conversation) {
  Summary summary{.stream = conversation.stream, .hosts = conversation.hosts};
  summary.frames = conversation.frames.size();
  summary.is_cut = conversation.is_cut;
  for (const capture::TcpFrame& frame : conversation.frames)
    summary.octets[index_of(frame.from)] += frame.segment.payload.size() + frame.cut_octets;
  if (!conversation.frames.empty()) summary.lasted = conversation.frames.back().time - conversation.frames.front().time;
  return summary;
}

std::string to_line(const Summary& summary) {
  return fmt::format("#{} {} <-> {}  {} frames, {} octets out, {} in, {}{}", summary.stream,
                     to_string(summary.hosts[0]), to_string(summary.hosts[1]), observe::grouped(summary.frames),
                     observe::grouped(summary.octets[0]), observe::grouped(summary.octets[1]),
                     observe::rounded(summary.lasted), summary.is_cut ? ", cut short" : "");
}

std::string to_json(const Summary& summary) {
  return JsonObject()
      .add("kind", "conversation")
      .add("stream", summary.stream)
      .add("client", to_string(summary.hosts[0]))
      .add("server", to_string(summary.hosts[1]))
      .add("frames", summary.frames)
      .add("client_octets", summary.octets[0])
      .add("server_octets", summary.octets[1])
      .add("duration_ns", summary.lasted.count())
      .add("is_cut", summary.is_cut)
      .text();
}

std::string to_json(const capture::Conversation& conversation, const ReadFrame& read) {
  JsonObject object;
  object.add("kind", "segment")
      .add("frame", read.frame->number)
      .add("time_ns", read.frame->time.count())
      .add("stream", conversation.stream)
      .add("from", name_of(read.frame->from))
      .add("flags", to_string(read.line.flags))
      .add("seq", read.frame->segment.seq.value)
      .add("relative_seq", read.line.relative_seq);
  if (read.line.flags.ack())
    object.add("ack", read.frame->segment.ack.value).add("relative_ack", read.line.relative_ack);
  object.add("payload_bytes", read.line.payload_bytes).add("window_bytes", read.line.window_bytes);
  const std::string options = observe::options_in_words(read.frame->segment, read.line.relative_ack);
  if (!options.empty()) object.add("options", options);
  object.add_raw("signs", signs_json(read));
  if (!read.detail.empty()) object.add("detail", read.detail);
  return object.text();
}

std::string to_json(const OtherFrame& frame) {
  JsonObject object;
  object.add("kind", "other").add("frame", frame.number).add("time_ns", frame.time.count()).add("line", frame.line);
  if (!frame.source.empty()) object.add("source", frame.source);
  if (!frame.destination.empty()) object.add("destination", frame.destination);
  return object.text();
}

}  // namespace fourtuple::ladder
