#include "apps/drill/player.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <utility>

#include "apps/drill/assertions.hpp"
#include "apps/drill/calls.hpp"
#include "apps/drill/datagrams.hpp"
#include "apps/drill/live_values.hpp"
#include "stack/observe/fanout.hpp"

namespace fourtuple::drill {
namespace {

using packet_script::Assertions;
using packet_script::Call;
using packet_script::Command;
using packet_script::Event;

laboratory::Setup setup_for(laboratory::Setup setup, const Circumstances& circumstances, trace::Sink* sink) {
  setup.stack = circumstances.stack;
  setup.stack.tcp.check_invariants = true;
  setup.address.address = circumstances.names.local;
  setup.mtu = circumstances.mtu;
  setup.sink = sink;
  return setup;
}

bool is_expectation(const Event& event) {
  const auto* const packet = std::get_if<Packet>(&event.action);
  return packet != nullptr && packet->direction == Packet::Direction::kOut;
}

}  // namespace

Player::Player(const packet_script::Script& script, Circumstances circumstances, const PlayOptions& options,
               trace::Sink* sink)
    : script_(script),
      circumstances_(std::move(circumstances)),
      options_(options),
      flows_(circumstances_.names, circumstances_.mtu),
      desk_(circumstances_, flows_) {
  auto setup = setup_for(options_.bench, circumstances_, sink);
  setup.while_blocked = [this](Instant limit) { return while_blocked(limit); };
  laboratory_.emplace(std::move(setup));
  start_ = last_ = laboratory_->now();
}

Player::~Player() {
  is_over_ = true;
  desk_.close_all();
}

void Player::run() {
  while (next_ < script_.events.size()) step(kNever);
  check_rest();
}

// --- one thing after the other

void Player::step(Instant limit) {
  const Event& event = script_.events[next_];
  begin_next();
  if (is_expectation(event)) return expect(event, std::get<Packet>(event.action), limit);
  if (laboratory_->now() < due_->at) return move_time(std::min(limit, due_->at));
  if (due_->is_late(laboratory_->now())) {
    throw ScriptFailure(event.position,
                        fmt::format("this was due at {}, and it is {} already", moment_text(due_->at, start_),
                                    moment_text(laboratory_->now(), start_)));
  }
  perform(event);
}

void Player::begin_next() {
  if (!due_) due_ = due(script_.events[next_].when, start_, last_, circumstances_.tolerance);
}

void Player::end_event() {
  last_ = laboratory_->now();
  due_.reset();
  ++next_;
}

void Player::move_time(Instant limit) {
  laboratory_->step(limit);
  collect();
}

void Player::perform(const Event& event) {
  if (std::holds_alternative<Call>(event.action)) return make_call(event);
  if (const auto* const packet = std::get_if<Packet>(&event.action)) inject(event, *packet);
  if (std::holds_alternative<Assertions>(event.action)) assert_all(event);
  end_event();  // commands have been looked at before anything happened
}

// --- calls

void Player::make_call(const Event& event) {
  const CallInProgress call{.event = &event, .due = *due_, .begin = laboratory_->now()};
  end_event();
  call_ = call;
  Answer given;
  try {
    given = carry_out(desk_, std::get<Call>(event.action));
  } catch (...) {
    call_.reset();
    throw;
  }
  call_.reset();
  collect();
  if (failure_) throw ScriptFailure(*std::exchange(failure_, std::nullopt));
  check_call(call, given);
  last_ = std::max(last_, laboratory_->now());
}

void Player::check_call(const CallInProgress& call, const Answer& given) {
  auto phrases = check_result(desk_, std::get<Call>(call.event->action), given);
  const Instant now = laboratory_->now();
  const Duration tolerance = call.due.tolerance;
  if (call.due.end && (now < *call.due.end - tolerance || now > *call.due.end + tolerance)) {
    phrases.push_back(
        fmt::format("it returned at {} instead of {}", moment_text(now, start_), moment_text(*call.due.end, start_)));
  }
  if (options_.strict && !desk_.payload_fault().empty()) phrases.push_back(desk_.payload_fault());
  if (!phrases.empty())
    throw ScriptFailure(Failure{call.event->position, "the call did something else", {}, std::move(phrases)});
}

bool Player::while_blocked(Instant limit) {
  if (is_over_ || failure_ || !call_) return false;
  try {
    step_below_call(limit);
    return true;
  } catch (const ScriptFailure& failure) {
    failure_ = failure.failure();
    return false;
  }
}

// A call that is not written as one that waits may still take as long as times may differ.
void Player::step_below_call(Instant limit) {
  const CallInProgress call = *call_;
  const Instant end = call.due.end.value_or(call.begin) + call.due.tolerance;
  if (laboratory_->now() >= end) {
    const std::string wish = call.due.end
                                 ? fmt::format("the call still waits at {}", moment_text(laboratory_->now(), start_))
                                 : "the call waits, and is not written as one that does (+0...0.2)";
    throw ScriptFailure(call.event->position, wish);
  }
  limit = std::min(limit, end);
  const bool waits_for_call =
      next_ == script_.events.size() || std::holds_alternative<Call>(script_.events[next_].action);
  if (waits_for_call || !call.due.end) return move_time(limit);
  step(limit);
}

// --- packets that arrive

Flow& Player::flow_about(const Packet& packet, Position position) {
  const std::uint8_t protocol = protocol_of(packet);
  const auto* const icmp = std::get_if<IcmpPacket>(&packet.content);
  if (icmp == nullptr || !wire::IcmpHeader{.type = icmp_type(icmp->type).value_or(0), .code = 0, .rest = 0}.is_error())
    return flows_.of_injected(packet, protocol);
  for (const std::uint8_t about : {wire::ip_protocol::kTcp, wire::ip_protocol::kUdp}) {
    if (Flow* const flow = flows_.current(about)) return *flow;
  }
  throw ScriptFailure(position, "there is no conversation yet that this message could be about");
}

void Player::note_injected(const Packet& packet, Flow& flow) {
  if (const auto* const icmp = std::get_if<IcmpPacket>(&packet.content); icmp != nullptr && icmp->mtu)
    flow.path_mtu = static_cast<std::uint16_t>(std::min<std::uint32_t>(flow.path_mtu, *icmp->mtu));
  const auto* const tcp = std::get_if<TcpPacket>(&packet.content);
  if (tcp == nullptr) return;
  if (tcp->flags.urg()) desk_.note_urgent();
  flow.note_far(*tcp);
}

void Player::inject(const Event& event, const Packet& packet) {
  Flow& flow = flow_about(packet, event.position);
  note_injected(packet, flow);
  const auto octets = build(packet, flow, event.position);
  if (options_.on_packet) options_.on_packet(laboratory_->now(), octets);
  laboratory_->give(octets);
  collect();
}

// --- assertions

void Player::assert_all(const Event& event) {
  const LiveValues values(desk_.newest());
  const auto look_up = [&](std::string_view name) { return values.find(name); };
  const auto fault = check_assertions(std::get<Assertions>(event.action).text, look_up);
  if (!fault) return;
  throw ScriptFailure({event.position.line + fault->line, event.position.column}, fault->message);
}

// --- the whole

namespace {

// Watches until the curtain falls: how the player clears its table away is no part of the conversation.
class Audience final : public trace::Sink {
 public:
  Audience(const PlayOptions& options, std::string& text) {
    if (options.ladder) {
      ladder_.emplace([&text](std::string_view piece) { text += piece; }, *options.ladder);
      watchers_.add(*ladder_);
    }
    if (options.watcher != nullptr) watchers_.add(*options.watcher);
  }

