#include "apps/simulate/host.hpp"

#include <algorithm>
#include <fmt/format.h>

#include "apps/simulate/judged.hpp"
#include "stack/tcp/state.hpp"

namespace fourtuple::simulate {
namespace {

constexpr MacAddress mac(int host) { return {{2, 0, 0, 0, 0, static_cast<std::uint8_t>(host + 1)}}; }

StackConfig config_of(const HostPlan& plan) {
  StackConfig config;
  config.tcp = plan.tcp;
  config.tcp.check_invariants = true;
  config.receive_batch = plan.batch;
  return config;
}

// What a host of this plan cannot be held to.
std::vector<std::string_view> rules_left_out(const Plan& plan, const HostPlan& host) {
  std::vector<std::string_view> rules{
      // A SYN,ACK that answers a repeated SYN, and soon after it the one that its own timer sends.
      "first-syn-timeout-is-a-second",
      // Takes what a small window holds back for the end of a write.
      "push-ends-a-write",
      // A tail-loss probe may be a second one. [RFC8985 7.3]
      "one-segment-after-lost-syns",
      // A FIN does not wait for the window, and is taken for the first probe.
      "first-probe-after-one-timeout",
  };
  if (plan.has(IncidentKind::kClockJump)) {  // nothing follows from how long something took
    rules.insert(rules.end(),
                 {"back-off-doubles", "ack-within-half-a-second", "syn-back-off-doubles", "probes-back-off",
                  "unacknowledged-data-is-repeated", "keep-alive-waits-two-hours", "keep-alive-only-when-idle"});
  }
  // What comes while there is no room to accept the connection is dropped, its timestamp too.
  const bool has_no_room = host.backlog < plan.talks.size();
  // And a SYN,ACK that crosses ours stands below the window, and counts all the same.
  const bool crosses = std::ranges::find(plan.talks, Opening::kSimultaneous, &TalkPlan::opening) != plan.talks.end();
  if (has_no_room || crosses) rules.push_back("timestamp-echo-is-ts-recent");
  if (!plan.has_unsure_rules) {
    rules.insert(rules.end(), {"timestamp-echo-is-ts-recent", "back-off-doubles", "ack-every-second-segment",
                               "ack-within-half-a-second", "acknowledged-is-not-repeated", "duplicate-ack-at-a-hole",
                               "unacknowledged-data-is-repeated"});
  }
  const auto toggles = [](const TalkPlan& talk) { return talk.apps[0].toggles != 0 || talk.apps[1].toggles != 0; };
  if (std::ranges::any_of(plan.talks, toggles)) rules.push_back("no-silly-windows");  // buffers have no fixed size
  return rules;
}

}  // namespace

void Touch::on_event(const trace::Event& event) {
  ++events_;
  if (event.connection != 0 && (touched_.empty() || touched_.back() != event.connection)) {
    touched_.push_back(event.connection);
  }
  if (std::holds_alternative<trace::TimerFired>(event.body)) ++timers_fired_;
  if (const auto* change = std::get_if<trace::StateChanged>(&event.body)) {
    if (problem_.empty() && !tcp::is_legal_transition(change->from, change->to)) {
      problem_ = fmt::format("a change of state that RFC 9293 figure 5 does not have: {} to {}", name(change->from),
                             name(change->to));
    }
  }
}

Host::Host(const Plan& plan, int index, Driver& driver, Instant begin)
    : plan_(plan),
      index_(index),
      driver_(driver),
      clock_(begin, plan.hosts[static_cast<std::size_t>(index)].clock,
             plan.hosts[static_cast<std::size_t>(index)].drift) {
  begin_life();
}

void Host::begin_life() {
  const std::uint64_t seed = plan_.seed * 2 + static_cast<std::uint64_t>(index_) + (std::uint64_t{life_} << 40U);
  stack_ = std::make_unique<Stack>(config_of(plan()), RandomSource::from_seed(seed));
  sinks_ = {};
  judge_ = std::make_unique<judge::Listener>(judge_of_ours(plan().tcp, rules_left_out(plan_, plan())));
  touch_ = std::make_unique<Touch>();
  sinks_.add(*judge_);
  sinks_.add(*touch_);
  stack_->set_trace_sink(&sinks_);
  calls_ = 0;
  stack_->attach(driver_, {.name = "ft0", .mac = mac(index_), .address = {address(index_), 24}, .mtu = plan_.mtu});
  if (!plan_.arp) stack_->add_static_neighbour(0, address(1 - index_), mac(1 - index_));
}

void Host::reboot(Instant /*now*/) {
  ++life_;
  begin_life();
}

void Host::set_shortage(bool on) { stack_->buffers().set_limit_bytes(on ? 0 : stack_->config().buffer_pool_bytes); }

std::string Host::problem() const {
  if (const char* broken = stack_->broken_invariant()) return fmt::format("broken invariant: {}", broken);
  if (!touch_->problem().empty()) return touch_->problem();
  if (!judge_->told().empty()) return "broken rule: " + judge_->first();
  return {};
}

std::string Host::what_is_left() const {
  if (tcp().connection_count() != 0)
    return fmt::format("host {} keeps {} connections", letter(), tcp().connection_count());
  if (stack_->buffers().bytes_in_use() != 0) {
    return fmt::format("host {} keeps {} octets of packet buffers", letter(), stack_->buffers().bytes_in_use());
  }
  return {};
}

}  // namespace fourtuple::simulate
