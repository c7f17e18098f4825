#include "apps/packet_script/events.hpp"

#include <fmt/format.h>
#include <utility>

#include "apps/packet_script/calls.hpp"
#include "apps/packet_script/packets.hpp"
#include "apps/packet_script/times.hpp"

namespace fourtuple::packet_script {
namespace {

constexpr std::string_view kExpectedAction = "a call, '<', '>', a `command` or '%{'";

// Text between two marks that may go over several lines.
std::string read_block(Cursor& in, std::string_view open, std::string_view close, std::string_view what) {
  const std::size_t end = in.rest().find(close, open.size());
  if (end == std::string_view::npos) {
    in.fail(in.position(), fmt::format("this {} has no closing '{}'", what, close));
    return {};
  }
  const std::string_view block = in.take(end + close.size());
  return std::string(block.substr(open.size(), end - open.size()));
}

Command read_command(Cursor& in) { return {read_block(in, "`", "`", "command")}; }
Assertions read_assertions(Cursor& in) { return {read_block(in, "%{", "}%", "block")}; }

bool at_action(const Cursor& in) {
  return in.peek() == '<' || in.peek() == '>' || in.peek() == '`' || in.at("%{") || in.at_word();
}

void read_action(Cursor& in, Event& event) {
  if (in.peek() == '<' || in.peek() == '>') {
    event.action = read_packet(in);
  } else if (in.peek() == '`') {
    event.action = read_command(in);
  } else if (in.at("%{")) {
    event.action = read_assertions(in);
  } else {
    event.action = read_call(in);
  }
}

bool is_expected_packet(const Event& event) {
  const auto* packet = std::get_if<Packet>(&event.action);
  return packet != nullptr && packet->direction == Packet::Direction::kOut;
}

// What one does decides how its time may look.
void check_time_suits(Cursor& in, const Event& event) {
  const bool is_loose = event.when.kind == When::Kind::kAny || event.when.latest;
  if (is_loose && !is_expected_packet(event))
    in.fail(event.when.position, "only a packet that is expected ('>') may come at any time or within a range");
  if (event.when.end && !std::holds_alternative<Call>(event.action))
    in.fail(event.when.position, "only a call may last from one time to another");
}

// Times in order: an absolute one is not before what is before it in the script.
class Sequence {
 public:
  void take(Cursor& in, const When& when) {
    if (when.kind == When::Kind::kAny) return;
    const Duration at = when.kind == When::Kind::kRelative ? last_ + when.at : when.at;
    if (at > std::chrono::seconds(kMaxSeconds))
      in.fail(when.position, fmt::format("with this the script lasts more than {} seconds", kMaxSeconds));
    if (at < last_) in.fail(when.position, fmt::format("this time is before the last event's, {} s", seconds(last_)));
    last_ = at;
  }

 private:
  static double seconds(Duration duration) { return std::chrono::duration<double>(duration).count(); }
  Duration last_{};
};

Event read_event(Cursor& in) {
  Event event;
  event.position = in.position();
  if (at_time(in)) {
    event.when = read_when(in);
    if (!at_action(in)) in.expected_next(fmt::format("{} after the time", kExpectedAction));
  } else {
    event.when.kind = When::Kind::kRelative;
    event.when.position = event.position;
  }
  read_action(in, event);
  in.expect_event_end("the end of the line");
  check_time_suits(in, event);
  return event;
}

// A command without a time: before the first event, or after the last.
void read_outer_command(Cursor& in, Script& script) {
  Command command = read_command(in);
  if (script.events.empty()) {
    script.first.push_back(std::move(command));
  } else {
    script.last = std::move(command);
    if (!in.at_end()) in.expected("the end of the script after a command without a time");
  }
}

}  // namespace

void read_events(Cursor& in, Script& script) {
  Sequence sequence;
  while (!in.at_end()) {
    if (in.peek() == '`') {
      read_outer_command(in, script);
      continue;
    }
    if (in.at("--")) return in.fail(in.position(), "settings (--name=value) stand before everything else");
    if (!at_time(in) && !at_action(in)) return in.expected(fmt::format("a time, {}", kExpectedAction));
    if (script.events.size() == kMaxEvents)
      return in.fail(in.position(), fmt::format("more than {} events", kMaxEvents));
    script.events.push_back(read_event(in));
    sequence.take(in, script.events.back().when);
  }
}

}  // namespace fourtuple::packet_script
