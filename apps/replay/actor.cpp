#include "apps/replay/actor.hpp"

#include <algorithm>

namespace fourtuple::replay {
namespace {

using ActorCall = judge::Call::Kind;

constexpr OwnerId kActor = 1;
constexpr std::size_t kReadAtOnce = 65536;

[[nodiscard]] bool is_planned(const ApplicationPlan& plan, ActorCall kind) {
  return std::any_of(plan.calls.begin(), plan.calls.end(), [kind](const PlannedCall& one) { return one.kind == kind; });
}

}  // namespace

Actor::Actor(StandIn& stand_in, const ApplicationPlan& plan, ExpectedStream expected)
    : stand_in_(stand_in), plan_(plan), expected_(std::move(expected)), scratch_(kReadAtOnce) {
  options_.urgent_inline = true;  // so that what is read is the whole stream
}

void Actor::note(ActorCall kind, Instant now, std::uint64_t octets) { made_.push_back({now, kind, octets}); }

void Actor::begin(Instant now) {
  if (!plan_.active && (is_planned(plan_, ActorCall::kListen) || plan_.close != CloseKind::kRefused)) listen(now);
}

void Actor::listen(Instant now) {
  stand_in_.stack().with_tcp(now, [&](tcp::Layer& layer, tcp::Context& context) {
    const auto binding = layer.bind(stand_in_.name().local, true, false, context);
    if (!binding) return;
    const auto listener = layer.listen(*binding, 1, options_, kActor);
    if (listener) listener_ = *listener;
  });
  note(ActorCall::kListen, now);
}

void Actor::connect(Instant now) {
  const auto way = stand_in_.stack().way_to(stand_in_.name().remote.address);
  if (!way) return;
  note(ActorCall::kConnect, now);
  stand_in_.stack().with_tcp(now, [&](tcp::Layer& layer, tcp::Context& context) {
    const auto made =
        layer.connect(stand_in_.name().local, stand_in_.name().remote, way->path, options_, kActor, context);
    if (made) connection_ = *made;
  });
}

void Actor::accept(Instant now) {
  if (!listener_ || connection_ || has_let_go_) return;
  stand_in_.stack().with_tcp(now, [&](tcp::Layer& layer, tcp::Context& context) {
    connection_ = layer.accept(*listener_, context);
    if (connection_) layer.set_owner(*connection_, kActor);
  });
}

void Actor::make(const PlannedCall& call, Instant now) {
  if (call.kind == ActorCall::kListen) return;  // did so at the beginning
  if (call.kind == ActorCall::kConnect) return connect(now);
  waiting_.push_back(call);
}

void Actor::act(Instant now) {
  accept(now);
  read(now);
  while (connection_ && !waiting_.empty() && carry_out(waiting_.front(), now)) waiting_.pop_front();
}

void Actor::forget(Instant now) {
  note(ActorCall::kAbort, now);
  listener_.reset();
  connection_.reset();
  waiting_.clear();
  has_let_go_ = true;
}

// False where it has to wait.
bool Actor::carry_out(PlannedCall& call, Instant now) {
  switch (call.kind) {
    case ActorCall::kListen:
    case ActorCall::kConnect:
      break;
    case ActorCall::kWrite:
    case ActorCall::kPushUrgent:
      return write(call, now);
    case ActorCall::kRead:
      plan_reads(call.octets);
      read(now);
      break;
    case ActorCall::kShutdown:
      if (!write_rest(now)) return false;
      shut_down(now);
      break;
    case ActorCall::kClose:
      if (!write_rest(now)) return false;
      let_go(call.kind, now);
      break;
    case ActorCall::kAbort:
      let_go(call.kind, now);
      break;
    case ActorCall::kNoDelay:
    case ActorCall::kKeepAlive:
      set_option(call, now);
      break;
  }
  return true;
}

// Goes on when the buffer has room again; what a dead connection does not take is lost, as with any application.
bool Actor::write(PlannedCall& call, Instant now) {
  while (call.octets != 0 && written_ < plan_.stream.size()) {
    const auto wanted = std::min<std::uint64_t>(call.octets, plan_.stream.size() - written_);
    const ByteView piece = ByteView(plan_.stream).subspan(written_, static_cast<std::size_t>(wanted));
    const auto taken = stand_in_.stack().with_tcp(now, [&](tcp::Layer& layer, tcp::Context& context) {
      return layer.send(*connection_, {&piece, 1}, {.urgent = call.kind == ActorCall::kPushUrgent}, context);
    });
    if (!taken) return taken.error() != std::errc::operation_would_block;
    note(call.kind, now, *taken);
    written_ += *taken;
    call.octets -= *taken;
  }
  return true;
}

// Octets before a FIN were written before it, whether or not the plan has a call for them.
bool Actor::write_rest(Instant now) {
  PlannedCall rest;
  rest.kind = ActorCall::kWrite;
  rest.octets = plan_.stream.size() - written_;
  return write(rest, now);
}

void Actor::set_option(const PlannedCall& call, Instant now) {
  if (call.kind == ActorCall::kNoDelay) options_.no_delay = true;
  if (call.kind == ActorCall::kKeepAlive) options_.keep_alive = true;
  if (call.idle > Duration::zero()) options_.keep_alive_idle = call.idle;
  if (call.interval > Duration::zero()) options_.keep_alive_interval = call.interval;
  stand_in_.stack().with_tcp(
      now, [&](tcp::Layer& layer, tcp::Context& context) { layer.set_options(*connection_, options_, context); });
  note(call.kind, now, judged_octets(call));
}

void Actor::shut_down(Instant now) {
  const auto done = stand_in_.stack().with_tcp(
      now, [&](tcp::Layer& layer, tcp::Context& context) { return layer.shutdown_send(*connection_, context); });
  if (done) note(ActorCall::kShutdown, now);
}

void Actor::let_go(ActorCall kind, Instant now) {
  note(kind, now);
  stand_in_.stack().with_tcp(now, [&](tcp::Layer& layer, tcp::Context& context) {
    if (kind == ActorCall::kClose) layer.close(*connection_, context);
    if (kind == ActorCall::kAbort) layer.abort(*connection_, context);
  });
  connection_.reset();
  has_let_go_ = true;
}

void Actor::plan_reads(std::uint64_t octets) {
  reads_as_planned_ = octets != kEverything;
  if (reads_as_planned_) may_read_ += octets;
}

std::size_t Actor::read_limit() const {
  if (!reads_as_planned_) return scratch_.size();
  return static_cast<std::size_t>(std::min<std::uint64_t>(scratch_.size(), may_read_));
}

void Actor::read(Instant now) {
  while (connection_ && read_limit() != 0) {
    const ByteSpan piece = ByteSpan(scratch_).first(read_limit());
    const auto got = stand_in_.stack().with_tcp(now, [&](tcp::Layer& layer, tcp::Context& context) {
      return layer.receive_data(*connection_, {&piece, 1}, {}, context);
    });
    if (!got || *got == 0) return;
    note(ActorCall::kRead, now, *got);
    read_ += *got;
    may_read_ -= std::min<std::uint64_t>(may_read_, *got);
    if (!expected_.take(piece.first(*got))) is_whole_ = false;
  }
}

}  // namespace fourtuple::replay
