// Episodes of loss recovery: how they begin, what each ACK lets go, how they end, and how they are taken back when
// nothing was lost after all (RFC 5681, RFC 6582, RFC 8985, RFC 9937; RFC 4015, RFC 3708, RFC 5682).
#include <algorithm>

#include "stack/tcp/connection.hpp"

namespace fourtuple::tcp {
namespace {
constexpr unsigned kWideningLasts = 16;  // recoveries [RFC8985 6.2 step 4]
}  // namespace

// --- Beginning.

// `delivered`: octets that the ACK which tells of the loss has newly delivered.
void Connection::enter_recovery(std::uint64_t delivered, Context& context) {
  recovery_ = Recovery::kFast;
  recover_ = tcb_.snd.nxt;
  ++shared_.counters.fast_retransmits;
  retransmit_one_ = true;
  // What limited transmit sent beyond the window does not count. [RFC5681 3.2 step 2]
  if (congestion_) {
    // [RFC5681 3.2(a), 4.3]
    const std::uint64_t in_flight = std::min(flight_.outstanding_bytes(), congestion_->window());
    congestion_->on_loss(loss_now(in_flight, context.now));  // [RFC2018 5.1]
    rate_.begin(flight_.outstanding_bytes() - flight_.sacked_bytes() + delivered, congestion_->threshold());
  }
  recovery_window_ = pipe_bytes();
  note_reduction();
  trace_congestion(context);
}

void Connection::note_reduction() {
  reduction_ = {};
  reduction_.may_be_undone = true;
  note_congestion_response();
}

// One that was right whatever else turns out: with it, the one before can no longer be taken back alone.
void Connection::note_lasting_reduction() {
  reduction_ = {};
  note_congestion_response();
}

// What is sent again while recovery lasts might have been sent for nothing.
void Connection::note_repeated(const Segment& header, std::uint64_t bytes) {
  if (recovery_ == Recovery::kOpen || !reduction_.may_be_undone) return;
  if (reduction_.repeated_bytes == 0 && header.options.timestamps) {
    reduction_.first_timestamp = header.options.timestamps->value;
  }
  reduction_.repeated_bytes += bytes;
  reduction_.unproven_bytes += bytes;
}

// --- What an ACK lets go.

// With SACK the pipe is known, and PRR says how to fill it. [RFC9937]
bool Connection::uses_proportional_rate() const {
  return recovery_ == Recovery::kFast && tcb_.agreed.sack && congestion_ && !congestion_->models_path();
}

void Connection::update_recovery_window(const Delivery& delivery, bool advanced, bool more_is_lost) {
  if (!uses_proportional_rate()) return;
  const std::uint64_t pipe = pipe_bytes();
  recovery_window_ = pipe + rate_.on_ack(delivery.bytes, pipe, advanced && !more_is_lost, send_mss());
}

void Connection::continue_recovery(std::uint64_t acked, Context& context) {
  duplicate_acks_ = 0;
  if (recovery_ == Recovery::kOpen) {
    duplicate_credit_ = 0;
    return;
  }
  if (tcb_.snd.una >= recover_) return end_recovery(context);
  if (recovery_ == Recovery::kLoss) doubt_timeout();
  if (tcb_.agreed.sack) return;
  // A partial ACK names the next hole, and takes back what the duplicates lent. [RFC6582 3.2 step 3]
  duplicate_credit_ -= std::min(duplicate_credit_, acked);
  if (recovery_ == Recovery::kFast) {
    if (acked >= send_mss()) duplicate_credit_ += send_mss();
    if (!flight_.mark_head_lost(send_mss())) return;
    trace_loss("partial-ack", context);
    retransmit_one_ = true;  // [RFC6582 3.2(a)]
  }
}

void Connection::end_recovery(Context& context) {
  if (recovery_ == Recovery::kFast && congestion_) {
    // PRR has brought the flight to the threshold; without it a burst has to be prevented. [RFC9937 6.3] [RFC6582 3.2]
    congestion_->on_recovered(tcb_.agreed.sack ? congestion_->threshold() : pipe_bytes());
  }
  recovery_ = Recovery::kOpen;
  suspicion_ = Suspicion::kNone;
  duplicate_credit_ = 0;
  if (widening_left_ > 0 && --widening_left_ == 0) reordering_steps_ = 1;
  trace_congestion(context);
}

// --- Taking it back.

// F-RTO: after a timeout the first ACK that moves SND.UNA lets new segments go instead of repetitions; what the next
// one acknowledges tells whether the originals are still arriving. [RFC5682 2.1 step 2]
void Connection::doubt_timeout() {
  const bool can_probe = suspicion_ == Suspicion::kTimedOut && unsent_bytes() > 0 && window_room() > 0;
  suspicion_ = can_probe ? Suspicion::kProbing : Suspicion::kNone;
  probe_with_new_data_ = can_probe;
}

// The peer named octets that came twice.
void Connection::take_duplicate_report(const Delivery& delivery) {  // [RFC2883 5.1]
  if (delivery.duplicate_bytes == 0) return;
  reduction_.unproven_bytes -= std::min(reduction_.unproven_bytes, delivery.duplicate_bytes);
  if (tcb_.snd.una < widened_until_) return;
  // A repetition was in vain, so we waited too little: once in a round trip. [RFC8985 6.2 step 4]
  widened_until_ = tcb_.snd.nxt;
  reordering_steps_ = std::min(reordering_steps_ + 1, 100U);
  widening_left_ = kWideningLasts;
}

bool Connection::was_reduced_for_nothing(const Arrival& arrival, const Delivery& delivery) const {
  if (!reduction_.may_be_undone || reduction_.repeated_bytes == 0) return false;
  // Every repetition came twice. [RFC3708 3]
  if (delivery.duplicate_bytes > 0 && reduction_.unproven_bytes == 0) return true;
  if (recovery_ == Recovery::kOpen) return false;
  // The ACK answers the original, sent before the first repetition. [RFC3522 3.2]
  const auto& timestamps = arrival.segment.options.timestamps;
  const bool advances = arrival.ack > tcb_.snd.una;
  if (advances && tcb_.agreed.timestamps && timestamps && timestamps->echo_reply != 0 &&
      static_cast<std::int32_t>(timestamps->echo_reply - reduction_.first_timestamp) < 0) {
    return true;
  }
  // After a timeout, something arrived that was sent before it and never again. [RFC5682 2.1 step 3, 3.1]
  const bool originals_arrive = delivery.lowest_original < recover_;
  const bool is_proof = tcb_.agreed.sack || (suspicion_ == Suspicion::kProbing && !delivery.any_retransmitted);
  return recovery_ == Recovery::kLoss && suspicion_ != Suspicion::kNone && originals_arrive && is_proof;
}

void Connection::undo_reduction(Context& context) {
  ++shared_.counters.spurious_recoveries;
  if (congestion_) congestion_->undo();  // [RFC4015 3.2]
  reduction_ = {};
  flight_.mark_none_lost();
  rtt_.end_back_off();
  recovery_ = Recovery::kOpen;
  suspicion_ = Suspicion::kNone;
  reordering_seen_ = true;
  duplicate_acks_ = 0;
  duplicate_credit_ = 0;
  retransmit_one_ = false;
  timed_out_ = false;
  if (context.trace) context.trace.emit(number_, trace::ReductionUndone{congestion_ ? congestion_->window() : 0});
  trace_congestion(context);
}

// A tail-loss probe that was a repetition, acknowledged, and not reported as a duplicate: it has filled a hole, and the
// loss counts. [RFC8985 7.4]
void Connection::judge_tail_probe(const Arrival& arrival, const Delivery& delivery, Context& context) {
  if (tail_probe_end_ < 0 || arrival.ack < tail_probe_end_) return;
  const bool is_duplicate = delivery.duplicate_bytes > 0 && delivery.duplicate_end == tail_probe_end_;
  const bool is_plain_repetition = arrival.ack == tail_probe_end_ && delivery.bytes == 0;
  const bool repaired = !is_duplicate && arrival.ack > tail_probe_end_;
  if (!is_duplicate && !repaired && !is_plain_repetition) return;
  tail_probe_end_ = -1;
  if (!repaired || recovery_ != Recovery::kOpen || !congestion_) return;
  const std::uint64_t in_flight = flight_.outstanding_bytes() + delivery.bytes;
  congestion_->on_loss(loss_now(std::min(in_flight, congestion_->window()), context.now));
  note_lasting_reduction();
  trace_congestion(context);
}

// --- Seeing a loss.

// RACK: what was sent a reordering window before something that has arrived is lost. [RFC8985 6.2]
bool Connection::detect_losses(const Delivery& delivery, Context& context) {
  if (!tcb_.agreed.sack || flight_.empty()) return false;
  if (delivery.reordered) reordering_seen_ = true;
  if (delivery.newest) {
    const Duration rtt = context.now - delivery.newest->sent_at;
    // An answer faster than any round trip is the answer to an earlier copy.
    const bool ambiguous = delivery.newest->retransmitted && rtt < rtt_.min();
    const bool newer = !newest_delivered_ || sent_after(*delivery.newest, *newest_delivered_);
    if (!ambiguous && newer) {
      newest_delivered_ = delivery.newest;
      newest_rtt_ = rtt;
    }
  }
  return delivery.bytes > 0 && mark_losses_by_time(delivery.bytes, context);
}

Duration Connection::reordering_window() const {
  const bool in_order_so_far = !reordering_seen_;
  const bool many_holes = flight_.sacked_bytes() >= kDuplicateThreshold * send_mss();
  if (in_order_so_far && (recovery_ != Recovery::kOpen || many_holes)) return Duration::zero();
  return std::min(std::max<Duration>(reordering_steps_ * rtt_.min() / 4, std::chrono::microseconds(100)),
                  std::max(rtt_.smoothed(), rtt_.min()));
}

bool Connection::mark_losses_by_time(std::uint64_t delivered, Context& context) {
  if (!newest_delivered_ || flight_.empty()) return false;
  bool any = false;
  const Instant next =
      flight_.mark_lost_sent_before(*newest_delivered_, reordering_window(), context.now, newest_rtt_, any);
  if (any) trace_loss("time", context);
  if (any && recovery_ == Recovery::kOpen) enter_recovery(delivered, context);
  if (next == kNever) {
    cancel(Timer::kReordering, context);
  } else {
    timers_.arm(Timer::kReordering, next, number_, context.trace);  // [RFC8985 6.2(a)]
  }
  return any;
}

}  // namespace fourtuple::tcp
