// SEGMENT ARRIVES in SYN-RECEIVED and every later state (RFC 9293 3.10.7.4): the eight steps.
#include <algorithm>

#include "stack/tcp/connection.hpp"

namespace fourtuple::tcp {

void Connection::on_segment(const Segment& segment, PacketBuffer&& buffer, bool accept_queue_is_full,
                            Context& context) {
  ++segments_received_;
  last_received_at_ = context.now;
  unanswered_keep_alives_ = 0;
  unanswered_probes_ = 0;  // whatever it says, the peer is there [RFC9293 MUST-37]
  const unsigned scale = segment.flags.syn() ? 0 : tcb_.agreed.send_scale;
  Arrival arrival{.segment = segment,
                  .payload = buffer,
                  .begin = 0,
                  .seq = unwrap(segment.seq, tcb_.rcv.irs, tcb_.rcv.nxt),
                  .ack = unwrap(segment.ack, tcb_.snd.iss, tcb_.snd.una),
                  .window = std::uint64_t{segment.window} << scale,
                  .fin_at = 0,
                  .fin = segment.flags.fin(),
                  .accept_queue_is_full = accept_queue_is_full,
                  .context = context};
  if (tcb_.state == TcpState::kSynSent) arrival.seq = 0;
  arrival.begin = arrival.seq;
  if (context.trace) {
    context.trace.emit(number_, trace::SegmentReceived{tcb_.name, segment, arrival.seq, arrival.ack, arrival.window});
  }
  if (tcb_.state == TcpState::kSynSent) {
    arrives_in_syn_sent(arrival);
  } else if (tcb_.state != TcpState::kClosed) {
    arrives_synchronized(arrival);
  }
}

void Connection::arrives_synchronized(Arrival& arrival) {  // [RFC9293 3.10.7.4]
  if (check_timestamp(arrival) == Step::kStop) return;     // RFC 7323 puts PAWS before the first step
  if (check_sequence(arrival) == Step::kStop) return;      // first: sequence number
  if (check_reset(arrival) == Step::kStop)
    return;                                            // second: RST bit
                                                       // third: security, which IPsec took over
  if (check_syn(arrival) == Step::kStop) return;       // fourth: SYN bit
  if (check_ack(arrival) == Step::kStop) return;       // fifth: ACK field
  if (process_urgent(arrival) == Step::kStop) return;  // sixth: URG bit
  if (process_text(arrival) == Step::kStop) return;    // seventh: segment text
  process_fin(arrival);                                // eighth: FIN bit
}

void Connection::drop(const Arrival& arrival, DropReason reason) {
  shared_.drop(reason);
  if (!arrival.context.trace) return;
  arrival.context.trace.emit(number_,
                             trace::SegmentDropped{tcb_.name, arrival.segment, arrival.seq, arrival.ack, reason});
}

// PAWS: a timestamp older than the last one in order belongs to an old duplicate. [RFC7323 5.3 R1]
Connection::Step Connection::check_timestamp(Arrival& arrival) {
  if (!tcb_.agreed.timestamps || !arrival.segment.options.timestamps) return Step::kContinue;
  const std::uint32_t value = arrival.segment.options.timestamps->value;
  const bool older = static_cast<std::int32_t>(value - ts_recent_) < 0;                            // [RFC7323 5.2]
  const bool recent_is_stale = arrival.context.now - ts_recent_at_ > std::chrono::hours(24 * 24);  // [RFC7323 5.5]
  if (!older || recent_is_stale || arrival.segment.flags.rst()) return Step::kContinue;
  answer_unacceptable(arrival, DropReason::kTcpPaws);
  return Step::kStop;
}

// First step. The four cases of table 6 in RFC 9293 are one: some octet of the segment, or the point it stands on if it
// has none, lies in the window. A closed window still takes ACKs, resets and urgent pointers. [RFC9293 MUST-66]
Connection::Step Connection::check_sequence(Arrival& arrival) {
  if (tcb_.state == TcpState::kSynReceived && arrival.segment.flags.syn() && arrival.seq == 0) {
    return take_repeated_syn(arrival);
  }
  const auto length = static_cast<StreamOffset>(arrival.segment.length());
  const StreamOffset nxt = tcb_.rcv.nxt;
  const StreamOffset edge = std::max(tcb_.rcv.edge, nxt);
  const StreamOffset last = arrival.seq + length - 1;
  const bool begins_inside = nxt <= arrival.seq && arrival.seq < edge;
  const bool acceptable =
      length == 0 ? begins_inside || arrival.seq == nxt
                  : begins_inside || (nxt <= last && last < edge) || (arrival.seq < nxt && last >= edge && edge > nxt);
  if (acceptable) {
    trim_to_window(arrival);
    return Step::kContinue;
  }
  const bool stands_at_closed_window = edge == nxt && arrival.seq == nxt;
  if (arrival.segment.flags.rst()) {
    if (stands_at_closed_window) return Step::kContinue;  // [RFC9293 MUST-66, SHLD-2]
    drop(arrival, DropReason::kTcpRstOutOfWindow);
    return Step::kStop;
  }
  if (stands_at_closed_window && length > 0) {
    // The window is closed: the text is refused, but the ACK, URG and RST of the segment count. [RFC9293 MUST-66]
    arrival.payload.remove_back(arrival.payload.size());
    arrival.fin = false;
    owe_ack(Cause::kAckUnacceptable);
    ack_now_ = true;
    drop(arrival, DropReason::kTcpOutOfWindow);
    return Step::kContinue;
  }
  // TIME-WAIT acknowledges a retransmitted FIN and waits anew.
  if (tcb_.state == TcpState::kTimeWait && arrival.segment.flags.fin() && last == nxt - 1) {
    arm(Timer::kTimeWait, shared_.config.time_wait, arrival.context);
  }
  const bool old = last < nxt && length > 0;
  answer_unacceptable(arrival, old ? DropReason::kTcpDuplicate : DropReason::kTcpOutOfWindow);
  return Step::kStop;
}

// The peer's SYN again, in SYN-RECEIVED. With an ACK it is the other half of a simultaneous open (RFC 9293 figure 8):
// its SYN is known, so it counts as the ACK it carries. Without, our SYN,ACK was lost: it is sent again.
Connection::Step Connection::take_repeated_syn(Arrival& arrival) {
  if (arrival.segment.flags.rst()) {
    drop(arrival, DropReason::kTcpRstOutOfWindow);
    return Step::kStop;
  }
  if (arrival.segment.flags.ack()) {
    arrival.seq = 1;
    trim_to_window(arrival);
    return Step::kContinue;
  }
  drop(arrival, DropReason::kTcpDuplicate);
  if (tcb_.agreed.timestamps && arrival.segment.options.timestamps) {
    ts_recent_ = arrival.segment.options.timestamps->value;  // the answer echoes the copy it answers [RFC7323 4.3]
    ts_recent_at_ = arrival.context.now;
  }
  emit_syn(Cause::kHandshake, true, arrival.context);
  return Step::kStop;
}

// "<SEQ=SND.NXT><ACK=RCV.NXT><CTL=ACK>". Segments without text get it at a limited rate, so that two confused peers do
// not acknowledge each other for ever.
void Connection::answer_unacceptable(Arrival& arrival, DropReason reason) {
  drop(arrival, reason);
  if (arrival.segment.flags.rst()) return;
  if (arrival.segment.length() == 0 && !unacceptable_acks_.allow(arrival.context.now)) {
    ++shared_.counters.challenge_acks_limited;
    return;
  }
  const StreamOffset text_end = arrival.seq + static_cast<StreamOffset>(arrival.payload.size());
  note_duplicate({arrival.seq, std::min(text_end, tcb_.rcv.nxt)});
  owe_ack(tcb_.state == TcpState::kTimeWait ? Cause::kTimeWaitAnswer : Cause::kAckUnacceptable);
  ack_now_ = true;
}

// A challenge ACK asks the supposed sender whether it meant that; its answer, if any, is exact. [RFC5961 7]
void Connection::challenge(Arrival& arrival, DropReason reason) {
  drop(arrival, reason);
  if (!challenge_acks_.allow(arrival.context.now)) {
    ++shared_.counters.challenge_acks_limited;
    return;
  }
  ++shared_.counters.challenge_acks;
  emit_ack(Cause::kChallengeAck, arrival.context);
}

// Second step. Only a reset that names RCV.NXT exactly is believed. [RFC5961 3.2] [RFC9293 3.10.7.4, 3.5.3]
Connection::Step Connection::check_reset(Arrival& arrival) {
  if (!arrival.segment.flags.rst()) return Step::kContinue;
  if (arrival.begin < tcb_.rcv.nxt) {  // its text reaches into the window, its number does not
    drop(arrival, DropReason::kTcpRstOutOfWindow);
    return Step::kStop;
  }
  if (arrival.segment.seq != wrap(tcb_.rcv.nxt, tcb_.rcv.irs)) {
    challenge(arrival, DropReason::kTcpRstNotExact);
    return Step::kStop;
  }
  Context& context = arrival.context;
  switch (tcb_.state) {
    case TcpState::kSynReceived:
      ++shared_.counters.failed_attempts;
      fail(std::errc::connection_refused, context);
      break;
    case TcpState::kEstablished:
    case TcpState::kFinWait1:
    case TcpState::kFinWait2:
    case TcpState::kCloseWait:
      ++shared_.counters.established_resets;
      // The peer finished sending before it reset: a writer is told EPIPE, as on Linux.
      fail(tcb_.state == TcpState::kCloseWait ? std::errc::broken_pipe : std::errc::connection_reset, context);
      break;
    case TcpState::kClosing:
    case TcpState::kLastAck:
    case TcpState::kTimeWait:
      finish(context);
      break;
    case TcpState::kClosed:
    case TcpState::kListen:
    case TcpState::kSynSent:
      break;
  }
  return Step::kStop;
}

// Fourth step. A SYN on a synchronized connection is challenged [RFC5961 4.2]; one that is still opening for a listener
// returns to LISTEN, which means that it is forgotten. [RFC9293 3.10.7.4, MUST-11]
Connection::Step Connection::check_syn(Arrival& arrival) {
  if (!arrival.segment.flags.syn()) return Step::kContinue;
  if (tcb_.state == TcpState::kSynReceived && arrival.begin == 0) return Step::kContinue;
  if (tcb_.state == TcpState::kSynReceived && parent_) {
    drop(arrival, DropReason::kTcpSynInWindow);
    ++shared_.counters.failed_attempts;
    finish(arrival.context);
    return Step::kStop;
  }
  challenge(arrival, DropReason::kTcpSynInWindow);
  return Step::kStop;
}

// Fifth step.
Connection::Step Connection::check_ack(Arrival& arrival) {
  if (!arrival.segment.flags.ack()) {
    drop(arrival, DropReason::kTcpNoAckFlag);
    return Step::kStop;
  }
  const SendSpace& snd = tcb_.snd;
  if (tcb_.state == TcpState::kSynReceived && establish_from_syn_received(arrival) == Step::kStop) return Step::kStop;
  // The peer may acknowledge what is in flight, or repeat itself within the largest window it offered. [RFC5961 5.2]
  if (arrival.ack < snd.una - static_cast<StreamOffset>(snd.max_wnd)) {  // [RFC9293 MAY-12]
    challenge(arrival, DropReason::kTcpOldAck);
    return Step::kStop;
  }
  if (arrival.ack > snd.nxt) {
    answer_unacceptable(arrival, DropReason::kTcpFutureAck);
    return Step::kStop;
  }
  // TS.Recent follows segments that cover the point last acknowledged. [RFC7323 4.3 (2)]
  const auto& timestamps = arrival.segment.options.timestamps;
  if (tcb_.agreed.timestamps && timestamps && arrival.begin <= tcb_.rcv.acked) {
    ts_recent_ = timestamps->value;
    ts_recent_at_ = arrival.context.now;
  }
  if (tcb_.state == TcpState::kTimeWait) {
    if (!arrival.fin) return Step::kStop;
    arm(Timer::kTimeWait, shared_.config.time_wait, arrival.context);
    return Step::kContinue;
  }
  take_congestion_mark(arrival);
  take_ack(arrival);
  // CLOSING ignores what does not acknowledge our FIN.
  return tcb_.state == TcpState::kClosed || tcb_.state == TcpState::kClosing ? Step::kStop : Step::kContinue;
}

Connection::Step Connection::establish_from_syn_received(Arrival& arrival) {  // [RFC9293 3.5]
  Context& context = arrival.context;
  if (arrival.ack <= tcb_.snd.una || arrival.ack > tcb_.snd.nxt) {
    drop(arrival, DropReason::kTcpUnacceptableAck);
    reset_impossible_ack(arrival);
    return Step::kStop;
  }
  if (arrival.accept_queue_is_full) {
    // The application is behind: the peer will ask again, or send data that says the same.
    drop(arrival, DropReason::kTcpBacklogFull);
    return Step::kStop;
  }
  become_established(context);
  if (timeouts_in_a_row_ > 0) rtt_.restart_after_syn_timeout();
  timeouts_in_a_row_ = 0;
  grow_receive_window();
  tcb_.snd.wl1 = arrival.begin - 1;  // whatever the SYN said, this segment's window is newer
  if (fin_queued_) set_state(TcpState::kFinWait1, context);
  return Step::kContinue;
}

// Our FIN is acknowledged, and everything before it.
void Connection::our_fin_is_acknowledged(Context& context) {  // [RFC9293 3.6]
  switch (tcb_.state) {
    case TcpState::kFinWait1:
      set_state(TcpState::kFinWait2, context);
      if (released_) arm(Timer::kFinWait2, options_.fin_wait_2_timeout, context);
      break;
    case TcpState::kClosing:
      enter_time_wait(context);
      break;
    case TcpState::kLastAck:
      finish(context);
      break;
    case TcpState::kClosed:
    case TcpState::kListen:
    case TcpState::kSynSent:
    case TcpState::kSynReceived:
    case TcpState::kEstablished:
    case TcpState::kFinWait2:
    case TcpState::kCloseWait:
    case TcpState::kTimeWait:
      break;
  }
}

// The reset for a segment whose ACK is impossible: "<SEQ=SEG.ACK><CTL=RST>".
void Connection::reset_impossible_ack(Arrival& arrival) {
  emit_reset(arrival.segment.ack, {TcpFlags::kRst}, Cause::kResetReply, arrival.context);
}

}  // namespace fourtuple::tcp
