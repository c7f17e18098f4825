// What is in flight: the sent and unacknowledged part of sequence space, SYN and FIN included, as a row of ranges.
//
//        una                                                            nxt
//         |  lost  |   sacked   | sent at t1 | sacked |    sent at t2    |
//
// The ranges tile [una, nxt) without gaps. A range is a (super-)segment as it was sent, split where an ACK or a SACK
// block says so. "pipe" is what we believe to be in the network still: all but sacked and lost octets. [RFC6675 4]
#pragma once

#include <cstdint>
#include <optional>

#include "stack/base/time.hpp"
#include "stack/tcp/send/delivery_rate.hpp"
#include "stack/tcp/send/range_row.hpp"
#include "stack/wire/sequence.hpp"

namespace fourtuple::tcp {

struct SentRange {
  StreamOffset begin = 0;
  StreamOffset end = 0;
  Instant sent_at{};  // of the last transmission
  bool sacked = false;
  bool lost = false;  // to be sent again
  bool retransmitted = false;
  std::uint64_t transmission = 0;  // number of the last one: many are sent at the same moment
  DeliveryStamp stamp{};           // of the last one

  [[nodiscard]] std::uint64_t size() const { return static_cast<std::uint64_t>(end - begin); }
};

// Of two ranges sent as one the one further right was sent later. [RFC8985 6.2]
[[nodiscard]] inline bool sent_after(const SentRange& a, const SentRange& b) {
  return a.transmission > b.transmission || (a.transmission == b.transmission && a.end > b.end);
}

// What an acknowledgment, cumulative or selective, newly delivered.
struct Delivery {
  std::uint64_t bytes = 0;                 // not counted before
  std::optional<Instant> newest_original;  // latest sending time among delivered ranges sent only once
  std::optional<SentRange> newest;         // the delivered range that was sent last [RFC8985 6.2 step 2]
  bool reordered = false;                  // an original arrived after one that was sent later [RFC8985 6.2 step 3]
  bool any_retransmitted = false;          // acknowledged in order with the rest: what it waited for was a repetition
  StreamOffset highest_end = 0;
  StreamOffset lowest_original = INT64_MAX;  // where the first delivered range begins that was sent only once
  std::uint64_t duplicate_bytes = 0;         // octets that the peer says came twice [RFC2883 4]
  StreamOffset duplicate_end = 0;
};

class RetransmitQueue {
 public:
  // More ranges are not made by SACK: a peer that names every other octet gains nothing. [SIMULATION: scoreboard]
  static constexpr std::size_t kMaxRanges = 4096;

  [[nodiscard]] bool empty() const { return head_ == ranges_.size(); }
  [[nodiscard]] std::size_t count() const { return ranges_.size() - head_; }
  [[nodiscard]] const SentRange& front() const { return ranges_[head_]; }
  [[nodiscard]] const SentRange& back() const { return ranges_.back(); }
  [[nodiscard]] const SentRange& at(std::size_t i) const { return ranges_[head_ + i]; }

  [[nodiscard]] std::uint64_t outstanding_bytes() const {
    return empty() ? 0 : static_cast<std::uint64_t>(back().end - front().begin);
  }
  [[nodiscard]] std::uint64_t sacked_bytes() const { return sacked_bytes_; }
  [[nodiscard]] std::uint64_t lost_bytes() const { return lost_bytes_; }
  // In all, since the beginning: what was believed to be lost when it was.
  [[nodiscard]] std::uint64_t ever_lost_bytes() const { return ever_lost_bytes_; }
  [[nodiscard]] std::uint64_t pipe_bytes() const { return outstanding_bytes() - sacked_bytes_ - lost_bytes_; }

  // A first transmission of [begin, end). Precondition: begin continues the row.
  void append(StreamOffset begin, StreamOffset end, Instant now, const DeliveryStamp& stamp = {});
  // The front of the first lost range, at most `max_bytes`, was sent again: answers what exactly.
  SentRange take_lost(std::uint64_t max_bytes, Instant now, const DeliveryStamp& stamp = {});
  [[nodiscard]] const SentRange* first_lost() const;
  // The last octets of the row, at most `max_bytes`, were sent again although not lost (tail-loss probe).
  SentRange resend_tail(std::uint64_t max_bytes, Instant now, const DeliveryStamp& stamp = {});

  // Everything before `una` is acknowledged.
  void acknowledge(StreamOffset una, Delivery& delivery);
  // [left, right) is selectively acknowledged.
  void sack(StreamOffset left, StreamOffset right, Delivery& delivery);

  // The acknowledgment is through: what was delivered up to `end` counts when the next one is judged for reordering.
  void note_delivered(StreamOffset end) { highest_delivered_ = end > highest_delivered_ ? end : highest_delivered_; }

  // The first range that is not sacked, at most `max_bytes` of it, is lost. False where it is so already or nothing is.
  bool mark_head_lost(std::uint64_t max_bytes);
  void mark_all_lost();
  // Nothing was lost after all: what was believed so is in the network.
  void mark_none_lost();
  // Marks lost what was sent long enough before the newest delivery; answers when the next range would be, if any.
  // [RFC8985 6.2 step 5]
  Instant mark_lost_sent_before(const SentRange& newest, Duration allowance, Instant now, Duration rtt, bool& any);
  // A timeout proves that SACK information may be stale (reneging). [RFC2018 8]
  void forget_sacks();
  // Nothing is lost after all (a window that opened again, a path MTU change re-marks by itself).
  void clear();

  // Ranges sorted, disjoint, tiling, sums right.
  [[nodiscard]] bool is_consistent() const;

 private:
  using Index = std::size_t;
  [[nodiscard]] Index find(StreamOffset offset) const;
  [[nodiscard]] Index first_lost_index() const;
  void split(Index index, StreamOffset at);
  void deliver(const SentRange& range, Delivery& delivery);
  void join_with_previous(Index index);
  void note_lost(SentRange& range);
  void note_not_lost(SentRange& range);
  void note_repeated(SentRange& range, Instant now, const DeliveryStamp& stamp);
  void compact();

  RangeRow<SentRange> ranges_;
  Index head_ = 0;
  std::uint64_t sacked_bytes_ = 0;
  std::uint64_t lost_bytes_ = 0;
  StreamOffset lost_from_ = 0;  // nothing before it is lost
  std::uint64_t ever_lost_bytes_ = 0;
  StreamOffset highest_delivered_ = 0;
  std::uint64_t transmissions_ = 0;
};

}  // namespace fourtuple::tcp
