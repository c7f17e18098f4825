// SEGMENT ARRIVES before there is a connection: in CLOSED (RFC 9293 3.10.7.1) and in LISTEN (3.10.7.2).
#include "stack/tcp/engine.hpp"
#include "stack/tcp/initial_sequence.hpp"

namespace fourtuple::tcp {

// The connection with that four-tuple, else the listener on that very address, else the wildcard listener, else nobody.
void Engine::receive(const FourTuple& name, const Segment& segment, PacketBuffer&& buffer, const PathInfo& path,
                     Context& context) {
  ++shared.counters.segments_received;
  std::optional<SeqNum> iss_floor;
  const std::uint64_t spread = std::uint64_t{name.remote.port} * 0x9e3779b1U + name.remote.address.low();
  if (Connection* const connection = table.find(name)) {  // [RFC9293 MUST-41]
    const Listener* const heir = connection->gives_way_to(segment) ? listening.find(name.local, spread >> 7) : nullptr;
    if (heir == nullptr || heir->is_full()) {
      if (connection->touch()) touched.push_back(connection->id());
      const Listener* const parent = listeners.find(connection->parent().value);
      const bool full = parent != nullptr && parent->is_full();
      return run_door(*this, *connection, context,
                      [&](Connection& c) { c.on_segment(segment, std::move(buffer), full, context); });
    }
    // A new incarnation: its sequence numbers must lie beyond all that the old one used. [RFC9293 3.10.7.4] [RFC6191]
    iss_floor = wrap(connection->tcb().snd.nxt, connection->tcb().snd.iss) + 65536;  // [RFC6191 2(a)]
    ++shared.counters.time_wait_reused;
    run_door(*this, *connection, context, [&](Connection& c) { c.give_way(context); });
  }
  if (Listener* const listener = listening.find(name.local, spread >> 7)) {
    return arrives_in_listen(*listener, name, segment, path, iss_floor, context);
  }
  arrives_for_nobody(name, segment, context);
}

void Engine::drop_stray(const FourTuple& name, const Segment& segment, DropReason reason, Context& context) {
  shared.drop(reason);
  if (context.trace) context.trace.emit(0, trace::SegmentDropped{name, segment, 0, 0, reason});
}

// [RFC9293 3.10.7.1]
void Engine::arrives_for_nobody(const FourTuple& name, const Segment& segment, Context& context) {
  drop_stray(name, segment, DropReason::kTcpClosedPort, context);
  if (!segment.flags.rst()) reply_reset(name, segment, context);
}

// "<SEQ=SEG.ACK><CTL=RST>" where there is an ACK, else "<SEQ=0><ACK=SEG.SEQ+SEG.LEN><CTL=RST,ACK>". [RFC9293 3.5.2]
void Engine::reply_reset(const FourTuple& name, const Segment& segment, Context& context) {
  if (!shared.resets.allow(context.now)) {
    ++shared.counters.resets_limited;
    return;
  }
  ++shared.counters.resets_sent;
  ++shared.counters.segments_sent;
  OutSegment& reset = context.out.segments.emplace_back();
  reset.name = name;
  reset.header.source_port = name.local.port;
  reset.header.destination_port = name.remote.port;
  reset.header.flags = {TcpFlags::kRst};
  reset.cause = Cause::kResetReply;
  if (segment.flags.ack()) {
    reset.header.seq = segment.ack;
  } else {
    reset.header.ack = segment.seq + segment.length();
    reset.header.flags = {TcpFlags::kRst | TcpFlags::kAck};
  }
  if (context.trace) {
    context.trace.emit(0, trace::SegmentSent{.name = name, .segment = reset.header, .cause = reset.cause});
  }
}

void Engine::arrives_in_listen(Listener& listener, const FourTuple& name, const Segment& segment, const PathInfo& path,
                               std::optional<SeqNum> iss_floor, Context& context) {
  // First a RST is ignored, second any ACK is answered with a reset, third a SYN opens. [RFC9293 3.10.7.2]
  if (segment.flags.rst()) return drop_stray(name, segment, DropReason::kTcpStateHasNoUse, context);
  if (segment.flags.ack()) return arrives_for_nobody(name, segment, context);
  // A FIN or text behind the SYN is not acknowledged, so the peer sends it again.
  if (!segment.flags.syn()) return drop_stray(name, segment, DropReason::kTcpStateHasNoUse, context);
  if (listener.is_full()) {
    ++shared.counters.listen_drops;
    return drop_stray(name, segment, DropReason::kTcpBacklogFull, context);
  }
  make_room_for_half_open(listener, context);
  SeqNum iss = choose_iss(name, context.now);
  if (iss_floor && distance(*iss_floor, iss) < 0) iss = *iss_floor;
  Connection* const connection = create(name, path, listener.options, 0, listener.id, iss);
  if (connection == nullptr) return drop_stray(name, segment, DropReason::kTcpTableFull, context);
  ++listener.half_open_count;
  listener.half_open.push_back(connection->id());
  connection->open_passive(segment, context);
  connection->charge_memory();
  timers.schedule(*connection, connection->deadline());
}

// A flood of SYNs that never complete must not stop newcomers: the oldest half-open connection makes room.
void Engine::make_room_for_half_open(Listener& listener, Context& context) {
  if (listener.half_open.size() > 2 * listener.half_open_count + 64) {
    std::erase_if(listener.half_open, [&](ConnectionId id) {
      const Connection* const found = connections.find(id.value);
      return found == nullptr || found->state() != TcpState::kSynReceived;
    });
  }
  while (!listener.half_open.empty()) {
    Connection* const oldest = connections.find(listener.half_open.front().value);
    const bool gone = oldest == nullptr || oldest->state() != TcpState::kSynReceived;
    if (!gone && listener.half_open_count < shared.config.max_syn_backlog) return;
    listener.half_open.pop_front();
    if (gone) continue;
    ++shared.counters.half_open_evicted;
    run_door(*this, *oldest, context, [&](Connection& c) { c.give_way(context); });
  }
}

void Engine::join_accept_queue(Connection& connection, Context& context) {
  Listener* const listener = listeners.find(connection.parent().value);
  if (listener == nullptr) return;
  listener->ready.push_back(connection.id());
  if (listener->owner != 0) context.out.notices.push_back({listener->owner, {Readiness::kReadable}});
}

}  // namespace fourtuple::tcp