  [[nodiscard]] trace::Sink* sink() { return watchers_.empty() ? nullptr : this; }
  void on_event(const trace::Event& event) override {
    if (!is_over_) watchers_.on_event(event);
  }
  void finish() {
    is_over_ = true;
    if (ladder_) ladder_->finish();
  }

 private:
  std::optional<observe::Ladder> ladder_;
  observe::Fanout watchers_;
  bool is_over_ = false;
};

}  // namespace

Outcome play(const packet_script::Script& script, const PlayOptions& options) {
  Outcome outcome;
  Audience audience(options, outcome.ladder);
  try {
    Circumstances circumstances = circumstances_of(script, options.bench);
    outcome.ignored = circumstances.ignored;
    if (circumstances.skip) {
      outcome.verdict = Verdict::kSkipped;
      outcome.reason = *circumstances.skip;
      return outcome;
    }
    Player player(script, std::move(circumstances), options, audience.sink());
    const auto note_end = [&] {
      outcome.virtual_time = player.elapsed();
      outcome.events = player.events_done();
      audience.finish();
    };
    try {
      player.run();
    } catch (const ScriptFailure&) {
      note_end();
      throw;
    }
    note_end();
  } catch (const ScriptFailure& failure) {
    outcome.verdict = Verdict::kFailed;
    outcome.failure = failure.failure();
  }
  return outcome;
}

}  // namespace fourtuple::drill
