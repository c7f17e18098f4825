// Door 1: user calls (RFC 9293 3.10.1 to 3.10.6).
#include <algorithm>

#include "stack/tcp/connection.hpp"

namespace fourtuple::tcp {

void Connection::open_active(Context& context) {
  progress_at_ = last_received_at_ = last_text_received_at_ = last_ack_received_at_ = context.now;
  ++shared_.counters.active_opens;
  if (context.trace) context.trace.emit(number_, trace::ConnectionOpened{tcb_.name, true});
  trace_call(trace::UserCall::kConnect, 0, context);
  set_state(TcpState::kSynSent, context);
  emit_syn(Cause::kUserConnect, false, context);
}

void Connection::open_passive(const Segment& syn, Context& context) {
  progress_at_ = last_received_at_ = last_text_received_at_ = last_ack_received_at_ = context.now;
  ++shared_.counters.passive_opens;
  ++segments_received_;
  if (context.trace) {
    context.trace.emit(number_, trace::ConnectionOpened{tcb_.name, false});
    context.trace.emit(number_, trace::SegmentReceived{tcb_.name, syn, 0, 0, syn.window});
  }
  tcb_.state = TcpState::kListen;  // where figure 5 has it come from
  learn_from_syn(syn, context);
  SendSpace& snd = tcb_.snd;
  snd.wnd = snd.max_wnd = syn.window;
  snd.edge = snd.wnd;
  set_state(TcpState::kSynReceived, context);
  emit_syn(Cause::kHandshake, false, context);
}

Result<std::size_t> Connection::send(std::span<const ByteView> pieces, SendFlags flags, Context& context) {
  if (error_ != std::errc{}) return failure(std::exchange(error_, std::errc{}));
  if (fin_queued_ || tcb_.state == TcpState::kClosed) return failure(std::errc::broken_pipe);
  const bool opening = tcb_.state == TcpState::kSynSent || tcb_.state == TcpState::kSynReceived;
  if (opening) return failure(std::errc::operation_would_block);
  const std::size_t room = send_room();
  if (room == 0) return failure(std::errc::operation_would_block);
  const std::size_t taken = send_queue_.append(pieces, room, shared_.pool);
  if (taken == 0) {
    for (const ByteView piece : pieces) {
      if (!piece.empty()) return failure(std::errc::no_buffer_space);
    }
    return std::size_t{0};
  }
  trace_call(trace::UserCall::kSend, taken, context);
  if (send_queue_.size() == taken) progress_at_ = context.now;  // data begins to wait
  if (flags.urgent) tcb_.snd.up = send_queue_.end();            // [RFC9293 MUST-30, MUST-62]
  hold_partial_ = flags.more || options_.cork;
  transmit(Cause::kUserSend, context);
  flush_notice(context);
  return taken;
}

// [RFC9293 3.10.3]
Result<std::size_t> Connection::receive(std::span<const ByteSpan> pieces, ReceiveFlags flags, Context& context) {
  if (!flags.peek) skip_urgent_octet();
  const std::size_t readable = readable_limit();
  const bool at_skipped_octet = flags.peek && readable < receive_queue_.size() && urgent_at_ == read_offset_;
  if (readable > flags.peek_offset) {
    const std::size_t skip = flags.peek_offset + (at_skipped_octet ? 1 : 0);
    const std::size_t limit = readable - flags.peek_offset;
    const std::size_t count = receive_queue_.read(pieces, limit, flags.peek ? skip : 0, flags.peek, flags.discard);
    if (!flags.peek) {
      trace_call(trace::UserCall::kReceive, count, context);
      read_offset_ += static_cast<StreamOffset>(count);
      if (read_offset_ > urgent_at_) urgent_ = Urgent::kNone;
      tune_receive_buffer(context);
      update_window_after_read(context);
    }
    return count;
  }
  if (fin_received_at_ >= 0) return std::size_t{0};  // the stream is whole, whatever became of the connection since
  if (error_ != std::errc{}) return failure(std::exchange(error_, std::errc{}));
  if (receive_shut_ || (tcb_.state == TcpState::kClosed && ever_synchronized_)) return std::size_t{0};
  if (tcb_.state == TcpState::kClosed) return failure(std::errc::not_connected);
  return failure(std::errc::operation_would_block);
}

Result<std::uint8_t> Connection::receive_urgent(bool peek) {
  if (options_.urgent_inline || urgent_ == Urgent::kNone || urgent_ == Urgent::kRead) {
    return failure(std::errc::invalid_argument);
  }
  if (urgent_ == Urgent::kAnnounced) return failure(std::errc::operation_would_block);
  if (!peek) urgent_ = Urgent::kRead;
  return urgent_octet_;
}

// CLOSE of our direction: a FIN follows what is queued, and the state changes at once. [RFC9293 3.10.4]
Result<void> Connection::shutdown_send(Context& context) {
  if (fin_queued_) return {};
  trace_call(trace::UserCall::kShutdownSend, 0, context);
  switch (tcb_.state) {
    case TcpState::kSynReceived:
      break;  // the FIN leaves when the handshake is complete
    case TcpState::kEstablished:
      set_state(TcpState::kFinWait1, context);
      break;
    case TcpState::kCloseWait:
      set_state(TcpState::kLastAck, context);
      break;
    case TcpState::kClosed:
    case TcpState::kListen:
    case TcpState::kSynSent:
      return failure(std::errc::not_connected);
    case TcpState::kFinWait1:
    case TcpState::kFinWait2:
    case TcpState::kClosing:
    case TcpState::kLastAck:
    case TcpState::kTimeWait:
      return {};
  }
  fin_queued_ = true;
  hold_partial_ = false;
  if (traits(tcb_.state).sends_data) transmit(Cause::kUserClose, context);
  notify(Readiness::kWritable);
  flush_notice(context);
  return {};
}

// TCP has no word for this: the peer learns nothing. What is here or still comes may be read, as on Linux; BSD throws
// it away.
Result<void> Connection::shutdown_receive(Context& context) {
  if (tcb_.state == TcpState::kClosed || tcb_.state == TcpState::kSynSent) return failure(std::errc::not_connected);
  receive_shut_ = true;
  trace_call(trace::UserCall::kShutdownReceive, 0, context);
  notify(Readiness::kReadable | Readiness::kHangUp);
  flush_notice(context);
  return {};
}

void Connection::close(Context& context) {
  released_ = true;
  owner_ = 0;
  if (tcb_.state == TcpState::kClosed) return;
  trace_call(trace::UserCall::kClose, 0, context);
  if (tcb_.state == TcpState::kSynSent) return finish(context);
  const bool unread = !receive_queue_.empty() || (!reassembly_.empty() && traits(tcb_.state).receives_data);
  if (unread && tcb_.state != TcpState::kTimeWait) {
    // [RFC9293 SHLD-3]
    return abort(Cause::kUserAbort, std::errc::connection_aborted, context);  // [RFC2525 2.17] [RFC1122 4.2.2.13]
  }
  receive_queue_.clear();
  if (!fin_queued_) {
    static_cast<void>(shutdown_send(context));
  } else if (tcb_.state == TcpState::kFinWait2) {
    arm(Timer::kFinWait2, options_.fin_wait_2_timeout, context);
  }
}

// A reset for a peer that has a synchronized connection with us. [RFC9293 3.10.5]
void Connection::abort(Cause cause, std::errc error, Context& context) {
  const TcpState state = tcb_.state;
  if (cause == Cause::kUserAbort && !released_) trace_call(trace::UserCall::kAbort, 0, context);
  if (traits(state).synchronized && state != TcpState::kTimeWait) {
    emit_reset(wrap(tcb_.snd.nxt, tcb_.snd.iss), {TcpFlags::kRst | TcpFlags::kAck}, cause, context);
  }
  receive_queue_.clear();
  fail(error, context);
  flush_notice(context);
}

void Connection::give_way(Context& context) {
  finish(context);
  flush_notice(context);
}

void Connection::orphan(Context& context) {
  released_ = true;
  abort(Cause::kListenerClosed, std::errc::connection_aborted, context);
}

void Connection::set_quick_ack(bool on, Context& context) {
  quick_ack_ = on;
  if (on && unacked_text_ > 0 && traits(tcb_.state).synchronized) emit_ack(Cause::kAckQuick, context);
}

// What the network says is advice: it may be late, and it may be forged. [RFC9293 MUST-56] [RFC5927]
void Connection::on_report(const NetworkReport& report, Context& context) {
  const StreamOffset quoted = unwrap(report.quoted_seq, tcb_.snd.iss, tcb_.snd.una);
  if (quoted < tcb_.snd.una || quoted >= tcb_.snd.nxt) {  // [RFC5927 4.1] [RFC9293 3.9.2.2]
    shared_.drop(DropReason::kIcmpBadQuotation);
    return;
  }
  switch (report.kind) {
    case NetworkReport::Kind::kSoft:  // [RFC9293 MUST-56, SHLD-25]
      soft_error_ = report.error;
      break;
    case NetworkReport::Kind::kHard:
      if (ever_synchronized_ || tcb_.state == TcpState::kSynReceived) {
        soft_error_ = report.error;
      } else {
        ++shared_.counters.failed_attempts;
        fail(report.error, context);  // [RFC9293 SHLD-26]
      }
      break;
    case NetworkReport::Kind::kPacketTooBig:
      if (report.send_mss >= path_.send_mss) break;
      path_.send_mss = std::max(report.send_mss, shared_.config.min_mss);  // no report makes silly segments [RFC5927 7]
      if (context.trace) context.trace.emit(number_, trace::PathChanged{static_cast<std::uint32_t>(usual_mss())});
      if (congestion_) congestion_->set_mss(static_cast<std::uint32_t>(usual_mss()));
      if (ever_synchronized_) {
        flight_.mark_all_lost();  // everything larger died; what was not, costs one repetition [RFC1191 6.4]
        trace_loss("path", context);
        timed_out_ = true;  // it leaves at the end of the batch
      }
      break;
  }
  flush_notice(context);
}

}  // namespace fourtuple::tcp
