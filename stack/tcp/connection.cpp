// Birth, state changes, end and status of a connection.
#include "stack/tcp/connection.hpp"

#include <algorithm>

#include "stack/wire/tcp_limits.hpp"

namespace fourtuple::tcp {
namespace {

// The word that ss and netstat have for a timer.
std::string_view name_for_tools(Timer timer) {
  switch (timer) {
    case Timer::kRetransmission:
    case Timer::kReordering:
    case Timer::kTailLoss:
    case Timer::kPacing:
      return "on";
    case Timer::kPersist:
    case Timer::kSendOverride:
      return "persist";
    case Timer::kDelayedAck:
      return "delack";
    case Timer::kKeepAlive:
      return "keepalive";
    case Timer::kTimeWait:
    case Timer::kFinWait2:
      break;
  }
  return "timewait";
}

}  // namespace

Connection::Connection(Shared& shared, const Birth& birth)
    : shared_(shared),
      options_(birth.options),
      path_(birth.path),
      id_(birth.id),
      parent_(birth.parent),
      owner_(birth.owner),
      number_(birth.number),
      rtt_({shared.config.initial_rto, shared.config.min_rto, shared.config.max_rto}),
      timestamp_offset_(birth.timestamp_offset),
      challenge_acks_(shared.config.challenge_acks_per_second, shared.config.challenge_acks_per_second) {
  tcb_.name = birth.name;
  tcb_.snd.iss = birth.iss;
  size_buffers(birth.options, 0, 0);
  tcb_.agreed.receive_scale = wanted_scale();
}

void Connection::set_state(TcpState to, Context& context) {
  const TcpState from = tcb_.state;
  if (from == to) return;
  tcb_.state = to;
  if (context.trace) context.trace.emit(number_, trace::StateChanged{from, to, tcb_.name});
}

// What a SYN tells, whether it opens, answers or crosses ours (RFC 9293 3.5, 3.7.1; RFC 7323 2.2, 3.2; RFC 2018 2).
void Connection::learn_from_syn(const Segment& syn, Context& context) {  // [RFC7323 2.1]
  const SegmentOptions& offered = syn.options;
  Agreement& agreed = tcb_.agreed;
  tcb_.rcv.irs = syn.seq;
  tcb_.rcv.nxt = 1;
  tcb_.rcv.edge += 1;  // a window offered in a SYN counts from behind the peer's
  agreed.peer_mss = std::max(offered.mss.value_or(wire::kTcpDefaultMss), shared_.config.min_mss);  // [RFC9293 MUST-15]
  agreed.window_scaling = shared_.config.window_scaling && offered.window_scale.has_value();       // [RFC7323 1.3, 2.2]
  agreed.send_scale = agreed.window_scaling ? std::min<std::uint8_t>(*offered.window_scale, wire::kTcpMaxWindowShift)
                                            : 0;  // [RFC7323 2.3]
  if (!agreed.window_scaling) agreed.receive_scale = 0;
  agreed.sack = shared_.config.sack && offered.sack_permitted;
  agreed.timestamps = shared_.config.timestamps && offered.timestamps.has_value();
  agree_on_ecn(syn);
  if (agreed.timestamps) {
    ts_recent_ = offered.timestamps->value;
    ts_recent_at_ = context.now;
  }
}

// Ten segments, but no more octets than ten of Ethernet's make, and two at least. [RFC6928 2]
std::uint32_t Connection::initial_window_segments(std::uint32_t mss) const {
  constexpr std::uint32_t kEthernetSegment = 1460;
  const std::uint32_t segments = shared_.config.initial_window_segments;
  return std::min(segments, std::max(2U, segments * kEthernetSegment / mss));
}

void Connection::start_congestion_control(Instant now) {
  if (congestion_) return;
  const std::string_view name = options_.congestion.empty() ? shared_.config.congestion : options_.congestion;
  const auto mss = static_cast<std::uint32_t>(usual_mss());
  // A handshake that lost a segment says that the path is narrow. [RFC5681 3.1]
  // [RFC5681 3.1(a)]
  const std::uint32_t segments = timeouts_in_a_row_ > 0 ? 1 : initial_window_segments(mss);
  congestion_ = make_controller(name, mss, segments);  // [RFC6928 2]
  if (!congestion_) congestion_ = make_controller("reno", mss, segments);
  if (rtt_.has_sample()) congestion_->on_delivery({.now = now, .rtt = rtt_.smoothed()});
}

void Connection::become_established(Context& context) {
  ever_synchronized_ = true;
  start_congestion_control(context.now);
  set_state(TcpState::kEstablished, context);
  trace_agreement(context);
  progress_at_ = context.now;
  arm_keep_alive(context);
  notify(Readiness::kWritable);
}

void Connection::enter_time_wait(Context& context) {
  set_state(TcpState::kTimeWait, context);
  timers_.cancel_all();
  withdraw_unsent(context);
  flight_.clear();
  send_queue_.clear();
  congestion_.reset();
  arm(Timer::kTimeWait, shared_.config.time_wait, context);  // [RFC9293 MUST-13]
}

// The end of the connection, orderly (no error) or not. The handle stays readable until the application lets go.
void Connection::finish(Context& context) {
  if (tcb_.state == TcpState::kClosed) return;
  set_state(TcpState::kClosed, context);
  timers_.cancel_all();
  withdraw_unsent(context);
  flight_.clear();
  send_queue_.clear();
  reassembly_.clear();
  congestion_.reset();
  ack_now_ = false;
  notify(Readiness::kReadable | Readiness::kWritable | Readiness::kHangUp);
  if (context.trace) context.trace.emit(number_, trace::ConnectionClosed{tcb_.name, static_cast<int>(error_)});
}

// Text in the outbox points into the send queue, which is about to go.
void Connection::withdraw_unsent(Context& context) {
  if (send_queue_.size() == 0) return;
  std::erase_if(context.out.segments,
                [&](const OutSegment& out) { return out.piece_count != 0 && out.name == tcb_.name; });
}

void Connection::fail(std::errc error, Context& context) {  // [RFC9293 MUST-12]
  if (tcb_.state == TcpState::kClosed) return;
  error_ = error;
  notify(Readiness::kError);
  finish(context);
}

std::errc Connection::take_error() { return std::exchange(error_, std::errc{}); }

void Connection::flush_notice(Context& context) {
  if (pending_notice_ == 0) return;
  if (owner_ != 0) context.out.notices.push_back({owner_, {pending_notice_}});
  pending_notice_ = 0;
}

bool Connection::is_writable() const {
  const std::size_t size = options_.send_buffer_bytes;
  const std::size_t used = std::min(send_queue_.size(), size);
  return (size - used) * 3 >= size && !shared_.memory.is_full();
}

// A blocked writer is woken when a third of the buffer is free, not at each ACK.
void Connection::notify_writable_after(bool was_writable) {
  if (!was_writable && is_writable()) notify(Readiness::kWritable);
}

void Connection::set_options(const ConnectionOptions& options, Context& context) {
  const ConnectionOptions before = options_;
  const bool was_writable = is_writable();
  options_ = options;
  size_buffers(options, before.receive_buffer_bytes, before.send_buffer_bytes);
  if (congestion_ && !options.congestion.empty() && options.congestion != congestion_->name()) {
    congestion_.reset();
    start_congestion_control(context.now);
  }
  // [RFC9293 MUST-24]
  if (options_.keep_alive != before.keep_alive || options_.keep_alive_idle != before.keep_alive_idle ||
      options_.keep_alive_interval != before.keep_alive_interval) {
    arm_keep_alive(context);
  }
  const bool releases_small_data = (options_.no_delay && !before.no_delay) || (before.cork && !options_.cork);
  const bool another_pace = options_.max_pacing_rate != before.max_pacing_rate;
  if ((releases_small_data || another_pace) && traits(tcb_.state).sends_data) {
    hold_partial_ = options_.cork;
    transmit(Cause::kUserSend, context);
  }
  notify_writable_after(was_writable);
  flush_notice(context);
}

bool Connection::gives_way_to(const Segment& syn) const {
  if (tcb_.state != TcpState::kTimeWait || !syn.flags.syn() || syn.flags.ack() || syn.flags.rst()) return false;
  const bool newer_time = tcb_.agreed.timestamps && syn.options.timestamps &&  // [RFC9293 SHLD-4]
                          static_cast<std::int32_t>(syn.options.timestamps->value - ts_recent_) > 0;
  return newer_time || unwrap(syn.seq, tcb_.rcv.irs, tcb_.rcv.nxt) > tcb_.rcv.nxt;  // [RFC9293 MAY-2]
}

Layer::Status Connection::status() const {
  Layer::Status status;
  status.state = tcb_.state;
  status.name = tcb_.name;
  status.readable_bytes = readable_limit();
  status.unread_bytes = receive_queue_.size();
  status.send_buffer_bytes = options_.send_buffer_bytes;
  status.receive_buffer_bytes = options_.receive_buffer_bytes;
  if (traits(tcb_.state).may_send_data) {
    status.writable_bytes = send_room();
    status.is_writable = is_writable();
  }
  status.unsent_bytes = unsent_bytes();
  status.unacknowledged_bytes = send_queue_.size();
  const bool no_more =
      fin_received_at_ >= 0 || receive_shut_ || (tcb_.state == TcpState::kClosed && ever_synchronized_);
  status.end_of_stream = no_more && receive_queue_.empty();
  status.peer_closed = fin_received_at_ >= 0;
  status.send_closed = fin_queued_ || (tcb_.state == TcpState::kClosed);
  status.ever_synchronized = ever_synchronized_;
  status.error = error_;
  status.soft_error = soft_error_;
  status.urgent_announced = urgent_ == Urgent::kAnnounced || urgent_ == Urgent::kHere;
  status.urgent_here = urgent_ == Urgent::kHere;
  status.at_mark = urgent_ != Urgent::kNone && read_offset_ == urgent_at_;  // [RFC9293 MUST-33]
  return status;
}

Info Connection::info(Instant now) const {
  Info info;
  info.state = tcb_.state;
  info.timestamps = tcb_.agreed.timestamps;
  info.sack = tcb_.agreed.sack;
  info.ecn = tcb_.agreed.ecn;
  info.ecn_seen = ecn_.seen;
  info.window_scaling = tcb_.agreed.window_scaling;
  info.send_window_scale = tcb_.agreed.send_scale;
  info.receive_window_scale = tcb_.agreed.receive_scale;
  info.rto = rtt_.rto();
  info.smoothed_rtt = rtt_.smoothed();
  info.rtt_variation = rtt_.variation();
  info.min_rtt = rtt_.min();
  info.delayed_ack = shared_.config.delayed_ack;
  info.send_mss = static_cast<std::uint32_t>(send_mss());
  info.receive_mss = tcb_.agreed.peer_mss;
  info.advertised_mss = advertised_mss();
  info.path_mss = path_.send_mss;
  if (congestion_) {
    info.congestion_window_bytes = congestion_->window();
    info.slow_start_threshold_bytes = congestion_->threshold();
    info.congestion = congestion_->name();
  }
  info.peer_window_bytes = tcb_.snd.wnd;
  info.receive_window_bytes = offered_window();
  info.receive_buffer_bytes = options_.receive_buffer_bytes;
  info.send_buffer_bytes = options_.send_buffer_bytes;
  info.receive_round_trip = tuning_.round_trip();
  info.read_per_round_trip = tuning_.bytes_per_round_trip();
  info.in_flight_bytes = flight_.outstanding_bytes();
  info.pacing_rate = pacer_.is_active() ? pacer_.rate() : window_rate();
  info.delivery_rate = delivery_rate_.last().rate();
  info.delivery_was_application_limited = delivery_rate_.last().application_limited;
  info.bytes_sent = bytes_sent_;
  info.bytes_retransmitted = bytes_retransmitted_;
  info.bytes_acknowledged = bytes_acked_;
  info.bytes_received = bytes_received_;
  info.segments_sent = segments_sent_;
  info.segments_received = segments_received_;
  info.total_retransmissions = retransmissions_;
  info.consecutive_timeouts = timeouts_in_a_row_;
  info.unanswered_probes = unanswered_probes_ + unanswered_keep_alives_;
  info.since_last_data_sent = now - last_sent_at_;
  info.since_last_data_received = now - last_text_received_at_;
  info.since_last_ack_received = now - last_ack_received_at_;
  info.congestion_phase = recovery_ == Recovery::kFast   ? "fast-recovery"
                          : recovery_ == Recovery::kLoss ? "loss"
                          : congestion_                  ? congestion_->phase()
                                                         : "congestion-avoidance";
  if (timers_.earliest() != kNever) {
    info.timer_remaining = std::max(timers_.earliest() - now, Duration::zero());
    info.timer = name_for_tools(timers_.earliest_timer());
  }
  return info;
}

const char* Connection::broken_invariant() const {
  const SendSpace& snd = tcb_.snd;
  const ReceiveSpace& rcv = tcb_.rcv;
  if (snd.una > snd.nxt) return "SND.UNA is beyond SND.NXT";
  if (rcv.acked > rcv.nxt) return "more was acknowledged than received";
  if (tcb_.state == TcpState::kClosed || tcb_.state == TcpState::kTimeWait) {
    return flight_.empty() ? nullptr : "a finished connection has data in flight";
  }
  if (!flight_.is_consistent()) return "the retransmit queue is inconsistent";
  if (!flight_.empty() && (flight_.front().begin != snd.una || flight_.back().end != snd.nxt)) {
    return "the retransmit queue does not tile [SND.UNA, SND.NXT)";
  }
  if (flight_.empty() != (snd.una == snd.nxt)) return "in flight and the retransmit queue disagree";
  if (!reassembly_.is_consistent()) return "the reassembly queue is inconsistent";
  if (reassembly_.held_blocks() > shared_.config.max_out_of_order_segments) return "too much is held out of order";
  const bool retransmission = timers_.is_armed(Timer::kRetransmission) || timers_.is_armed(Timer::kTailLoss);
  const bool persist = timers_.is_armed(Timer::kPersist);
  if (!flight_.empty() && !retransmission && !persist) return "data is in flight without a timer";
  if (waits_its_turn_ && !timers_.is_armed(Timer::kPacing)) return "data waits for its turn without a timer";
  if (retransmission && persist) return "retransmission and persist timers are both armed";
  if (retransmission && flight_.empty()) return "a retransmission timer without data in flight";
  if (timers_.is_armed(Timer::kTimeWait)) return "the 2MSL timer runs outside TIME-WAIT";
  if (congestion_ && congestion_->window() < std::min<std::uint64_t>(send_mss(), 48)) return "cwnd below one segment";
  return nullptr;
}

}  // namespace fourtuple::tcp
