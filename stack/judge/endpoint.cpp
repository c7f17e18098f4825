#include "stack/judge/endpoint.hpp"

#include <algorithm>

#include "stack/wire/tcp_limits.hpp"

namespace fourtuple::judge {
namespace {

constexpr Duration kQueueing = 1ms;  // within which an interface with several queues may turn segments round
constexpr StreamOffset kProbe = 1;   // a zero-window probe stands one octet beyond the edge

StreamOffset offset_in(const Side& side, SeqNum seq) {
  return unwrap(seq, side.initial.value_or(SeqNum{}), side.max_end);
}

bool is_later(std::uint32_t timestamp, std::uint32_t than) { return stamp_distance(than, timestamp) > 0; }

unsigned shift_of(const Side& side) {
  return std::min(side.syn_options.window_scale.value_or(0), wire::kTcpMaxWindowShift);
}

}  // namespace

std::uint16_t DatagramNumbers::step_to(std::uint16_t identification) const {
  return static_cast<std::uint16_t>(identification - last_);
}

bool DatagramNumbers::goes_on_with(std::uint16_t identification) const {
  const std::uint16_t step = step_to(identification);
  return identification != 0 && steps_ >= kHabit && step >= 1 && step <= kLongest;
}

void DatagramNumbers::take(std::uint16_t identification) {
  const std::uint16_t step = step_to(identification);
  const bool is_late = step > UINT16_MAX - kLongest;  // it was overtaken on the way
  if (step == 0 || (is_late && steps_ > 0)) return;
  const bool counts = identification != 0 && last_ != 0 && step <= kLongest;
  steps_ = counts ? std::min(steps_ + 1, kHabit) : 0;
  last_ = identification;
}

StreamOffset Endpoint::peer_offset(SeqNum seq) const { return offset_in(peer_, seq); }

StreamOffset Endpoint::seq_of(const TracedSegment& segment) const {
  return offset_in(sender_of(segment), segment.segment.seq);
}

StreamOffset Endpoint::ack_of(const TracedSegment& segment) const {
  return offset_in(segment.sent ? peer_ : own_, segment.segment.ack);
}

std::uint64_t Endpoint::window_of(const TracedSegment& segment) const {
  const std::uint64_t window = segment.segment.window;
  if (segment.segment.flags.syn()) return window;  // [RFC7323 2.2]
  return window << (segment.sent ? own_shift() : peer_shift());
}

StreamOffset Endpoint::edge_of(const TracedSegment& segment) const {
  return ack_of(segment) + static_cast<StreamOffset>(window_of(segment));
}

bool Endpoint::uses_timestamps() const { return own_.syn_options.timestamps && peer_.syn_options.timestamps; }
bool Endpoint::uses_sack() const { return own_.syn_options.sack_permitted && peer_.syn_options.sack_permitted; }
bool Endpoint::uses_scaling() const { return own_.syn_options.window_scale && peer_.syn_options.window_scale; }
unsigned Endpoint::own_shift() const { return uses_scaling() ? shift_of(own_) : 0; }
unsigned Endpoint::peer_shift() const { return uses_scaling() ? shift_of(peer_) : 0; }
std::uint32_t Endpoint::send_limit() const { return peer_.syn_options.mss.value_or(wire::kTcpDefaultMss); }

std::uint32_t Endpoint::receive_limit() const { return own_.syn_options.mss.value_or(wire::kTcpDefaultMss); }

StreamOffset Endpoint::rcv_nxt() const { return std::max(peer_.seen.contiguous_end(0), peer_.acked); }

void Endpoint::take(const Call& call) {
  called_ |= 1U << static_cast<unsigned>(call.kind);
  if (call.kind == Call::Kind::kWrite || call.kind == Call::Kind::kPushUrgent) written_ += call.octets;
  if (call.kind == Call::Kind::kRead) read_ += call.octets;
}

void Endpoint::take(const TracedSegment& segment) {
  if (segment.sent) own_datagrams_.take(segment.identification);
  if (segment.segment.flags.rst()) return take_reset(segment);
  if (segment.segment.flags.syn()) take_syn(segment.sent ? own_ : peer_, segment);
  segment.sent ? take_sent(segment) : take_came(segment);
}

// The first SYN of each side counts; one with another number is a stranger's, or comes too late.
void Endpoint::take_syn(Side& side, const TracedSegment& segment) {
  if (side.initial && *side.initial != segment.segment.seq) return;
  ++side.syns;
  if (side.initial) return;
  if (segment.sent) active_ = !peer_.initial;
  side.initial = segment.segment.seq;
  side.first_syn = segment.time;
  side.syn_options = segment.segment.options;
  side.syn_flags = segment.segment.flags;
  // The window of a SYN counts from the other side's SYN on, whose octet is not paid from it.
  Side& other = segment.sent ? peer_ : own_;
  other.right_edge = other.last_edge = StreamOffset{1} + segment.segment.window;
  other.window = other.largest_window = segment.segment.window;
}

// A RST is believed exactly at RCV.NXT (RFC 5961 3.2); older endpoints believe one anywhere in the window.
void Endpoint::take_reset(const TracedSegment& segment) {
  if (segment.sent) {
    own_.has_reset = true;
    return;
  }
  if (!own_.initial) return;
  if (!peer_.initial) {
    const bool acknowledges_syn = segment.segment.flags.ack() && ack_of(segment) == own_.max_end;
    peer_.has_reset = peer_.has_reset || acknowledges_syn;
    reset_is_exact_ = reset_is_exact_ || acknowledges_syn;
    return;
  }
  const StreamOffset seq = seq_of(segment);
  const bool may_be_believed = seq >= acked_by_own() - kProbe && seq <= std::max(offered_edge(), rcv_nxt()) + kProbe;
  peer_.has_reset = peer_.has_reset || may_be_believed;
  reset_is_exact_ = reset_is_exact_ || seq == rcv_nxt();
}

void Endpoint::take_sent(const TracedSegment& segment) {
  // It lives: the RST was not believed, or has not come yet.
  if (peer_.has_reset && !reset_is_exact_) peer_.has_reset = false;
  if (segment.segment.flags.syn() && segment.segment.seq != own_.initial) return;
  const bool had_fin = own_.fin.has_value();
  if (own_.initial) take_numbers(own_, seq_of(segment) + segment.length(), segment);
  if (!had_fin && own_.fin) fin_answers_fin_ = has_peers_fin();
  if (!peer_.initial || !segment.segment.flags.ack()) return;
  const StreamOffset ack = ack_of(segment);
  if (ack > peer_.max_end && !circumstances_.has_gaps) return;  // a number that means nothing
  if (ack > 0) peer_.seen.add(0, ack);                          // it says itself that it took them
  take_offer(peer_, segment);
}

void Endpoint::take_own_damaged(const TracedSegment& segment) {
  const TcpFlags flags = segment.segment.flags;
  if (!is_open() || flags.syn() || flags.rst() || seq_of(segment) > own_.max_end) return;
  own_.max_end = std::max(own_.max_end, seq_of(segment) + segment.length());
}

void Endpoint::take_came(const TracedSegment& segment) {
  if (segment.segment.flags.syn() && segment.segment.seq != peer_.initial) return;
  if (!peer_.initial || !may_take(segment)) return;
  doubtful_ = doubtful_ || is_doubtful(segment);
  const StreamOffset taken_end = own_.initial ? std::max(peer_.right_edge, peer_.acked) : segment.length();
  take_numbers(peer_, taken_end, segment);
  if (own_.initial && segment.segment.flags.ack() && ack_of(segment) >= 0) take_offer(own_, segment);
}

bool Endpoint::may_take(const TracedSegment& segment) const {
  if (!own_.initial || segment.segment.flags.syn()) return true;
  const bool is_near_window = !peer_.initial || circumstances_.has_gaps || seq_of(segment) <= peer_.right_edge + kProbe;
  return is_near_window && segment.segment.flags.ack() && (circumstances_.has_gaps || ack_of(segment) <= own_.max_end);
}

bool Endpoint::is_surely_latest(const TracedSegment& segment) const {
  if (circumstances_.order_is_exact || own_datagrams_.goes_on_with(segment.identification)) return true;
  if (circumstances_.is_near && segment.time > own_.latest + kQueueing) return true;
  if (ack_of(segment) > peer_.acked) return true;
  if (segment.length() != 0 && seq_of(segment) >= own_.max_end) return true;
  const auto& timestamps = segment.segment.options.timestamps;
  return timestamps && own_.timestamp && is_later(timestamps->value, *own_.timestamp);
}

bool Endpoint::is_doubtful(const TracedSegment& segment) const {
  if (!own_.initial || segment.segment.flags.syn()) return false;
  if (seq_of(segment) + segment.length() > peer_.right_edge) return true;
  if (ack_of(segment) + static_cast<StreamOffset>(own_.largest_window) < own_.acked) return true;
  if (!uses_timestamps()) return false;
  const auto& timestamps = segment.segment.options.timestamps;
  return !timestamps || (peer_.timestamp && is_later(*peer_.timestamp, timestamps->value));
}

void Endpoint::take_numbers(Side& sender, StreamOffset taken_end, const TracedSegment& segment) {
  const StreamOffset begin = seq_of(segment);
  const StreamOffset end = begin + segment.length();
  sender.seen.add(std::max<StreamOffset>(begin, 0), std::min(end, taken_end));
  sender.max_end = std::max(sender.max_end, end);
  if (segment.segment.flags.fin() && !sender.fin) sender.fin = end - 1;
  sender.latest = segment.time;
  const auto& timestamps = segment.segment.options.timestamps;
  if (timestamps && (!sender.timestamp || is_later(timestamps->value, *sender.timestamp)))
    sender.timestamp = timestamps->value;
}

void Endpoint::take_offer(Side& other, const TracedSegment& segment) {
  const StreamOffset seq = seq_of(segment);
  const StreamOffset ack = ack_of(segment);
  const std::uint64_t window = window_of(segment);
  const StreamOffset edge = edge_of(segment);
  other.acked = std::max(other.acked, ack);
  other.right_edge = std::max(other.right_edge, edge);
  other.largest_window = std::max(other.largest_window, window);
  const bool is_later = seq > other.window_seq || (seq == other.window_seq && ack >= other.window_ack);
  if (!is_later) return;
  other.window_seq = seq;
  other.window_ack = ack;
  other.window = window;
  other.last_edge = edge;
}

TcpState Endpoint::state() const {
  using enum TcpState;
  if (own_.has_reset || (peer_.has_reset && reset_is_exact_)) return kClosed;
  if (!own_.initial) return peer_.initial ? kListen : kClosed;
  if (!peer_.initial) return kSynSent;
  if (own_.acked < 1) return kSynReceived;
  if (!own_.fin) return has_peers_fin() ? kCloseWait : kEstablished;
  const bool fin_is_acknowledged = own_.acked > *own_.fin;
  if (fin_answers_fin_) return fin_is_acknowledged ? kClosed : kLastAck;
  if (has_peers_fin()) return fin_is_acknowledged ? kTimeWait : kClosing;
  return fin_is_acknowledged ? kFinWait2 : kFinWait1;
}

}  // namespace fourtuple::judge
