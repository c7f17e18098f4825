// The receiving side: window, text, urgent data, FIN (RFC 9293 3.10.7.4 sixth to eighth step, 3.8.5, 3.8.6).
#include <algorithm>

#include "stack/tcp/connection.hpp"
#include "stack/wire/tcp_limits.hpp"

namespace fourtuple::tcp {
namespace {

// A sender that has lost something has a small window, which an ACK that waits holds up; and it wants to know.
constexpr unsigned kQuickAcksAfterGap = 16;

}  // namespace

// Cuts off what was received before and what lies beyond the window. A FIN behind a cut is gone with it.
void Connection::trim_to_window(Arrival& arrival) {
  const StreamOffset nxt = tcb_.rcv.nxt;
  const StreamOffset edge = std::max(tcb_.rcv.edge, nxt);
  if (arrival.seq < nxt) {
    const auto known = static_cast<std::size_t>(nxt - arrival.seq);
    note_duplicate({arrival.seq, arrival.seq + static_cast<StreamOffset>(std::min(known, arrival.payload.size()))});
    const StreamOffset fin_at = arrival.seq + static_cast<StreamOffset>(arrival.payload.size());
    arrival.payload.remove_front(std::min(known, arrival.payload.size()));
    if (fin_at < nxt) arrival.fin = false;
    arrival.seq = nxt;
  }
  const auto room = static_cast<std::size_t>(std::max<StreamOffset>(edge - arrival.seq, 0));
  if (arrival.payload.size() + (arrival.fin ? 1 : 0) <= room) return;
  arrival.fin = false;
  if (arrival.payload.size() > room) arrival.payload.remove_back(arrival.payload.size() - room);
}

// Sixth step. The urgent pointer names the octet after the urgent one, which is how BSD and all since read it.
// [RFC9293 MUST-31, MUST-32] [RFC6093]
Connection::Step Connection::process_urgent(Arrival& arrival) {
  if (!arrival.segment.flags.urg() || !traits(tcb_.state).receives_data) return Step::kContinue;
  // [RFC6093 3.1]
  // The pointer counts from the segment's sequence number, and so from the SYN where there is one.
  const StreamOffset octet = arrival.begin + arrival.segment.urgent - 1;
  const bool is_news = urgent_ == Urgent::kNone || octet > urgent_at_;
  if (!is_news || octet < read_offset_ || octet < tcb_.rcv.nxt) return Step::kContinue;
  urgent_ = Urgent::kAnnounced;
  urgent_at_ = octet;
  notify(Readiness::kUrgent);
  return Step::kContinue;
}

// Seventh step.
Connection::Step Connection::process_text(Arrival& arrival) {
  if (arrival.payload.empty()) return Step::kContinue;
  if (!traits(tcb_.state).receives_data) {
    drop(arrival, DropReason::kTcpStateHasNoUse);
    return Step::kContinue;
  }
  if (released_ || (receive_shut_ && fin_queued_)) {
    // Nobody will ever read this: the peer must learn that its data is lost. A bare reset, as Linux and BSD send here.
    // [RFC2525 2.17] [RFC1122 4.2.2.13]
    drop(arrival, DropReason::kTcpAfterClose);
    const SeqNum next = wrap(tcb_.snd.nxt, tcb_.snd.iss);
    emit_reset(next, {TcpFlags::kRst}, Cause::kUserAbort, arrival.context);  // [RFC9293 SHLD-3, MAY-1]
    fail(std::errc::connection_reset, arrival.context);
    return Step::kStop;
  }
  const std::size_t segment_size =
      arrival.payload.offload.gso_size != 0 ? arrival.payload.offload.gso_size : arrival.segment.payload.size();
  const auto most = static_cast<std::uint32_t>(advertised_mss());
  largest_segment_ =
      std::min(std::max(largest_segment_, static_cast<std::uint32_t>(segment_size)), std::max(most, 536U));
  last_text_received_at_ = arrival.context.now;
  if (!has_memory_for(arrival)) {
    refuse_text(arrival);
    return Step::kContinue;
  }
  arrival.fin_at = arrival.seq + static_cast<StreamOffset>(arrival.payload.size());
  if (arrival.seq == tcb_.rcv.nxt) {
    deliver_in_order(std::move(arrival.payload), arrival.context);
    take_from_reassembly(arrival.context);
  } else {
    hold_out_of_order(arrival);
  }
  time_arrival(arrival);
  return Step::kContinue;
}

// No memory: the peer learns where we stand, and comes again.
void Connection::refuse_text(Arrival& arrival) {
  drop(arrival, DropReason::kTcpNoBuffer);
  arrival.payload.remove_back(arrival.payload.size());
  arrival.fin = false;
  owe_ack(Cause::kAckUnacceptable);
  ack_now_ = true;
}

void Connection::deliver_in_order(PacketBuffer&& payload, Context& context) {
  const std::size_t bytes = payload.size();
  if (urgent_ == Urgent::kAnnounced) capture_urgent_octet(tcb_.rcv.nxt, payload);
  tcb_.rcv.nxt += static_cast<StreamOffset>(bytes);
  bytes_received_ += bytes;
  receive_queue_.append(std::move(payload), shared_.pool);
  notify(Readiness::kReadable);
  note_text_received(bytes, context);
  if (context.trace) context.trace.emit(number_, trace::BytesDelivered{bytes, receive_queue_.size()});
}

// Every second full segment is acknowledged at once, anything less within the delay. [RFC9293 MUST-40, SHLD-18,
// SHLD-19]
void Connection::note_text_received(std::size_t bytes, Context& context) {
  unacked_text_ += bytes;
  // Before the peer has sent a full segment, our own size tells how long one can be.
  const std::uint32_t most = advertised_mss() - (tcb_.agreed.timestamps ? wire::kTcpTimestampsInHeader : 0U);
  const bool quick = quick_ack_ || (quick_acks_left_ > 0 && quick_acks_left_-- > 0);
  if (quick || unacked_text_ >= std::uint64_t{2} * std::min(largest_segment_, most)) {
    owe_ack(quick ? Cause::kAckQuick : Cause::kAckEverySecond);
    ack_now_ = true;
  } else if (!timers_.is_armed(Timer::kDelayedAck)) {
    arm(Timer::kDelayedAck, shared_.config.delayed_ack, context);
  }
}

void Connection::owe_ack(Cause cause) {
  if (!ack_now_) ack_cause_ = cause;
}

// A gap: the sender is told at once which octet is missing, and by SACK what is here. [RFC5681 4.2] [RFC2018 4]
void Connection::hold_out_of_order(Arrival& arrival) {  // [RFC9293 MAY-13]
  ++shared_.counters.out_of_order;
  quick_acks_left_ = kQuickAcksAfterGap;
  owe_ack(Cause::kAckOutOfOrder);
  ack_now_ = true;
  const std::size_t share = shared_.memory.is_under_pressure() ? 0 : 2 * options_.receive_buffer_bytes;
  const std::size_t memory_limit = share + 65536;
  const auto [outcome, duplicate] = reassembly_.insert(arrival.seq, std::move(arrival.payload),  // [RFC9293 SHLD-31]
                                                       shared_.config.max_out_of_order_segments, memory_limit);
  note_duplicate(duplicate);
  if (outcome == Reassembly::Outcome::kDuplicate) drop(arrival, DropReason::kTcpDuplicate);
  if (outcome == Reassembly::Outcome::kFull) {
    drop(arrival, DropReason::kTcpOutOfOrderLimit);
    arrival.fin = false;
  }
}

// Octets that came once more: the sender learns from it that it sent them for nothing. One report a segment, of the
// first stretch. [RFC2883 4]
void Connection::note_duplicate(Reassembly::Block block) {
  const bool wanted = tcb_.agreed.sack && shared_.config.duplicate_sack;
  if (wanted && block.left < block.right && duplicate_.empty()) duplicate_ = block;
}

void Connection::take_from_reassembly(Context& context) {
  if (reassembly_.empty()) return;
  note_duplicate(reassembly_.held_below(tcb_.rcv.nxt));
  while (auto payload = reassembly_.take_at(tcb_.rcv.nxt)) deliver_in_order(std::move(*payload), context);
  owe_ack(Cause::kAckOutOfOrder);  // a gap was filled, in part or whole [RFC5681 4.2, 4.2(a)]
  ack_now_ = true;
  quick_acks_left_ = kQuickAcksAfterGap;
}

// Eighth step. A FIN counts when all before it is here; one that came early is remembered.
Connection::Step Connection::process_fin(Arrival& arrival) {
  if (tcb_.state == TcpState::kClosed) return Step::kStop;
  if (arrival.fin) {
    const StreamOffset at = std::max(arrival.fin_at, arrival.seq + static_cast<StreamOffset>(arrival.payload.size()));
    if (fin_received_at_ < 0) early_fin_at_ = at;
    owe_ack(Cause::kAckQuick);
    ack_now_ = true;
  }
  if (early_fin_at_ >= 0 && early_fin_at_ == tcb_.rcv.nxt && traits(tcb_.state).receives_data) {
    take_fin(arrival.context);
  }
  return Step::kContinue;
}

void Connection::take_fin(Context& context) {  // [RFC9293 3.6]
  fin_received_at_ = early_fin_at_;
  early_fin_at_ = -1;
  tcb_.rcv.nxt += 1;
  reassembly_.clear();
  owe_ack(Cause::kAckQuick);
  ack_now_ = true;
  notify(Readiness::kReadable | Readiness::kHangUp);
  switch (tcb_.state) {
    case TcpState::kSynReceived:
    case TcpState::kEstablished:
      set_state(TcpState::kCloseWait, context);
      break;
    case TcpState::kFinWait1:
      set_state(TcpState::kClosing, context);
      break;
    case TcpState::kFinWait2:
      enter_time_wait(context);
      break;
    case TcpState::kClosed:
    case TcpState::kListen:
    case TcpState::kSynSent:
    case TcpState::kCloseWait:
    case TcpState::kClosing:
    case TcpState::kLastAck:
    case TcpState::kTimeWait:
      break;
  }
}

void Connection::capture_urgent_octet(StreamOffset begin, const PacketBuffer& payload) {
  const StreamOffset position = urgent_at_ - begin;
  if (position < 0 || position >= static_cast<StreamOffset>(payload.size())) return;
  urgent_octet_ = payload.data()[position];
  urgent_ = Urgent::kHere;
  notify(Readiness::kUrgent);
}

// Octets that one read may take: up to the urgent mark, and not the urgent octet itself unless it is inline.
std::size_t Connection::readable_limit() const {
  const std::size_t unread = receive_queue_.size();
  if (urgent_ == Urgent::kNone || urgent_at_ < read_offset_) return unread;
  const auto before_mark = static_cast<std::size_t>(urgent_at_ - read_offset_);  // [RFC9293 MUST-33]
  if (before_mark > 0) return std::min(unread, before_mark);
  return options_.urgent_inline || unread == 0 ? unread : unread - 1;  // [RFC6093 4]
}

// Reading goes on behind the mark: the octet there was urgent data and is not part of the normal stream.
void Connection::skip_urgent_octet() {
  if (urgent_ == Urgent::kNone || options_.urgent_inline || read_offset_ != urgent_at_ || receive_queue_.empty())
    return;
  receive_queue_.drop_front(1);
  ++read_offset_;
  urgent_ = Urgent::kNone;
}

std::uint32_t Connection::offered_window() const {
  return static_cast<std::uint32_t>(std::max<StreamOffset>(tcb_.rcv.edge - tcb_.rcv.nxt, 0));
}

// Moves the right edge when that is worth telling: by a segment or half the buffer. It never moves left.
// [RFC9293 3.8.6.2.2, MUST-39, SHLD-14]
void Connection::grow_receive_window() {
  const std::size_t buffer = receive_allowance();
  const std::size_t free = buffer - std::min(receive_queue_.size(), buffer);
  std::size_t most = std::min(buffer, std::size_t{65535} << tcb_.agreed.receive_scale);
  if (options_.window_clamp != 0) most = std::min<std::size_t>(most, options_.window_clamp);
  const std::size_t window = std::min(free, most);
  const StreamOffset edge = tcb_.rcv.nxt + static_cast<StreamOffset>(window);
  const auto worth = static_cast<StreamOffset>(std::min<std::size_t>(most / 2, advertised_mss()));
  if (edge - tcb_.rcv.edge >= worth) tcb_.rcv.edge = edge;
}

// After the application has read: the peer is told when its window at least doubles, or opens again.
void Connection::update_window_after_read(Context& context) {  // [RFC9293 MUST-39, MAY-8]
  if (!traits(tcb_.state).receives_data) return;
  const StreamOffset before = tcb_.rcv.edge;
  const std::uint32_t offered = offered_window();
  grow_receive_window();
  if (tcb_.rcv.edge == before) return;
  if (offered >= advertised_mss() && offered_window() / 2 < offered) {
    tcb_.rcv.edge = before;  // not worth a segment of its own: the next ACK will say it
    return;
  }
  emit_ack(Cause::kUserReceive, context);
}

}  // namespace fourtuple::tcp
