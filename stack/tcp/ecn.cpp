// Explicit congestion notification (RFC 3168), and its exact form for data centres (RFC 8257).
#include "stack/tcp/ecn.hpp"

#include "stack/tcp/connection.hpp"
#include "stack/wire/ipv4.hpp"

namespace fourtuple::tcp {

// The peer's SYN asks with ECE and CWR, and its SYN,ACK agrees with ECE alone: a peer that reflects reserved bits has
// not agreed. SYNs that cross agree on nothing. [RFC3168 6.1.1] [RFC9293 SHLD-8]
void Connection::agree_on_ecn(const Segment& syn) {
  const TcpFlags flags = syn.flags;
  const EcnUse use = shared_.config.ecn;
  if (tcb_.state == TcpState::kSynSent) {
    tcb_.agreed.ecn = ecn_.asked && flags.ack() && flags.ece() && !flags.cwr();
  } else {
    tcb_.agreed.ecn = use != EcnUse::kOff && flags.ece() && flags.cwr();
  }
}

// A SYN asks only the first time: some middleboxes drop those that do. [RFC3168 6.1.1.1]
void Connection::ask_for_ecn(TcpFlags& flags, bool again) {
  if (flags.ack()) {
    if (tcb_.agreed.ecn) flags.bits |= TcpFlags::kEce;
  } else if (shared_.config.ecn == EcnUse::kAsk && !again) {
    flags.bits |= TcpFlags::kEce | TcpFlags::kCwr;
    ecn_.asked = true;
  }
}

// As receiver: what arrived inside the window counts, nothing else. [RFC3168 6.1.3, 6.1.5(a)]
void Connection::take_congestion_mark(Arrival& arrival) {
  if (!tcb_.agreed.ecn || arrival.segment.flags.syn()) return;
  const bool has_text = arrival.payload.size() > 0;
  const bool marked = arrival.segment.congestion_experienced;
  ecn_.seen = ecn_.seen || marked;
  if (congestion_ && congestion_->wants_exact_marks()) {
    if (has_text && marked != ecn_.echo) echo_exactly(marked, arrival.context);
    return;
  }
  if (arrival.segment.flags.cwr()) ecn_.echo = false;
  if (has_text && marked) ecn_.echo = true;
}

// Each ACK tells for all that it acknowledges: where the marks change, what came before is acknowledged first.
// [RFC8257 3.2]
void Connection::echo_exactly(bool marked, Context& context) {
  if (tcb_.rcv.acked < tcb_.rcv.nxt) emit_ack(Cause::kAckQuick, context);
  ecn_.echo = marked;
  owe_ack(Cause::kAckQuick);
  ack_now_ = true;
}

// As sender: one reduction a window, and none where a loss has made it already. [RFC3168 6.1.2]
void Connection::take_congestion_echo(const Arrival& arrival, std::uint64_t in_flight_before) {
  if (!tcb_.agreed.ecn || !arrival.segment.flags.ece() || !congestion_) return;
  if (tcb_.snd.una < ecn_.reduced_until || recovery_ != Recovery::kOpen || flight_.empty()) return;
  congestion_->on_congestion_experienced(loss_now(in_flight_before, arrival.context.now));
  note_lasting_reduction();
  trace_congestion(arrival.context);
}

// The window became smaller: the peer hears of it, and may stop echoing. [RFC3168 6.1.2]
void Connection::note_congestion_response() {
  if (!tcb_.agreed.ecn) return;
  ecn_.reduced_until = tcb_.snd.nxt;
  ecn_.tell_reduced = true;
}

// New data may be marked on its way; what is sent again, probes and bare ACKs may not. [RFC3168 6.1.4, 6.1.5, 6.1.6]
void Connection::mark_capable(OutSegment& out) {
  if (!tcb_.agreed.ecn || out.payload_bytes == 0) return;
  // Who would not slow down may not ask to be marked instead of dropped. [RFC3168 6.1.2]
  if (!congestion_ || congestion_->heeds_marks()) {
    out.tos = wire::ecn::with_codepoint(out.tos, wire::ecn::kCapable);
  }
  if (ecn_.tell_reduced) out.header.flags.bits |= TcpFlags::kCwr;
  ecn_.tell_reduced = false;
}

}  // namespace fourtuple::tcp
