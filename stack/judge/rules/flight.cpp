#include "stack/judge/rules/flight.hpp"

#include <algorithm>

namespace fourtuple::judge {
namespace {

constexpr Duration kNoTimerIsAsShort = 1ms;

bool tells_of_loss(const TracedSegment& segment) {
  return segment.segment.options.sack_count > 0 || (segment.segment.flags.ece() && !segment.segment.flags.syn());
}

}  // namespace

void Flight::take(const Endpoint& endpoint, const TracedSegment& segment) {
  if (segment.checksum_is_wrong || segment.segment.flags.rst()) return;
  ++events_;
  segment.sent ? take_sent(endpoint, segment) : take_heard(endpoint, segment);
}

const Flight::Piece* Flight::piece_at(StreamOffset offset) const {
  auto after = pieces_.upper_bound(offset);
  if (after == pieces_.begin()) return nullptr;
  const Piece& piece = std::prev(after)->second;
  return offset < piece.end ? &piece : nullptr;
}

bool Flight::timer_may_run_out(Instant now) const {
  const Piece* const oldest = piece_at(una_);
  if (oldest == nullptr) return false;
  const Duration least = std::max<Duration>(kNoTimerIsAsShort, shortest_.value_or(Duration{}) * 9 / 10);
  return now - std::max(oldest->first_sent, last_progress_) >= least;
}

void Flight::take_sent(const Endpoint& endpoint, const TracedSegment& segment) {
  if (!endpoint.own().initial) {  // the first SYN: its offset is 0
    if (segment.segment.flags.syn()) mark({0, segment.length()}, segment);
    return;
  }
  Extent extent = extent_of(endpoint, segment);
  extent.begin = std::max(extent.begin, una_);
  if (extent.begin >= extent.end) return;
  const bool repeats = extent.begin < nxt_;
  if (repeats && !has_signal()) {
    timed_out_until_ = nxt_;
    backed_off_ = true;
  }
  mark(extent, segment);
}

void Flight::mark(const Extent& extent, const TracedSegment& segment) {
  cut_at(extent.begin);
  cut_at(extent.end);
  const auto& stamps = segment.segment.options.timestamps;
  const auto note = [&](Piece& piece) {
    if (piece.copies++ == 0) piece.first_sent = segment.time;
    piece.last_sent = segment.time;
    piece.last_event = events_;
    piece.last_octets = segment.length();
    piece.last_stamp = stamps ? stamps->value : 0;
  };
  StreamOffset at = extent.begin;
  for (auto it = pieces_.lower_bound(extent.begin); at < extent.end; ++it) {
    const bool is_there = it != pieces_.end() && it->first == at;
    if (!is_there) {
      const StreamOffset end = it == pieces_.end() ? extent.end : std::min(extent.end, it->first);
      it = pieces_.emplace_hint(it, at, Piece{.end = end});
    }
    note(it->second);
    at = it->second.end;
  }
  nxt_ = std::max(nxt_, extent.end);
  for (; pieces_.size() > kMaxPieces; pieces_.erase(pieces_.begin())) has_lost_track_ = true;
}

void Flight::cut_at(StreamOffset offset) {
  auto after = pieces_.upper_bound(offset);
  if (after == pieces_.begin()) return;
  const auto it = std::prev(after);
  if (it->first == offset || it->second.end <= offset) return;
  Piece rest = it->second;
  it->second.end = offset;
  pieces_.emplace_hint(after, offset, rest);
}

void Flight::take_heard(const Endpoint& endpoint, const TracedSegment& segment) {
  last_heard_ = segment.time;
  last_heard_event_ = events_;
  if (!endpoint.own().initial || !segment.segment.flags.ack() || !endpoint.may_take(segment)) return;
  const StreamOffset ack = endpoint.ack_of(segment);
  if (ack > nxt_) return;
  const bool is_duplicate = ack == una_ && segment.length() == 0;
  if (ack > una_) take_ack(ack, segment.time);
  if (!pieces_.empty() && (is_duplicate || tells_of_loss(segment))) signal_until_ = nxt_;
}

void Flight::take_ack(StreamOffset ack, Instant now) {
  cut_at(ack);
  const auto end = pieces_.lower_bound(ack);
  for (auto it = pieces_.begin(); it != end; ++it) {
    if (it->second.copies != 1) continue;  // which copy is acknowledged cannot be told (Karn)
    const Duration sample = now - it->second.last_sent;
    shortest_ = std::min(shortest_.value_or(sample), sample);
    longest_ = std::max(longest_.value_or(sample), sample);
    backed_off_ = false;
  }
  pieces_.erase(pieces_.begin(), end);
  una_ = ack;
  last_progress_ = now;
}

}  // namespace fourtuple::judge
