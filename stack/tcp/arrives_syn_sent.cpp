// SEGMENT ARRIVES in SYN-SENT (RFC 9293 3.10.7.3).
#include <algorithm>

#include "stack/tcp/connection.hpp"

namespace fourtuple::tcp {

void Connection::arrives_in_syn_sent(Arrival& arrival) {  // [RFC9293 3.10.7.3]
  const TcpFlags flags = arrival.segment.flags;
  // First: the ACK bit. Only our SYN can be acknowledged.
  if (flags.ack() && (arrival.ack <= 0 || arrival.ack > tcb_.snd.nxt)) {
    drop(arrival, DropReason::kTcpUnacceptableAck);
    if (!flags.rst()) reset_impossible_ack(arrival);
    return;
  }
  // Second: the RST bit. Without an acceptable ACK it is anybody's guess. [RFC5961 3.2]
  if (flags.rst()) {
    if (!flags.ack()) return drop(arrival, DropReason::kTcpRstOutOfWindow);  // [RFC5961 3.2(a)]
    ++shared_.counters.failed_attempts;
    return fail(std::errc::connection_refused, arrival.context);
  }
  // Fourth: the SYN bit. A segment with neither RST nor SYN is dropped.
  if (!flags.syn()) return drop(arrival, DropReason::kTcpStateHasNoUse);
  if (flags.ack()) {
    complete_handshake(arrival);
  } else {
    open_simultaneously(arrival);
  }
}

// SYN,ACK: our SYN is acknowledged, theirs is here.
void Connection::complete_handshake(Arrival& arrival) {
  Context& context = arrival.context;
  learn_from_syn(arrival.segment, context);
  Delivery delivery;
  flight_.acknowledge(arrival.ack, delivery);
  tcb_.snd.una = arrival.ack;
  take_rtt_sample(arrival, delivery);
  // The window of a SYN is never scaled. [RFC7323 2.2]
  tcb_.snd.wnd = arrival.segment.window;
  tcb_.snd.max_wnd = std::max(tcb_.snd.max_wnd, tcb_.snd.wnd);
  tcb_.snd.edge = arrival.ack + tcb_.snd.wnd;
  tcb_.snd.wl1 = 0;
  tcb_.snd.wl2 = arrival.ack;
  cancel(Timer::kRetransmission, context);
  become_established(context);
  if (timeouts_in_a_row_ > 0) rtt_.restart_after_syn_timeout();
  timeouts_in_a_row_ = 0;
  grow_receive_window();
  owe_ack(Cause::kHandshake);
  ack_now_ = true;
  // Data or a FIN may ride on the SYN,ACK: they follow it in sequence space.
  arrival.seq = 1;
  trim_to_window(arrival);
  if (process_urgent(arrival) == Step::kContinue && process_text(arrival) == Step::kContinue) process_fin(arrival);
}

// A SYN that crosses ours: both sides move to SYN-RECEIVED and acknowledge. [RFC9293 MUST-10]
void Connection::open_simultaneously(Arrival& arrival) {
  Context& context = arrival.context;
  learn_from_syn(arrival.segment, context);
  tcb_.snd.wnd = arrival.segment.window;
  tcb_.snd.max_wnd = tcb_.snd.wnd;
  tcb_.snd.edge = tcb_.snd.una + tcb_.snd.wnd;
  tcb_.snd.wl1 = 0;
  tcb_.snd.wl2 = 0;
  set_state(TcpState::kSynReceived, context);
  emit_syn(Cause::kHandshake, true, context);
}

}  // namespace fourtuple::tcp
