#include "apps/lab/web/live_backend.hpp"

#include <algorithm>

#include "stack/observe/json.hpp"

namespace fourtuple::lab::web {

using observe::JsonObject;

std::optional<Reply> LiveBackend::handle(const Request& request, bool patience_is_over) {
  if (request.method != "GET") {
    return error_reply(409, "the kernel's clock runs on", "a lab, where time is ours: fourtuple lab");
  }
  const std::string_view path = path_of(request.target);
  if (path == "/api/session") return tell_session();
  if (path == "/api/events") return tell_events(request, patience_is_over);
  if (path == "/api/export") return export_log(request);
  return error_reply(404, "there is nothing by that name");
}

std::string LiveBackend::branch() const {
  JsonObject object;
  object.add("id", 0).add_raw("parent", "null").add("at_event", 0).add("at_ns", 0).add("label", "live");
  object.add("seed", 0).add("wire", "").add_raw("actions", "[]");
  object.add("now_ns", log_.now().count()).add("events", log_.count()).add("idle", false);
  object.add("permalink", "").add("truncated", log_.is_full());
  return object.text();
}

Reply LiveBackend::tell_session() const {
  const JsonObject peer = JsonObject().add("name", names_.peer).add("address", to_string(names_.peer_address));
  const JsonObject ours = JsonObject().add("name", "our stack").add("address", to_string(names_.our_address));
  JsonObject object;
  object.add("kind", "live").add_raw("scenarios", "[]");
  object.add_raw("scenario", JsonObject().add("id", "").add("title", "Our stack, live").text());
  object.add_raw("hosts", "[" + peer.text() + "," + ours.text() + "]");
  object.add_raw("branches", "[" + branch() + "]").add("current", 0);
  return {.body = object.text()};
}

std::optional<Reply> LiveBackend::tell_events(const Request& request, bool patience_is_over) const {
  const std::size_t from = number_parameter(request.target, "from", 0);
  const std::size_t most = std::min(number_parameter(request.target, "limit", kMostEvents), kMostEvents);
  const auto events = log_.events(from, most);
  const bool waits = parameter(request.target, "wait") == "1";
  if (events.empty() && waits && !patience_is_over) return std::nullopt;
  std::string list = "[";
  for (const std::string& event : events) list += (list.size() == 1 ? "" : ",") + event;
  JsonObject object;
  object.add_raw("branch", branch()).add("from", from).add_raw("events", list + "]");
  return Reply{.body = object.text()};
}

Reply LiveBackend::export_log(const Request& request) const {
  if (parameter(request.target, "as") != "json") {
    return error_reply(400, "a live log can be taken away as JSON", "as=json; --pcap FILE keeps the frames");
  }
  Reply reply{.content_type = "application/x-ndjson", .body = {}, .file_name = "live.jsonl"};
  for (const std::string& event : log_.events(0, EventLog::kMaxEvents)) reply.body += event + "\n";
  return reply;
}

}  // namespace fourtuple::lab::web
