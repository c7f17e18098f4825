// One outcome as one JSON object; the schema stands in docs/replay.md.
#include <algorithm>

#include "apps/replay/presentation.hpp"
#include "apps/replay/shown.hpp"
#include "stack/observe/json.hpp"

namespace fourtuple::replay {
namespace {

using observe::JsonObject;

std::int64_t whole_microseconds(Duration time) {
  return std::chrono::duration_cast<std::chrono::microseconds>(time).count();
}

template <class List, class Item>
std::string json_list(const List& list, Item item) {
  std::string text;
  for (const auto& one : list) {
    if (!text.empty()) text += ',';
    text += item(one);
  }
  return "[" + text + "]";
}

std::string endpoint_json(const Endpoint& endpoint) {
  return JsonObject().add("address", to_string(endpoint.address)).add("port", endpoint.port).text();
}

JsonObject segment_json(const ShownSegment& shown) {
  JsonObject json;
  json.add("time_us", whole_microseconds(shown.time)).add("text", text_of(shown));
  json.add("flags", to_string(shown.line.flags)).add("relative_seq", shown.line.relative_seq);
  if (shown.line.flags.ack()) json.add("relative_ack", shown.line.relative_ack);
  json.add("payload_bytes", shown.line.payload_bytes).add("window_bytes", shown.line.window_bytes);
  json.add("retransmission", shown.retransmission);
  return json;
}

std::string detail_json(const Outcome& outcome, const Numbering& numbers, const Detail& detail) {
  JsonObject json;
  json.add("verdict", name(detail.verdict)).add("party", name(detail.party)).add("clause", detail.clause);
  json.add("name", detail.name).add("sentence", detail.sentence).add("hint", detail.hint);
  if (detail.our_segment && *detail.our_segment < outcome.performance.segments.size()) {
    const OurSegment& sent = outcome.performance.segments[*detail.our_segment];
    JsonObject segment = segment_json(numbers.ours(*detail.our_segment));
    segment.add("index", *detail.our_segment).add("cause", name(sent.cause));
    json.add_raw("our_segment", segment.text());
  }
  if (detail.recorded_frame && *detail.recorded_frame < outcome.conversation->frames.size()) {
    JsonObject frame = segment_json(numbers.recorded(*detail.recorded_frame));
    frame.add("frame", outcome.conversation->frames[*detail.recorded_frame].number);
    json.add_raw("recorded_frame", frame.text());
  }
  return json.text();
}

std::string vantage_json(const capture::Vantage& vantage) {
  JsonObject json;
  json.add("is_known", vantage.is_known).add("to_client_us", whole_microseconds(vantage.to_client));
  return json.add("to_server_us", whole_microseconds(vantage.to_server)).text();
}

std::string plan_json(const ApplicationPlan& plan) {
  const auto writes = std::count_if(plan.calls.begin(), plan.calls.end(), is_write);
  JsonObject json;
  json.add("is_inferred", plan.is_inferred).add("active", plan.active).add("calls", plan.calls.size());
  json.add("writes", writes).add("bytes", plan.stream.size()).add("close", name(plan.close));
  return json.text();
}

void add_held(JsonObject& json, const Performance& performance) {
  std::size_t held = 0;
  Duration longest{};
  for (const Delivery& delivery : performance.deliveries) {
    held += delivery.held_for != HeldFor::kNothing ? 1 : 0;
    longest = std::max(longest, delivery.held);
  }
  json.add("held", held).add("longest_held_us", whole_microseconds(longest));
}

std::string performance_json(const Outcome& outcome) {
  const Performance& performance = outcome.performance;
  JsonObject json;
  json.add("ending", name(performance.ending)).add("segments", performance.segments.size());
  json.add("deliveries", performance.deliveries.size());
  add_held(json, performance);
  json.add("undelivered", performance.undelivered);
  if (performance.ending != Ending::kPlayed) {
    if (performance.stalled_at)
      json.add("stalled_at_frame", outcome.conversation->frames[*performance.stalled_at].number);
    json.add("stalled_for_seq", performance.stalled_for);
    json.add("window_allowed_more", performance.window_allowed_more);
  }
  json.add_raw("adaptations", json_list(performance.adaptations,
                                        [](const Adaptation& one) { return observe::json_string(one.sentence); }));
  json.add("bytes_read", performance.octets_read).add("stream_is_whole", performance.stream_is_whole);
  json.add("final_state", name(performance.final_state));
  return json.add("end_us", whole_microseconds(performance.end - performance.begin)).text();
}

void add_verdicts(JsonObject& json, const Outcome& outcome) {
  json.add("role", name(outcome.role)).add("verdict", name(outcome.verdict));
  json.add("ours", name(outcome.ours)).add("recorded", name(outcome.recorded));
  if (outcome.refusal) {
    json.add("refusal", word(*outcome.refusal)).add("refusal_details", outcome.refusal_details);
  }
}

}  // namespace

std::string outcome_json(const Outcome& outcome, std::string_view file) {
  const capture::Conversation& conversation = *outcome.conversation;
  JsonObject json;
  json.add("file", file).add("stream", conversation.stream);
  json.add_raw("client", endpoint_json(conversation.hosts[0])).add_raw("server", endpoint_json(conversation.hosts[1]));
  json.add("frames", conversation.frames.size()).add("is_cut", conversation.is_cut);
  add_verdicts(json, outcome);
  const Numbering numbers(conversation, outcome.performance);
  json.add_raw("details",
               json_list(outcome.details, [&](const Detail& detail) { return detail_json(outcome, numbers, detail); }));
  json.add("details_left_out", outcome.details_left_out);
  if (outcome.verdict == Verdict::kNotReplayable) return json.text();
  json.add_raw("vantage", vantage_json(outcome.vantage)).add_raw("application", plan_json(outcome.plan));
  return json.add_raw("replay", performance_json(outcome)).text();
}

}  // namespace fourtuple::replay
