// Door 3: timeouts (RFC 9293 3.10.8, RFC 6298, 3.8.3, 3.8.4, 3.8.6.1).
#include <algorithm>

#include "stack/tcp/connection.hpp"

namespace fourtuple::tcp {

void Connection::on_timeout(Context& context) {
  while (timers_.earliest() <= context.now) {
    const Timer timer = timers_.earliest_timer();
    timers_.disarm(timer);
    if (context.trace) context.trace.emit(number_, trace::TimerFired{timer});
    fire(timer, context);
  }
  if (ack_now_ && tcb_.state != TcpState::kClosed) emit_ack(ack_cause_, context);
  flush_notice(context);
}

void Connection::fire(Timer timer, Context& context) {  // [RFC9293 3.10.8]
  switch (timer) {
    case Timer::kRetransmission:
      return retransmission_timeout(context);
    case Timer::kPersist:
      return persist_timeout(context);
    case Timer::kDelayedAck:
      return delayed_ack_timeout(context);
    case Timer::kKeepAlive:
      return keep_alive_timeout(context);
    case Timer::kTimeWait:
    case Timer::kFinWait2:
      return finish(context);
    case Timer::kReordering:
      return reordering_timeout(context);
    case Timer::kTailLoss:
      return tail_loss_timeout(context);
    case Timer::kSendOverride:
      return send_override_timeout(context);
    case Timer::kPacing:
      return transmit(Cause::kPaced, context);
  }
}

// R2, by count or by the user's own timeout. [RFC9293 MUST-20(b), MUST-21]
std::uint32_t Connection::retry_limit() const {
  if (tcb_.state == TcpState::kSynSent) return options_.syn_retries;  // [RFC9293 MUST-22]
  if (tcb_.state == TcpState::kSynReceived) return shared_.config.syn_ack_retries;
  return released_ ? shared_.config.orphan_retries : shared_.config.retries_r2;
}

bool Connection::has_waited_too_long(Instant now) const {
  // [RFC9293 MUST-21]
  if (options_.user_timeout > Duration::zero()) return now - progress_at_ >= options_.user_timeout;  // [RFC5482 3]
  return timeouts_in_a_row_ >= retry_limit();  // [RFC9293 MUST-20(b)]
}

void Connection::retransmission_timeout(Context& context) {
  if (flight_.empty()) return;
  if (timers_.is_armed(Timer::kTailLoss) && timers_.deadline(Timer::kTailLoss) <= context.now) {
    cancel(Timer::kTailLoss, context);
    return tail_loss_timeout(context);
  }
  if (has_waited_too_long(context.now)) {
    if (!ever_synchronized_) ++shared_.counters.failed_attempts;
    // [RFC9293 MUST-47, MUST-22]
    return fail(soft_error_ != std::errc{} ? soft_error_ : std::errc::timed_out, context);
  }
  ++shared_.counters.timeouts;
  cancel(Timer::kTailLoss, context);
  cancel(Timer::kReordering, context);
  if (flight_.front().begin == 0) return syn_timeout(context);
  // One reduction an episode: fast recovery has made it already. [RFC5681 3.1(b)]
  const bool first = timeouts_in_a_row_ == 0 && recovery_ == Recovery::kOpen;
  if (congestion_) {
    congestion_->on_timeout(loss_now(flight_.outstanding_bytes(), context.now), first);  // [RFC9293 MUST-19]
    if (first) note_reduction();
  }
  // A timeout that repeats itself is no mistake. [RFC5682 2.1 step 1]
  suspicion_ = first ? Suspicion::kTimedOut : Suspicion::kNone;
  probe_with_new_data_ = false;
  tail_probe_end_ = -1;
  ++timeouts_in_a_row_;
  doubt_path(context);
  rtt_.back_off();
  recovery_ = Recovery::kLoss;
  recover_ = tcb_.snd.nxt;  // [RFC6582 4]
  duplicate_acks_ = 0;
  duplicate_credit_ = 0;
  newest_delivered_.reset();
  if (flight_.front().sacked) flight_.forget_sacks();  // the peer threw away what it had named [RFC2018 8]
  flight_.mark_all_lost();
  trace_loss("timeout", context);
  timed_out_ = true;  // [RFC6298 5.4]
  restart_retransmission_timer(context);
  transmit(Cause::kRetransmissionTimeout, context);
  trace_congestion(context);
}

// R1: the network layer is advised to look whether the way still leads there. [RFC9293 MUST-20(a)]
void Connection::doubt_path(Context& context) const {
  if (timeouts_in_a_row_ >= shared_.config.retries_r1) context.out.doubted.push_back(tcb_.name.remote.address);
}

void Connection::syn_timeout(Context& context) {
  ++timeouts_in_a_row_;
  doubt_path(context);
  rtt_.back_off();
  restart_retransmission_timer(context);
  emit_syn(Cause::kRetransmissionTimeout, true, context);
}

// The peer's window is closed, or too small for what waits: one octet asks again, for ever if it is answered.
// [RFC9293 MUST-35, MUST-36, 3.8.6.1, MUST-37, SHLD-29, SHLD-30]
void Connection::persist_timeout(Context& context) {
  const std::uint32_t limit = released_ ? shared_.config.orphan_retries : shared_.config.retries_r2;
  const bool user_gave_up =
      options_.user_timeout > Duration::zero() && context.now - progress_at_ >= options_.user_timeout;
  // Nobody holds an orphan: even an answering peer may not keep it for ever. [RFC6429 5]
  const bool orphan_gave_up = released_ && persist_backoff_ >= limit;
  if (unanswered_probes_ >= limit || orphan_gave_up || user_gave_up) return fail(std::errc::timed_out, context);
  ++unanswered_probes_;
  ++shared_.counters.window_probes;
  persist_backoff_ = std::min(persist_backoff_ + 1, 20U);
  if (!flight_.empty()) {
    flight_.mark_all_lost();
    const SentRange range = flight_.take_lost(1, context.now, stamp_departure(context.now));
    send_range(range.begin, range.end, Cause::kWindowProbe, true, context);
  } else if (window_room() > 0 && unsent_bytes() > 0) {
    // Open, but below what silly-window avoidance waits for: long enough now. [RFC9293 3.8.6.2.1 (4)]
    const auto length = static_cast<StreamOffset>(std::min<std::uint64_t>({window_room(), unsent_bytes(), send_mss()}));
    send_range(tcb_.snd.nxt, tcb_.snd.nxt + length, Cause::kSwsOverride, false, context);
  } else if (unsent_bytes() > 0 || fin_is_unsent()) {
    send_range(tcb_.snd.nxt, tcb_.snd.nxt + 1, Cause::kWindowProbe, false, context);
  }
  update_send_timers(context);
}

void Connection::delayed_ack_timeout(Context& context) {
  if (tcb_.rcv.acked == tcb_.rcv.nxt && unacked_text_ == 0) return;
  ++shared_.counters.delayed_acks;
  emit_ack(Cause::kAckDelayed, context);
}

void Connection::arm_keep_alive(Context& context) {
  // [RFC9293 MUST-24, MUST-25]
  const bool watched = options_.keep_alive && traits(tcb_.state).synchronized && tcb_.state != TcpState::kTimeWait;
  if (!watched) return cancel(Timer::kKeepAlive, context);
  arm(Timer::kKeepAlive, options_.keep_alive_idle, context);  // [RFC9293 MUST-27]
}

void Connection::keep_alive_timeout(Context& context) {
  const Instant idle_until = last_received_at_ + options_.keep_alive_idle;
  // While something is in flight, a window probe's octet included, its own timer asks. [RFC9293 MUST-26]
  if (!flight_.empty() || (unanswered_keep_alives_ == 0 && idle_until > context.now)) {  // [RFC9293 MUST-26]
    const Instant next =
        flight_.empty() ? idle_until : std::max(idle_until, context.now + options_.keep_alive_interval);
    timers_.arm(Timer::kKeepAlive, next, number_, context.trace);
    return;
  }
  const bool user_gave_up = options_.user_timeout > Duration::zero() &&  // [RFC5482 4.2]
                            context.now - last_received_at_ >= options_.user_timeout && unanswered_keep_alives_ > 0;
  if (unanswered_keep_alives_ >= options_.keep_alive_count || user_gave_up) {  // [RFC9293 MUST-29]
    return abort(Cause::kKeepAliveTimeout, std::errc::timed_out, context);
  }
  ++unanswered_keep_alives_;
  ++shared_.counters.keep_alives;
  // An octet below the window makes any live peer answer. [RFC9293 3.8.4]
  OutSegment& probe = push({TcpFlags::kAck}, Cause::kKeepAlive, context);  // [RFC9293 SHLD-12, MAY-5]
  probe.header.seq = wrap(tcb_.snd.nxt - 1, tcb_.snd.iss);
  probe.header.ack = wrap(tcb_.rcv.nxt, tcb_.rcv.irs);
  probe.header.window = window_field(false);
  fill_options(probe.header, context);
  note_sent(probe, tcb_.snd.nxt - 1, false, context);
  arm(Timer::kKeepAlive, options_.keep_alive_interval, context);
}

// Silence after the last segment: new data if the window lets it, else the last segment again. Its ACK shows what is
// missing long before the retransmission timer would. [RFC8985 7.3]
void Connection::tail_loss_timeout(Context& context) {
  if (flight_.empty() || tail_probe_out_) return;
  tail_probe_out_ = true;
  const auto new_bytes =
      static_cast<StreamOffset>(std::min<std::uint64_t>({unsent_bytes(), window_room(), send_mss()}));
  if (new_bytes > 0) {
    send_range(tcb_.snd.nxt, tcb_.snd.nxt + new_bytes, Cause::kTailLossProbe, false, context);
  } else {
    const SentRange tail = flight_.resend_tail(send_mss(), context.now, stamp_departure(context.now));
    tail_probe_end_ = tail.end;
    send_range(tail.begin, tail.end, Cause::kTailLossProbe, true, context);
  }
  restart_retransmission_timer(context);
}

void Connection::reordering_timeout(Context& context) {
  (void)mark_losses_by_time(0, context);
  transmit(Cause::kLossRecovery, context);
}

void Connection::send_override_timeout(Context& context) {
  if (!hold_partial_) return;
  hold_partial_ = false;
  transmit(Cause::kSwsOverride, context);
  hold_partial_ = options_.cork;
}

}  // namespace fourtuple::tcp
