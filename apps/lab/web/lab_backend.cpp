#include "apps/lab/web/lab_backend.hpp"

#include <algorithm>
#include <array>
#include <boost/json.hpp>

#include "apps/lab/web/export.hpp"
#include "stack/observe/json.hpp"

namespace fourtuple::lab::web {
namespace {

using observe::json_string;
using observe::JsonObject;
namespace json = boost::json;

// Members of a list that are JSON already.
template <class Range, class Text>
std::string json_list(const Range& range, Text&& text) {
  std::string list = "[";
  for (const auto& one : range) list += (list.size() == 1 ? "" : ",") + text(one);
  return list + "]";
}

std::string branch_json(const Session::Branch& branch) {
  const Experiment& experiment = *branch.experiment;
  JsonObject object;
  object.add("id", branch.id).add_raw("parent", branch.parent ? std::to_string(*branch.parent) : "null");
  object.add("at_event", branch.at_event).add("at_ns", branch.at.count()).add("label", branch.label);
  object.add("seed", branch.setup.seed).add("wire", branch.rules);
  const auto as_text = [](const TimedAction& timed) { return json_string(to_string(timed)); };
  object.add_raw("actions", json_list(Session::as_done(branch).script, as_text));
  object.add("now_ns", experiment.now().count()).add("events", experiment.log().events().size());
  object.add("idle", experiment.is_idle()).add("truncated", experiment.log().is_full());
  object.add("permalink", Session::permalink(branch));
  return object.text();
}

Reply branch_reply(const Session::Branch& branch) {
  return {.body = JsonObject().add_raw("branch", branch_json(branch)).text()};
}

std::string scenario_json(const Scenario& scenario) {
  JsonObject object;
  object.add("id", scenario.id).add("title", scenario.title).add("question", scenario.question);
  object.add("predict", scenario.predict).add("run", scenario.run).add("see", scenario.see);
  object.add("explain", scenario.explain).add("exercise", scenario.exercise);
  object.add("until_ns", scenario.until.count());
  return object.text();
}

std::string text_member(const json::object& body, std::string_view name) {
  const json::value* const value = body.if_contains(name);
  return value != nullptr && value->is_string() ? std::string(value->as_string()) : std::string();
}

// Absent, negative and absurd numbers are `otherwise`.
std::int64_t number_member(const json::object& body, std::string_view name, std::int64_t otherwise) {
  const json::value* const value = body.if_contains(name);
  if (value == nullptr || !value->is_number()) return otherwise;
  boost::json::error_code error;
  const auto number = value->to_number<std::int64_t>(error);
  return error || number < 0 ? otherwise : number;
}

}  // namespace

std::optional<Reply> LabBackend::handle(const Request& request, bool /*patience_is_over*/) {
  if (request.method == "GET") return get(request);
  if (request.method == "POST") return post(request);
  return error_reply(405, "this server knows GET and POST");
}

Reply LabBackend::get(const Request& request) {
  const std::string_view path = path_of(request.target);
  if (path == "/api/session") return tell_session();
  if (path == "/api/events") return tell_events(request);
  if (path == "/api/export") return export_branch(request);
  return error_reply(404, "there is nothing by that name");
}

Reply LabBackend::post(const Request& request) {
  boost::json::error_code error;
  const json::value parsed = json::parse(request.body, error);
  if (error || !parsed.is_object()) return error_reply(400, "the body is no JSON object");
  const json::object& body = parsed.as_object();
  const std::string_view path = path_of(request.target);
  if (path == "/api/open") return open(body);
  const auto id = static_cast<std::size_t>(number_member(body, "branch", 0));
  Session::Branch* const branch = session_.branch(id);
  if (branch == nullptr) return error_reply(404, "there is no such branch");
  if (path == "/api/step") return step(*branch, body);
  if (path == "/api/run") return run(*branch, body);
  if (path == "/api/action") return act(*branch, body);
  if (path == "/api/branch") return branch_off(id, body);
  return error_reply(404, "there is nothing by that name");
}

Reply LabBackend::tell_session() const {
  JsonObject object;
  object.add("kind", "lab");
  object.add_raw("scenarios", json_list(scenarios(), [](const Scenario& scenario) {
                   return JsonObject().add("id", scenario.id).add("title", scenario.title).text();
                 }));
  object.add_raw("scenario", scenario_json(session_.scenario()));
  const std::array<int, 2> hosts{kClient, kServer};
  object.add_raw("hosts", json_list(hosts, [](int host) {
                   const std::string_view name = host == kClient ? "client" : "server";
                   return JsonObject().add("name", name).add("address", to_string(Host::address(host))).text();
                 }));
  object.add_raw("branches", json_list(session_.branches(), branch_json));
  object.add("current", session_.branches().size() - 1);
  return {.body = object.text()};
}

Reply LabBackend::tell_events(const Request& request) {
  const Session::Branch* const branch = session_.branch(number_parameter(request.target, "branch", 0));
  if (branch == nullptr) return error_reply(404, "there is no such branch");
  const std::vector<std::string>& events = branch->experiment->log().events();
  const std::size_t from = std::min(number_parameter(request.target, "from", 0), events.size());
  const std::size_t most = std::min(number_parameter(request.target, "limit", kMostEvents), kMostEvents);
  const std::size_t count = std::min(most, events.size() - from);
  const auto first = events.begin() + static_cast<std::ptrdiff_t>(from);
  const std::vector<std::string_view> some(first, first + static_cast<std::ptrdiff_t>(count));
  JsonObject object;
  object.add_raw("branch", branch_json(*branch)).add("from", from);
  object.add_raw("events", json_list(some, [](std::string_view event) { return std::string(event); }));
  return {.body = object.text()};
}

Reply LabBackend::step(Session::Branch& branch, const json::object& body) {
  const std::string unit = text_member(body, "unit");
  const auto count = static_cast<int>(std::min<std::int64_t>(number_member(body, "count", 1), Session::kMostSteps));
  using enum StepUnit;
  if (unit == "event") {
    Session::step(branch, kEvent, count);
  } else if (unit == "segment") {
    Session::step(branch, kSegment, count);
  } else if (unit == "rtt") {
    Session::step(branch, kRoundTrip, count);
  } else if (unit == "ms") {
    Session::step(branch, kMillisecond, count);
  } else {
    return error_reply(400, "there is no such step", "event, segment, rtt or ms");
  }
  return branch_reply(branch);
}

Reply LabBackend::run(Session::Branch& branch, const json::object& body) {
  const Duration now = branch.experiment->now();
  const auto moment = Duration(number_member(body, "until_ns", -1));
  const auto span = Duration(number_member(body, "for_ns", -1));
  if (text_member(body, "until") == "idle") {
    Session::run_until_idle(branch);
  } else if (moment >= Duration{}) {
    Session::run_until(branch, moment);
  } else if (span >= Duration{}) {
    Session::run_until(branch, now + std::min<Duration>(span, Session::kLongestRun));
  } else {
    return error_reply(400, "how far shall it run?", "until_ns, for_ns or until: idle");
  }
  return branch_reply(branch);
}

Reply LabBackend::act(Session::Branch& branch, const json::object& body) {
  if (auto done = Session::act(branch, text_member(body, "action")); !done) return error_reply(400, done.error());
  return branch_reply(branch);
}

Reply LabBackend::open(const json::object& body) {
  const std::string permalink = text_member(body, "permalink");
  const auto opened =
      permalink.empty() ? session_.open_scenario(text_member(body, "scenario")) : session_.open_permalink(permalink);
  if (!opened) return error_reply(400, opened.error());
  return branch_reply(session_.branches().front());
}

Reply LabBackend::branch_off(std::size_t from, const json::object& body) {
  const auto at_event = static_cast<std::size_t>(number_member(body, "at_event", 0));
  std::string label = text_member(body, "label");
  if (label.empty()) label = "branch " + std::to_string(session_.branches().size());
  const auto made = session_.branch_off(from, at_event, label);
  return made ? branch_reply(**made) : error_reply(400, made.error());
}

Reply LabBackend::export_branch(const Request& request) {
  const Session::Branch* const branch = session_.branch(number_parameter(request.target, "branch", 0));
  if (branch == nullptr) return error_reply(404, "there is no such branch");
  const std::string as = parameter(request.target, "as");
  if (as == "json") return json_export(*branch);
  if (as == "pcapng") return pcapng_export(*branch);
  if (as == "ladder") return ladder_export(*branch);
  return error_reply(400, "there is no such form", "json, pcapng or ladder");
}

}  // namespace fourtuple::lab::web
