// What leaves: retransmissions first, then new data as window, congestion, Nagle and SWS rules allow, then the ACK.
#include <algorithm>
#include <utility>

#include "stack/tcp/connection.hpp"
#include "stack/wire/tcp_limits.hpp"

namespace fourtuple::tcp {

void Connection::end_batch(Context& context) {
  touched_ = false;
  if (traits(tcb_.state).sends_data) transmit(Cause::kPeerAcked, context);
  if (owes_ack() && !ack_may_wait()) emit_ack(ack_cause_, context);  // [RFC9293 MUST-58, MUST-59]
  if (owes_ack() && !timers_.is_armed(Timer::kDelayedAck)) arm(Timer::kDelayedAck, shared_.config.delayed_ack, context);
  flush_notice(context);
}

// What acknowledges text or a FIN in order may ride on the application's answer, which is about to come.
bool Connection::ack_may_wait() const {
  const bool is_ordinary = ack_cause_ == Cause::kAckEverySecond || ack_cause_ == Cause::kAckQuick;
  return shared_.config.acks_wait_for_application && is_ordinary && reassembly_.empty() && owner_ != 0;
}

void Connection::send_owed_ack(Context& context) {
  if (owes_ack()) emit_ack(ack_cause_, context);
}

void Connection::transmit(Cause cause, Context& context) {
  const bool probes = std::exchange(probe_with_new_data_, false);
  set_pace(context.now);
  if (!probes) retransmit_lost(context);
  send_new(cause, probes ? 2 * send_mss() : UINT64_MAX, context);  // [RFC5682 2.1 step 2(b)]
  if (!waits_its_turn_) cancel(Timer::kPacing, context);
  update_send_timers(context);
}

// --- How much may leave.

// Without SACK blocks, which come and go: what windows are counted in.
std::size_t Connection::usual_mss() const {
  std::size_t mss = std::min(tcb_.agreed.peer_mss, path_.send_mss);  // [RFC9293 MUST-16]
  if (options_.max_segment != 0) mss = std::min<std::size_t>(mss, options_.max_segment);
  // Options take their room from the segment. [RFC9293 MUST-16] [RFC6691]
  const std::size_t options = tcb_.agreed.timestamps ? 12 : 0;
  return std::max(mss - std::min(mss, options), kLeastMss);  // [RFC6691 2]
}

std::size_t Connection::send_mss() const {
  const std::size_t mss = usual_mss();
  const bool tells_sack = tcb_.agreed.sack && (!reassembly_.empty() || !duplicate_.empty());
  if (!tells_sack) return mss;
  const std::size_t blocks = tcb_.agreed.timestamps ? 28 : 36;
  return std::max(mss - std::min(mss, blocks), kLeastMss);  // [RFC6691 2]
}

std::uint64_t Connection::pipe_bytes() const {
  const std::uint64_t pipe = flight_.pipe_bytes();
  return pipe - std::min(pipe, duplicate_credit_);  // [RFC3042 2(a)]
}

std::uint64_t Connection::congestion_room() const {
  // One segment may always be out: the window was counted in segments of another size if the application changed that.
  const std::uint64_t pipe = pipe_bytes();
  if (uses_proportional_rate()) return recovery_window_ > pipe ? recovery_window_ - pipe : 0;
  const std::uint64_t window = std::max<std::uint64_t>(congestion_ ? congestion_->window() : 0, send_mss());
  return window > pipe ? window - pipe : 0;
}

std::uint64_t Connection::window_room() const {
  const StreamOffset edge = tcb_.snd.una + static_cast<StreamOffset>(tcb_.snd.wnd);
  return edge > tcb_.snd.nxt ? static_cast<std::uint64_t>(edge - tcb_.snd.nxt) : 0;  // [RFC9293 MUST-34, SHLD-15]
}

std::size_t Connection::unsent_bytes() const {
  const StreamOffset next = std::max(tcb_.snd.nxt, SendQueue::kFirstOffset);
  return next < send_queue_.end() ? static_cast<std::size_t>(send_queue_.end() - next) : 0;
}

// A partial segment leaves if it is all there is and nobody asked to wait (Nagle, TCP_CORK), or if the window will
// never let a full one go. [RFC9293 SHLD-7, MUST-38, 3.8.6.2.1]
bool Connection::may_send_partial(std::size_t length, std::size_t waiting, std::size_t window_room) const {
  if (length == waiting) {
    if (fin_queued_ || is_urgent_mode()) return true;
    if (hold_partial_) return false;                // [RFC9293 MAY-16]
    return options_.no_delay || !partial_is_out();  // [RFC9293 SHLD-7, MUST-17]
  }
  const bool window_is_the_limit = length == window_room;
  return window_is_the_limit && is_idle() && length >= tcb_.snd.max_wnd / 2;  // [RFC9293 MUST-38]
}

// Nagle's rule is about small writes that follow each other: what waits for an ACK is the second partial segment, not
// the rest of a large write behind its full ones (RFC 9293 A.3; docs/decisions/0004).
bool Connection::partial_is_out() const { return partial_end_ > tcb_.snd.una && !is_idle(); }

// Nothing is in flight, or nothing but the octet that asked about a closed window.
bool Connection::is_idle() const { return tcb_.snd.una == tcb_.snd.nxt || tcb_.snd.nxt == probe_end_; }

// Octets of the largest (super-)segment. An urgent pointer counts from one segment's own number.
std::size_t Connection::most_at_once(std::size_t mss) const {
  if (is_urgent_mode()) return mss;
  const std::size_t most = std::max<std::size_t>(mss, path_.max_super_segment / mss * mss);
  if (!pacer_.is_active()) return most;
  return std::min(most, std::max(mss, static_cast<std::size_t>(pacer_.quantum()) / mss * mss));
}

// "What is the next segment, if any?" 0: none.
std::size_t Connection::next_new_length(std::size_t mss, std::uint64_t limit) const {
  const std::size_t waiting = unsent_bytes();
  const auto room = static_cast<std::size_t>(window_room());
  const std::size_t length = std::min({waiting, room, static_cast<std::size_t>(std::min(congestion_room(), limit))});
  if (length < mss) return length > 0 && may_send_partial(length, waiting, room) ? length : 0;
  const std::size_t most = most_at_once(mss);
  if (length > most) return most;
  const std::size_t partial = length % mss;
  // The corner of the window behind full segments stays empty. [RFC9293 MUST-38, SHLD-28]
  const bool whole = partial == 0 || (length == waiting && may_send_partial(length, waiting, room));
  return whole ? length : length - partial;
}

void Connection::send_new(Cause cause, std::uint64_t most, Context& context) {
  const bool probes = most != UINT64_MAX;
  if (flight_.lost_bytes() > 0 && !probes) return;  // what is lost goes first [RFC6675 5]
  const bool data_waits = unsent_bytes() > 0;
  if (data_waits && flight_.empty() && congestion_ && context.now - last_sent_at_ > rtt_.rto()) {
    congestion_->after_idle();  // [RFC5681 4.1]
  }
  const std::size_t mss = send_mss();
  for (;;) {
    const std::size_t length = next_new_length(mss, most);
    const StreamOffset begin = tcb_.snd.nxt;
    const StreamOffset text_end = begin + static_cast<StreamOffset>(length);
    const bool fin =
        fin_is_unsent() && text_end == fin_offset() && (window_room() > length || (length == 0 && flight_.empty()));
    if (length == 0 && !fin) break;
    if (length > 0 && !probes && must_wait_its_turn(context)) break;
    send_range(begin, text_end + (fin ? 1 : 0), cause, false, context);
    if (probes) most -= std::min<std::uint64_t>(most, length);
  }
  note_application_limit();
  note_window_use();
}

// Whether the congestion window is what limits us, as far as this window's worth of octets tells: so judged once a
// round trip, or as soon as it is. [RFC7661 4]
void Connection::note_window_use() {
  const std::uint64_t in_flight = pipe_bytes();
  const bool is_limit = congestion_room() < send_mss() && in_flight > 0;
  const bool round_is_over = tcb_.snd.una >= usage_round_end_;
  if (!round_is_over && !is_limit && (congestion_limited_ || in_flight <= flight_peak_)) return;
  congestion_limited_ = is_limit;
  flight_peak_ = in_flight;
  usage_round_end_ = tcb_.snd.nxt;
}

// Lost segments go again as the congestion window allows, inside the peer's window; after a timeout one may always go.
void Connection::retransmit_lost(Context& context) {
  const std::size_t mss = send_mss();
  while (const SentRange* lost = flight_.first_lost()) {
    const StreamOffset edge = tcb_.snd.una + static_cast<StreamOffset>(tcb_.snd.wnd);
    const std::uint64_t in_window = edge > lost->begin ? static_cast<std::uint64_t>(edge - lost->begin) : 0;
    const std::uint64_t wanted = std::min<std::uint64_t>(lost->size(), mss);
    const bool first_of_all = timed_out_ || retransmit_one_ || pipe_bytes() == 0;
    if (congestion_room() < wanted && !first_of_all) return;
    if (in_window == 0 && !timed_out_) return;  // [RFC9293 SHLD-16]
    if (!timed_out_ && must_wait_its_turn(context)) return;
    std::uint64_t most = std::max<std::uint64_t>(congestion_room() / mss * mss, mss);
    most = std::min<std::uint64_t>(most, most_at_once(mss));
    if (in_window > 0) most = std::min(most, in_window);
    if (in_window == 0) most = 1;
    const Cause cause = timed_out_ && lost->begin == tcb_.snd.una            ? Cause::kRetransmissionTimeout
                        : tcb_.agreed.sack                                   ? Cause::kLossRecovery
                        : lost->begin == tcb_.snd.una && duplicate_acks_ > 0 ? Cause::kFastRetransmit
                                                                             : Cause::kPartialAck;
    timed_out_ = false;
    retransmit_one_ = false;
    const SentRange range = flight_.take_lost(most, context.now, stamp_departure(context.now));
    send_range(range.begin, range.end, cause, true, context);
  }
}

// --- How it leaves.

OutSegment& Connection::push(TcpFlags flags, Cause cause, Context& context) {
  OutSegment& out = context.out.segments.emplace_back();
  out.name = tcb_.name;
  out.header.source_port = tcb_.name.local.port;
  out.header.destination_port = tcb_.name.remote.port;
  out.header.flags = flags;
  out.ttl = options_.ttl;  // [RFC9293 MUST-49]
  out.tos = options_.tos;  // [RFC9293 MUST-48, SHLD-21]
  out.dont_fragment = options_.path_mtu_discovery;
  out.cause = cause;
  return out;
}

// Sends [begin, end): SYN, text, FIN or a mixture, whichever octets of sequence space these are.
void Connection::send_range(StreamOffset begin, StreamOffset end, Cause cause, bool again, Context& context) {
  if (begin == 0) return emit_syn(cause, again, context);
  // CWR belongs to one segment, which a device would copy to all. [RFC3168 6.1.2]
  if (!again && ecn_.tell_reduced) end = std::min(end, begin + static_cast<StreamOffset>(send_mss()));
  const StreamOffset text_end = std::min(end, send_queue_.end());
  const auto length = static_cast<std::size_t>(std::max<StreamOffset>(text_end - begin, 0));
  OutSegment& out = push({TcpFlags::kAck}, cause, context);
  out.payload_bytes = static_cast<std::uint32_t>(send_queue_.gather(begin, length, out.pieces, out.piece_count));
  if (out.payload_bytes < length)
    end = begin + static_cast<StreamOffset>(out.payload_bytes);  // more pieces than an OutSegment holds
  const std::size_t mss = send_mss();
  if (out.payload_bytes > mss) out.gso_size = static_cast<std::uint16_t>(mss);
  TcpFlags& flags = out.header.flags;
  if (end > send_queue_.end()) flags.bits |= TcpFlags::kFin;
  if (out.payload_bytes > 0 && end >= send_queue_.end()) flags.bits |= TcpFlags::kPsh;  // [RFC9293 MUST-61, SHLD-27]
  if (is_urgent_mode() && tcb_.snd.up > begin) {                                        // [RFC9293 MUST-30, MUST-31]
    flags.bits |= TcpFlags::kUrg;
    // [RFC9293 MUST-62]
    out.header.urgent = static_cast<std::uint16_t>(std::min<StreamOffset>(tcb_.snd.up - begin, 65535));
  }
  out.header.seq = wrap(begin, tcb_.snd.iss);
  out.header.ack = wrap(tcb_.rcv.nxt, tcb_.rcv.irs);
  out.header.window = window_field(false);
  fill_options(out.header, context);
  if (!again && cause != Cause::kWindowProbe) mark_capable(out);
  note_paced(out.payload_bytes, context.now);
  if (!again) {
    if (flight_.empty()) progress_at_ = context.now;
    flight_.append(begin, end, context.now, stamp_departure(context.now));
    tcb_.snd.nxt = end;
    if (out.payload_bytes % mss != 0) partial_end_ = end;
    timers_.disarm(Timer::kTailLoss);  // silence begins anew
    if (congestion_) congestion_->on_sent({context.now, out.payload_bytes, pipe_bytes()});
  }
  if (recovery_ == Recovery::kFast) rate_.note_sent(static_cast<std::uint64_t>(end - begin));
  if (again) note_repeated(out.header, static_cast<std::uint64_t>(end - begin));
  last_sent_at_ = context.now;
  note_acked(context);
  note_sent(out, begin, again, context);
}

void Connection::emit_syn(Cause cause, bool again, Context& context) {
  const bool answers = tcb_.state == TcpState::kSynReceived;
  OutSegment& out = push({static_cast<std::uint8_t>(TcpFlags::kSyn | (answers ? TcpFlags::kAck : 0))}, cause, context);
  ask_for_ecn(out.header.flags, again);
  out.header.seq = tcb_.snd.iss;
  out.header.window = window_field(true);
  SegmentOptions& options = out.header.options;
  options.mss = advertised_mss();  // [RFC9293 MUST-14, SHLD-5, MAY-3]
  const TcpConfig& config = shared_.config;
  if (answers ? tcb_.agreed.window_scaling : config.window_scaling) options.window_scale = tcb_.agreed.receive_scale;
  options.sack_permitted = answers ? tcb_.agreed.sack : config.sack;  // [RFC2018 2]
  if (answers ? tcb_.agreed.timestamps : config.timestamps) {
    options.timestamps = timestamps_at(context.now);
    if (!answers) options.timestamps->echo_reply = 0;
  }
  if (answers) {
    out.header.ack = wrap(tcb_.rcv.nxt, tcb_.rcv.irs);
    note_acked(context);
  }
  if (flight_.empty()) {
    flight_.append(0, 1, context.now, stamp_departure(context.now));
    tcb_.snd.nxt = 1;
  } else {
    flight_.resend_tail(1, context.now);  // from now on no round trip can be timed with it [RFC9293 MUST-18]
  }
  last_sent_at_ = context.now;
  note_sent(out, 0, again, context);
  update_send_timers(context);
}

void Connection::emit_ack(Cause cause, Context& context) {
  OutSegment& out = push({TcpFlags::kAck}, cause, context);
  out.header.seq = wrap(tcb_.snd.nxt, tcb_.snd.iss);
  out.header.ack = wrap(tcb_.rcv.nxt, tcb_.rcv.irs);
  out.header.window = window_field(false);
  fill_options(out.header, context);
  note_acked(context);
  note_sent(out, tcb_.snd.nxt, false, context);
}

void Connection::emit_reset(SeqNum seq, TcpFlags flags, Cause cause, Context& context) {
  OutSegment& out = push(flags, cause, context);
  out.header.seq = seq;
  if (flags.ack()) out.header.ack = wrap(tcb_.rcv.nxt, tcb_.rcv.irs);
  // A reset of our own accord carries what every segment of the connection does; one that answers a stray segment
  // speaks with its numbers alone. [RFC7323 3.2(a)]
  if (flags.ack() && tcb_.agreed.timestamps) out.header.options.timestamps = timestamps_at(context.now);
  ++shared_.counters.resets_sent;
  note_sent(out, unwrap(seq, tcb_.snd.iss, tcb_.snd.nxt), false, context);
}

void Connection::fill_options(Segment& header, Context& context) const {  // [RFC9293 MUST-65]
  // [RFC7323 3.2]
  if (tcb_.agreed.timestamps) header.options.timestamps = timestamps_at(context.now);
  // [RFC2018 4(c)]
  if (tcb_.agreed.sack) header.options.sack_count = static_cast<std::uint8_t>(fill_sack(header.options));
  // [RFC3168 6.1.3]
  if (ecn_.echo) header.flags.bits |= TcpFlags::kEce;
}

// First what came twice [RFC2883 4], then what is held behind a gap, the newest first. [RFC2018 4]
std::size_t Connection::fill_sack(SegmentOptions& options) const {
  std::array<Reassembly::Block, 4> held{};
  const std::size_t held_count = reassembly_.empty() ? 0 : reassembly_.blocks(held);
  const std::size_t room = tcb_.agreed.timestamps ? 3 : 4;
  std::size_t count = 0;
  const auto tell = [&](const Reassembly::Block& block) {
    options.sack[count++] = {wrap(block.left, tcb_.rcv.irs), wrap(block.right, tcb_.rcv.irs)};
  };
  if (!duplicate_.empty()) tell(duplicate_);                                   // [RFC2883 4, 3]
  for (std::size_t i = 0; i < held_count && count < room; ++i) tell(held[i]);  // [RFC2018 4, 4(b)]
  return count;
}

// Any segment with an ACK settles what was owed.
void Connection::note_acked(Context& context) {
  tcb_.rcv.acked = tcb_.rcv.nxt;
  unacked_text_ = 0;
  ack_now_ = false;
  duplicate_ = {0, 0};
  cancel(Timer::kDelayedAck, context);
}

void Connection::note_sent(const OutSegment& out, StreamOffset seq, bool again, Context& context) {
  const std::uint64_t segments = out.gso_size == 0 ? 1 : (out.payload_bytes + out.gso_size - 1U) / out.gso_size;
  segments_sent_ += segments;
  shared_.counters.segments_sent += segments;
  bytes_sent_ += out.payload_bytes;
  if (again) {
    retransmissions_ += segments;
    shared_.counters.segments_retransmitted += segments;
    bytes_retransmitted_ += out.payload_bytes;
  }
  if (!context.trace) return;
  const unsigned scale = out.header.flags.syn() ? 0 : tcb_.agreed.receive_scale;
  context.trace.emit(number_, trace::SegmentSent{.name = tcb_.name,
                                                 .segment = out.header,
                                                 .payload_bytes = out.payload_bytes,
                                                 .gso_size = out.gso_size,
                                                 .relative_seq = seq,
                                                 .relative_ack = out.header.flags.ack() ? tcb_.rcv.nxt : 0,
                                                 .window_bytes = std::uint64_t{out.header.window} << scale,
                                                 .cause = out.cause,
                                                 .retransmission = again});
}

// --- Fields.

std::uint8_t Connection::wanted_scale() const {
  if (!shared_.config.window_scaling) return 0;
  // Room to grow later (tuning, SO_RCVBUF), unless the application chose a small buffer itself.
  const std::size_t largest = std::max(most_tuned_receive(), std::size_t{4} << 20);
  const bool chosen = options_.receive_buffer_bytes < shared_.config.receive_buffer_bytes;
  const std::size_t target = chosen ? options_.receive_buffer_bytes : largest;
  std::uint8_t scale = 0;
  while (scale < wire::kTcpMaxWindowShift && (std::size_t{65535} << scale) < target) ++scale;
  return scale;
}

// Rounded up to the scale's grain, so that the right edge does not move left with each odd octet; rounded down where
// the buffer is full, so that it cannot creep. [RFC7323 2.4]
std::uint16_t Connection::window_field(bool syn) {
  grow_receive_window();
  if (syn) {
    const auto window = std::min<std::size_t>(
        {options_.receive_buffer_bytes, 65535, options_.window_clamp != 0 ? options_.window_clamp : 65535});
    tcb_.rcv.edge = std::max(tcb_.rcv.edge, tcb_.rcv.nxt + static_cast<StreamOffset>(window));
    return static_cast<std::uint16_t>(window);
  }
  const std::uint64_t grain = std::uint64_t{1} << tcb_.agreed.receive_scale;
  const bool full = receive_queue_.size() >= options_.receive_buffer_bytes;
  const std::uint64_t field =
      std::min<std::uint64_t>((offered_window() + (full ? 0 : grain - 1)) >> tcb_.agreed.receive_scale, 65535);
  tcb_.rcv.edge = std::max(tcb_.rcv.edge, tcb_.rcv.nxt + static_cast<StreamOffset>(field << tcb_.agreed.receive_scale));
  return static_cast<std::uint16_t>(field);
}

// Our timestamp clock: milliseconds plus an offset that is this connection's own. [RFC7323 5.4]
std::uint32_t Connection::timestamp_now(Instant now) const {  // [RFC7323 4.1]
  return static_cast<std::uint32_t>(now.time_since_epoch() / std::chrono::milliseconds(1)) + timestamp_offset_;
}

std::uint16_t Connection::advertised_mss() const {
  // [RFC9293 MUST-67]
  return options_.max_segment != 0 ? std::min(options_.max_segment, path_.receive_mss) : path_.receive_mss;
}

// --- Timers of the sender: exactly one of retransmission (or its probe) and persist, or none.

// Only the octet of a window probe is out, and the window is still closed.
bool Connection::is_probing() const {
  // [RFC9293 MUST-35]
  return tcb_.snd.wnd == 0 && flight_.outstanding_bytes() == 1 && tcb_.snd.nxt > 1 && ever_synchronized_;
}

void Connection::update_send_timers(Context& context) {
  if (flight_.empty() || is_probing()) {
    cancel(Timer::kRetransmission, context);
    cancel(Timer::kTailLoss, context);
    const bool something_waits = unsent_bytes() > 0 || fin_is_unsent() || !flight_.empty();
    const bool window_blocks = !flight_.empty() || window_room() < std::min(send_mss(), unsent_bytes() + 1);
    if (something_waits && window_blocks) {
      if (!timers_.is_armed(Timer::kPersist)) {
        // [RFC9293 MUST-36, SHLD-29, SHLD-30]
        arm(Timer::kPersist, std::min(rtt_.rto() * (1 << std::min(persist_backoff_, 10U)), shared_.config.max_rto),
            context);
      }
    } else {
      cancel(Timer::kPersist, context);
      if (something_waits && hold_partial_ && !timers_.is_armed(Timer::kSendOverride)) {  // [RFC9293 MUST-60]
        arm(Timer::kSendOverride, std::chrono::milliseconds(200), context);
      }
    }
    return;
  }
  cancel(Timer::kPersist, context);
  if (!timers_.is_armed(Timer::kRetransmission)) restart_retransmission_timer(context);
  arm_tail_loss_probe(context);
}

// [RFC6298 5, 5.1, 5.2, 5.3]
void Connection::restart_retransmission_timer(Context& context) {
  if (flight_.empty()) return cancel(Timer::kRetransmission, context);
  Instant deadline = context.now + rtt_.rto();
  if (options_.user_timeout > Duration::zero()) {
    const Instant limit = std::max(progress_at_ + options_.user_timeout, context.now + std::chrono::milliseconds(1));
    deadline = std::min(deadline, limit);
  }
  timers_.arm(Timer::kRetransmission, deadline, number_, context.trace);
}

// A tail-loss probe asks after two round trips of silence, well before the retransmission timeout. [RFC8985 7.2]
void Connection::arm_tail_loss_probe(Context& context) {
  const bool wanted = tcb_.agreed.sack && recovery_ == Recovery::kOpen && !tail_probe_out_ && rtt_.has_sample() &&
                      flight_.lost_bytes() == 0 && flight_.sacked_bytes() == 0 && tcb_.snd.wnd > 0 && tcb_.snd.una > 0;
  if (!wanted) return cancel(Timer::kTailLoss, context);
  Duration after = 2 * rtt_.smoothed() + std::chrono::milliseconds(2);
  // A lone segment may wait for the peer's delayed ACK. [RFC8985 7.2]
  if (flight_.outstanding_bytes() <= send_mss()) after += shared_.config.peer_delayed_ack;
  if (timers_.is_armed(Timer::kTailLoss)) return;
  // Never later than the retransmission timer, in whose place the probe then goes. [RFC8985 7.2]
  timers_.arm(Timer::kTailLoss, std::min(context.now + after, timers_.deadline(Timer::kRetransmission)), number_,
              context.trace);
}

}  // namespace fourtuple::tcp
