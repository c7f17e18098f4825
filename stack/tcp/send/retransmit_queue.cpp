#include "stack/tcp/send/retransmit_queue.hpp"

#include <algorithm>

namespace fourtuple::tcp {

void RetransmitQueue::append(StreamOffset begin, StreamOffset end, Instant now, const DeliveryStamp& stamp) {
  if (empty()) compact();
  ranges_.push_back({.begin = begin, .end = end, .sent_at = now, .transmission = ++transmissions_, .stamp = stamp});
}

void RetransmitQueue::clear() {
  ranges_ = {};
  head_ = 0;
  sacked_bytes_ = 0;
  lost_bytes_ = 0;
}

void RetransmitQueue::compact() {
  if (empty()) {
    ranges_.clear();
    if (ranges_.capacity() > 64) ranges_.shrink_to_fit();
    head_ = 0;
  } else if (head_ >= 64 && head_ * 2 >= ranges_.size()) {
    ranges_.erase_front(head_);
    head_ = 0;
  }
}

RetransmitQueue::Index RetransmitQueue::find(StreamOffset offset) const {
  Index first = head_;
  for (Index count = ranges_.size() - head_; count > 0;) {
    const Index half = count / 2;
    const bool ends_before = ranges_[first + half].end <= offset;
    if (ends_before) first += half + 1;
    count = ends_before ? count - half - 1 : half;
  }
  return first;
}

void RetransmitQueue::split(Index index, StreamOffset at) {
  SentRange right = ranges_[index];
  right.begin = at;
  ranges_[index].end = at;
  ranges_.insert(index + 1, right);
}

void RetransmitQueue::note_lost(SentRange& range) {
  range.lost = true;
  lost_from_ = lost_bytes_ == 0 ? range.begin : std::min(lost_from_, range.begin);
  lost_bytes_ += range.size();
  ever_lost_bytes_ += range.size();
}

void RetransmitQueue::note_not_lost(SentRange& range) {
  if (!range.lost) return;
  range.lost = false;
  lost_bytes_ -= range.size();
}

// The end of the row where nothing is lost.
RetransmitQueue::Index RetransmitQueue::first_lost_index() const {
  Index i = lost_bytes_ == 0 ? ranges_.size() : find(lost_from_);
  while (i < ranges_.size() && !ranges_[i].lost) ++i;
  return i;
}

const SentRange* RetransmitQueue::first_lost() const {
  const Index index = first_lost_index();
  return index < ranges_.size() ? &ranges_[index] : nullptr;
}

SentRange RetransmitQueue::take_lost(std::uint64_t max_bytes, Instant now, const DeliveryStamp& stamp) {
  const Index index = first_lost_index();
  if (ranges_[index].size() > max_bytes) split(index, ranges_[index].begin + static_cast<StreamOffset>(max_bytes));
  SentRange& range = ranges_[index];
  note_not_lost(range);
  lost_from_ = range.end;
  note_repeated(range, now, stamp);
  return range;
}

SentRange RetransmitQueue::resend_tail(std::uint64_t max_bytes, Instant now, const DeliveryStamp& stamp) {
  const Index last = ranges_.size() - 1;
  if (ranges_[last].size() > max_bytes) split(last, ranges_[last].end - static_cast<StreamOffset>(max_bytes));
  SentRange& range = ranges_.back();
  note_not_lost(range);
  note_repeated(range, now, stamp);
  return range;
}

void RetransmitQueue::note_repeated(SentRange& range, Instant now, const DeliveryStamp& stamp) {
  range.retransmitted = true;
  range.sent_at = now;
  range.transmission = ++transmissions_;
  range.stamp = stamp;
}

void RetransmitQueue::deliver(const SentRange& range, Delivery& delivery) {
  delivery.bytes += range.size();
  delivery.highest_end = std::max(delivery.highest_end, range.end);
  if (!range.retransmitted) {
    if (!delivery.newest_original || range.sent_at > *delivery.newest_original)
      delivery.newest_original = range.sent_at;
    if (range.end <= highest_delivered_) delivery.reordered = true;
    delivery.lowest_original = std::min(delivery.lowest_original, range.begin);
  }
  if (!delivery.newest || sent_after(range, *delivery.newest)) delivery.newest = range;
}

void RetransmitQueue::acknowledge(StreamOffset una, Delivery& delivery) {
  while (!empty() && front().begin < una) {
    if (front().end > una) split(head_, una);
    const SentRange range = ranges_[head_];
    if (range.sacked) {
      sacked_bytes_ -= range.size();
    } else {
      deliver(range, delivery);
    }
    if (range.retransmitted) delivery.any_retransmitted = true;
    if (range.lost) lost_bytes_ -= range.size();
    ++head_;
  }
  compact();
}

void RetransmitQueue::sack(StreamOffset left, StreamOffset right, Delivery& delivery) {
  if (empty()) return;
  left = std::max(left, front().begin);
  right = std::min(right, back().end);
  if (left >= right) return;
  Index i = find(left);
  for (; i < ranges_.size() && ranges_[i].begin < right; ++i) {
    if (ranges_[i].sacked) continue;
    const bool may_split = count() < kMaxRanges;
    if (ranges_[i].begin < left) {
      if (!may_split) continue;
      split(i, left);
      continue;
    }
    if (ranges_[i].end > right) {
      if (!may_split) break;
      split(i, right);
    }
    SentRange& range = ranges_[i];
    note_not_lost(range);
    range.sacked = true;
    sacked_bytes_ += range.size();
    deliver(range, delivery);
    if (i > head_ && ranges_[i - 1].sacked) join_with_previous(i--);
  }
}

// Neighbours that are both sacked are one: a peer that repeats a large block is not answered by a long search.
void RetransmitQueue::join_with_previous(Index index) {
  ranges_[index - 1].end = ranges_[index].end;
  ranges_[index - 1].retransmitted |= ranges_[index].retransmitted;
  ranges_.erase(index);
}

bool RetransmitQueue::mark_head_lost(std::uint64_t max_bytes) {
  for (Index i = head_; i < ranges_.size(); ++i) {
    if (ranges_[i].sacked) continue;
    if (ranges_[i].lost) return false;
    if (ranges_[i].size() > max_bytes) split(i, ranges_[i].begin + static_cast<StreamOffset>(max_bytes));
    note_lost(ranges_[i]);
    return true;
  }
  return false;
}

void RetransmitQueue::mark_all_lost() {
  for (Index i = head_; i < ranges_.size(); ++i) {
    if (!ranges_[i].sacked && !ranges_[i].lost) note_lost(ranges_[i]);  // [RFC2018 5]
  }
}

void RetransmitQueue::mark_none_lost() {
  for (Index i = head_; i < ranges_.size(); ++i) ranges_[i].lost = false;
  lost_bytes_ = 0;
}

Instant RetransmitQueue::mark_lost_sent_before(const SentRange& newest, Duration allowance, Instant now, Duration rtt,
                                               bool& any) {
  Instant next = kNever;
  std::uint64_t unjudged = pipe_bytes();
  for (Index i = head_; i < ranges_.size() && unjudged > 0; ++i) {
    SentRange& range = ranges_[i];
    if (range.sacked || range.lost) continue;
    unjudged -= range.size();
    // Originals stand in the order in which they were sent, and repetitions behind this one are younger still.
    if (!sent_after(newest, range) && !range.retransmitted) break;
    if (!sent_after(newest, range)) continue;
    const Instant given_up_at = range.sent_at + rtt + allowance;
    if (given_up_at <= now) {
      note_lost(range);
      any = true;
    } else {
      next = std::min(next, given_up_at);
    }
  }
  return next;
}

void RetransmitQueue::forget_sacks() {
  for (Index i = head_; i < ranges_.size(); ++i) ranges_[i].sacked = false;
  sacked_bytes_ = 0;
}

bool RetransmitQueue::is_consistent() const {
  std::uint64_t sacked = 0;
  std::uint64_t lost = 0;
  for (Index i = head_; i < ranges_.size(); ++i) {
    const SentRange& range = ranges_[i];
    if (range.begin >= range.end || (range.sacked && range.lost)) return false;
    if (range.lost && range.begin < lost_from_) return false;
    if (i > head_ && ranges_[i - 1].end != range.begin) return false;
    sacked += range.sacked ? range.size() : 0;
    lost += range.lost ? range.size() : 0;
  }
  return sacked == sacked_bytes_ && lost == lost_bytes_;
}

}  // namespace fourtuple::tcp
