// What an acceptable ACK means to the sender (RFC 9293 3.10.7.4 fifth step, RFC 5681, RFC 6582, RFC 6675, RFC 8985).
#include <algorithm>

#include "stack/tcp/connection.hpp"

namespace fourtuple::tcp {

void Connection::take_ack(Arrival& arrival) {
  const bool was_writable = is_writable();
  const std::uint64_t in_flight_before = pipe_bytes();
  const std::uint64_t lost_before = flight_.ever_lost_bytes();
  const StreamOffset before = tcb_.snd.una;
  const bool repeats = is_duplicate_ack(arrival);
  last_ack_received_at_ = arrival.context.now;
  Delivery delivery;
  take_sack_blocks(arrival, delivery);
  const bool advances = arrival.ack > before;
  if (advances) flight_.acknowledge(arrival.ack, delivery);
  flight_.note_delivered(std::max(advances ? arrival.ack : 0, delivery.highest_end));
  const RateSample sample = take_delivery(delivery, arrival.context.now);
  reconsider(arrival, delivery);
  if (advances) take_new_ack(arrival, delivery, in_flight_before);
  if (repeats) take_duplicate_ack(arrival, delivery.bytes);
  take_window(arrival);
  // A peer that answers with a closed window is alive: the connection is not given up. [RFC9293 MUST-37, SHLD-17]
  if (tcb_.snd.wnd == 0) timeouts_in_a_row_ = 0;
  if (tcb_.state == TcpState::kClosed || tcb_.state == TcpState::kTimeWait) return;
  const bool more_is_lost = detect_losses(delivery, arrival.context);
  update_recovery_window(delivery, advances, more_is_lost);
  take_congestion_echo(arrival, in_flight_before);
  if (advances || delivery.bytes > 0) tell_delivery(arrival, delivery, sample, in_flight_before, lost_before);
  tune_send_buffer(arrival.context);
  notify_writable_after(was_writable);
}

// Before anything follows from an ACK: was the last reduction right?
void Connection::reconsider(const Arrival& arrival, const Delivery& delivery) {
  take_duplicate_report(delivery);
  if (was_reduced_for_nothing(arrival, delivery)) undo_reduction(arrival.context);
  judge_tail_probe(arrival, delivery, arrival.context);
}

// An ACK that says nothing new while data is in flight: a segment has arrived, but not the one expected. [RFC5681 2]
bool Connection::is_duplicate_ack(const Arrival& arrival) const {
  const Segment& segment = arrival.segment;
  return !flight_.empty() && arrival.ack == tcb_.snd.una && segment.payload.empty() && !segment.flags.fin() &&
         !segment.flags.syn() && arrival.window == tcb_.snd.wnd;
}

// The first block tells of a duplicate if it lies below the ACK or inside the second one. [RFC2883 4(a)]
bool Connection::is_duplicate_report(const SegmentOptions& options, StreamOffset left, StreamOffset right,
                                     StreamOffset ack) const {
  if (right <= ack) return left > 0;
  if (options.sack_count < 2) return false;
  const StreamOffset outer_left = unwrap(options.sack[1].left, tcb_.snd.iss, tcb_.snd.una);
  const StreamOffset outer_right = unwrap(options.sack[1].right, tcb_.snd.iss, tcb_.snd.una);
  return outer_left <= left && right <= outer_right;
}

void Connection::take_sack_blocks(const Arrival& arrival, Delivery& delivery) {
  if (!tcb_.agreed.sack) return;
  const SegmentOptions& options = arrival.segment.options;
  for (std::size_t i = 0; i < options.sack_count; ++i) {
    const StreamOffset left = unwrap(options.sack[i].left, tcb_.snd.iss, tcb_.snd.una);
    const StreamOffset right = unwrap(options.sack[i].right, tcb_.snd.iss, tcb_.snd.una);
    // Blocks below the ACK are duplicate SACKs, blocks beyond SND.NXT are lies. [RFC2883 4] [RFC6675 3]
    if (left >= right || right > tcb_.snd.nxt) continue;
    if (i == 0 && is_duplicate_report(options, left, right, arrival.ack)) {
      delivery.duplicate_bytes = static_cast<std::uint64_t>(right - left);
      delivery.duplicate_end = right;
      continue;
    }
    if (left < arrival.ack) continue;
    flight_.sack(left, right, delivery);
  }
}

void Connection::take_new_ack(Arrival& arrival, const Delivery& delivery, std::uint64_t in_flight_before) {
  Context& context = arrival.context;
  const StreamOffset before = tcb_.snd.una;
  const auto acked = static_cast<std::uint64_t>(arrival.ack - before);
  tcb_.snd.una = arrival.ack;
  send_queue_.release_until(std::min(arrival.ack, fin_offset()));  // [RFC2018 8(a)]
  bytes_acked_ += acked;
  progress_at_ = context.now;
  tail_probe_out_ = false;
  timed_out_ = false;
  soft_error_ = {};
  take_rtt_sample(arrival, delivery);
  timeouts_in_a_row_ = 0;
  persist_backoff_ = 0;
  if (congestion_) {
    const bool frozen = recovery_ == Recovery::kFast;
    const bool half_used = congestion_->window() < 2 * flight_peak_;  // enough to probe for more in slow start
    const bool in_slow_start = congestion_->window() < congestion_->threshold();
    const bool used =
        congestion_limited_ || recovery_ == Recovery::kLoss || (in_slow_start && half_used);  // [RFC7661 4]
    const bool marked = tcb_.agreed.ecn && arrival.segment.flags.ece();
    // [RFC3168 6.1.2]
    congestion_->on_acked(
        {context.now, delivery.bytes, in_flight_before, rtt_.last(), frozen, used && !marked, marked});
  }
  continue_recovery(acked, context);
  cancel(Timer::kTailLoss, context);
  restart_retransmission_timer(context);
  trace_congestion(context);
  if (fin_queued_ && tcb_.snd.una > fin_offset()) our_fin_is_acknowledged(context);
}

// Karn: only what was sent once times a round trip, unless a timestamp says which copy was answered. [RFC9293 MUST-18]
void Connection::take_rtt_sample(const Arrival& arrival, const Delivery& delivery) {
  const Instant now = arrival.context.now;
  const auto& timestamps = arrival.segment.options.timestamps;
  if (delivery.newest_original && !delivery.any_retransmitted) {  // [RFC6298 3]
    rtt_.take_sample(now - *delivery.newest_original);
  } else if (tcb_.agreed.timestamps && timestamps && timestamps->echo_reply != 0) {
    // Our timestamp clock ticks in milliseconds, so the sample is at least one.
    const std::uint32_t ticks = timestamp_now(now) - timestamps->echo_reply;
    if (ticks > 60'000) return;
    rtt_.take_sample(std::chrono::milliseconds(std::max(ticks, 1U)));
  } else {
    return;
  }
  if (arrival.context.trace) {
    arrival.context.trace.emit(number_, trace::RttMeasured{rtt_.last(), rtt_.smoothed(), rtt_.variation(), rtt_.rto()});
  }
}

// SND.WND follows the newest segment only: WL1 and WL2 tell a late old one. [RFC9293 3.10.7.4]
// The ACK is looked at first: a retransmission has an old SEQ, but the ACK and window of the moment when it was sent.
// SEG.SEQ is that of the trimmed segment: one with new text behind old text is no older than its new text.
void Connection::take_window(const Arrival& arrival) {
  SendSpace& snd = tcb_.snd;
  const bool newer = snd.wl2 < arrival.ack || (snd.wl2 == arrival.ack && snd.wl1 <= arrival.seq);
  if (!newer) return;
  const auto window = static_cast<std::uint32_t>(arrival.window);
  const std::uint32_t before = snd.wnd;
  const bool was_probing = is_probing();
  snd.wnd = window;
  snd.wl1 = arrival.seq;
  snd.wl2 = arrival.ack;
  snd.max_wnd = std::max(snd.max_wnd, window);
  snd.edge = std::max(snd.edge, arrival.ack + static_cast<StreamOffset>(window));
  if (window == before) return;
  if (arrival.context.trace) arrival.context.trace.emit(number_, trace::WindowChanged{before, window});
  if (window > 0 && before == 0) {
    persist_backoff_ = 0;
    rtt_.end_back_off();
    if (was_probing) {
      probe_end_ = snd.nxt;  // nothing but the probe's octet is out: what waits behind it need not wait for its ACK
    }
    flight_.mark_all_lost();
    trace_loss("window", arrival.context);
  }
}

// `delivered`: octets that its SACK blocks are the first to name.
void Connection::take_duplicate_ack(const Arrival& arrival, std::uint64_t delivered) {
  if (tcb_.agreed.sack && delivered == 0) return;  // [RFC6675 2] a copy made by the network says nothing
  ++duplicate_acks_;
  if (suspicion_ == Suspicion::kProbing) {
    suspicion_ = Suspicion::kNone;  // the timeout was right: repetitions go on [RFC5682 2.1 step 3(a)]
    retransmit_one_ = true;
  }
  if (!tcb_.agreed.sack && recovery_ != Recovery::kLoss) {
    // Each duplicate says that one more segment has left the network; at most all but the missing one.
    const std::uint64_t most =
        flight_.outstanding_bytes() - std::min<std::uint64_t>(send_mss(), flight_.outstanding_bytes());
    duplicate_credit_ = std::min(duplicate_credit_ + send_mss(), most);  // [RFC3042 2]
  }
  const bool tells_a_loss = duplicate_acks_ == kDuplicateThreshold && !reordering_seen_;
  if (!tells_a_loss || recovery_ != Recovery::kOpen || tcb_.snd.una <= recover_) return;  // [RFC6582 3.2 step 2]
  if (!flight_.mark_head_lost(send_mss())) return;
  trace_loss("duplicate-acks", arrival.context);
  enter_recovery(delivered, arrival.context);
}

}  // namespace fourtuple::tcp
