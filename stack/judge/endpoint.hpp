// What an endpoint must know by now, reconstructed from its trace alone: the numbers of RFC 9293 3.3.1 as a stranger
// can know them. It trusts nobody: what an endpoint says about itself is what rules compare with this.
//
// Offsets count from the initial sequence number of each direction: the SYN is 0, the first octet of data 1.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "stack/judge/trace.hpp"
#include "stack/trace/tcp_state.hpp"
#include "stack/wire/sequence.hpp"

namespace fourtuple::judge {

// How much later one timestamp is than another, as their clock counts round and round (RFC 7323 5.2).
[[nodiscard]] constexpr std::int32_t stamp_distance(std::uint32_t from, std::uint32_t to) {
  return static_cast<std::int32_t>(to - from);
}

// Half-open ranges of one direction's sequence space that were seen, merged; at most kMaxRanges, then the lowest two
// become one (and `merged_by_force` says so).
class RangeSet {
 public:
  static constexpr std::size_t kMaxRanges = 4096;
  void add(StreamOffset begin, StreamOffset end);
  [[nodiscard]] bool covers(StreamOffset begin, StreamOffset end) const;
  [[nodiscard]] bool touches(StreamOffset begin, StreamOffset end) const;
  // The first offset >= from that is not in the set.
  [[nodiscard]] StreamOffset contiguous_end(StreamOffset from) const;
  [[nodiscard]] StreamOffset highest() const;  // 0 where empty
  [[nodiscard]] std::size_t size() const { return ranges_.size(); }
  [[nodiscard]] const std::map<StreamOffset, StreamOffset>& ranges() const { return ranges_; }
  [[nodiscard]] bool merged_by_force() const { return merged_by_force_; }

 private:
  std::map<StreamOffset, StreamOffset> ranges_;  // begin -> end
  bool merged_by_force_ = false;
};

// How an endpoint numbers its datagrams (RFC 791 3.1). Many count: then the numbers tell in which order they were sent.
class DatagramNumbers {
 public:
  void take(std::uint16_t identification);
  // The endpoint counts, and has sent this right after what was taken last.
  [[nodiscard]] bool goes_on_with(std::uint16_t identification) const;

 private:
  static constexpr int kHabit = 2;               // steps in a row that no chance makes
  static constexpr std::uint16_t kLongest = 64;  // a step: the device counts for each piece of a super-segment
  [[nodiscard]] std::uint16_t step_to(std::uint16_t identification) const;
  std::uint16_t last_ = 0;
  int steps_ = 0;
};

// One direction of the conversation as far as the trace shows it.
struct Side {
  std::optional<SeqNum> initial;  // its ISN, from the SYN
  Instant first_syn{};
  std::uint32_t syns = 0;  // copies of the SYN that were seen
  SegmentOptions syn_options;
  TcpFlags syn_flags;
  RangeSet seen;             // sequence space that passed and may have been taken, SYN and FIN included
  StreamOffset max_end = 0;  // one past the highest that passed: SND.NXT of its sender (probes of old octets aside)
  std::optional<StreamOffset> fin;  // where its FIN stands
  StreamOffset acked = 0;           // highest ACK that the other side said about it and that passed
  StreamOffset right_edge = 0;      // of the window that the other side offered for it: highest ever
  StreamOffset last_edge = 0;       // and by the latest segment that counts (RFC 9293 3.10.7.4)
  StreamOffset window_seq = 0;      // SND.WL1: in the other side's numbers
  StreamOffset window_ack = 0;      // SND.WL2
  std::uint64_t window = 0;         // octets, scaled, by the latest
  std::uint64_t largest_window = 0;
  std::optional<std::uint32_t> timestamp;  // latest TSval it sent, as the clock of timestamps counts
  Instant latest{};                        // when the last of its segments passed
  bool has_reset = false;                  // it sent a RST that the other side may have believed
};

class Endpoint {
 public:
  explicit Endpoint(const Circumstances& circumstances) : circumstances_(circumstances) {}

  // Precondition: in order of time. Segments with a wrong checksum must not be applied.
  void take(const TracedSegment& segment);
  // A segment of its own that was damaged behind it has left all the same: SND.NXT is behind it, where its numbers seem
  // right.
  void take_own_damaged(const TracedSegment& segment);
  void take(const Call& call);
  // The endpoint itself says that it dropped what came last, for want of room.
  void doubt() { doubtful_ = true; }

  [[nodiscard]] const Circumstances& circumstances() const { return circumstances_; }
  [[nodiscard]] const Side& own() const { return own_; }    // what the endpoint sends
  [[nodiscard]] const Side& peer() const { return peer_; }  // what comes to it
  [[nodiscard]] const Side& sender_of(const TracedSegment& segment) const { return segment.sent ? own_ : peer_; }

  // Offsets of a segment's fields. seq: in its sender's numbers; ack: in the other's. Meaningless before that side's
  // SYN was seen (is_open()).
  [[nodiscard]] StreamOffset seq_of(const TracedSegment& segment) const;
  [[nodiscard]] StreamOffset ack_of(const TracedSegment& segment) const;
  [[nodiscard]] StreamOffset peer_offset(SeqNum seq) const;
  // The window field of a segment in octets: scaled where scaling was agreed on and it is no SYN.
  [[nodiscard]] std::uint64_t window_of(const TracedSegment& segment) const;
  // The right edge of that window: SEG.ACK + SEG.WND.
  [[nodiscard]] StreamOffset edge_of(const TracedSegment& segment) const;

  // Would the endpoint look at the octets of this segment that came (RFC 9293 3.10.7.4, steps one to five)? True also
  // where that cannot be told.
  [[nodiscard]] bool may_take(const TracedSegment& segment) const;
  // Sent after everything that stands before it in the trace, for all that can be proven: what was sent may have been
  // shown in another order, by a network far from the endpoint or by the queues of its interface.
  [[nodiscard]] bool is_surely_latest(const TracedSegment& segment) const;
  // Something came that one endpoint takes and another drops: an old timestamp or none at all, octets beyond the
  // window; or more came apart than is remembered. From then on RCV.NXT is an upper bound only.
  [[nodiscard]] bool has_doubtful_arrivals() const { return doubtful_ || peer_.seen.merged_by_force(); }

  // Both SYNs were seen: numbers have a meaning.
  [[nodiscard]] bool is_open() const { return own_.initial && peer_.initial; }
  // The endpoint sent its SYN before it had seen one.
  [[nodiscard]] bool is_active() const { return active_; }
  [[nodiscard]] bool is_over() const { return own_.has_reset || peer_.has_reset; }

  // What the two SYNs agreed on.
  [[nodiscard]] bool uses_timestamps() const;
  [[nodiscard]] bool uses_sack() const;
  [[nodiscard]] bool uses_scaling() const;
  [[nodiscard]] unsigned own_shift() const;   // of windows that the endpoint offers
  [[nodiscard]] unsigned peer_shift() const;  // of windows that the peer offers
  // What the peer's MSS option allows for a segment's payload and options together; 536 without one.
  [[nodiscard]] std::uint32_t send_limit() const;
  [[nodiscard]] std::uint32_t receive_limit() const;  // the same of the endpoint's own option

  // RCV.NXT if everything that came was taken. With Circumstances::is_near it is what the endpoint knows; else it is
  // an upper bound, and own ACKs are the lower one.
  [[nodiscard]] StreamOffset rcv_nxt() const;
  // RCV.NXT has passed the peer's FIN.
  [[nodiscard]] bool has_peers_fin() const { return peer_.fin && rcv_nxt() > *peer_.fin; }
  // SND.UNA and SND.NXT as the endpoint must have them.
  [[nodiscard]] StreamOffset snd_una() const { return own_.acked; }
  [[nodiscard]] StreamOffset snd_nxt() const { return own_.max_end; }
  // The highest ACK that the endpoint has said.
  [[nodiscard]] StreamOffset acked_by_own() const { return peer_.acked; }
  // The largest right edge that the endpoint has offered.
  [[nodiscard]] StreamOffset offered_edge() const { return peer_.right_edge; }
  // Data, SYN or FIN is in flight.
  [[nodiscard]] bool has_in_flight() const { return own_.acked < own_.max_end; }

  // RFC 9293 figure 5 as the segments show it: states that need a call to tell them apart follow the segments only
  // (CLOSED until the first SYN, LISTEN when a SYN came first).
  [[nodiscard]] TcpState state() const;

  // Application: as far as it is known or inferred.
  [[nodiscard]] std::uint64_t written() const { return written_; }
  [[nodiscard]] std::uint64_t read() const { return read_; }
  [[nodiscard]] bool has_called(Call::Kind kind) const { return (called_ >> static_cast<unsigned>(kind) & 1U) != 0; }
  [[nodiscard]] bool has_closed() const { return has_called(Call::Kind::kClose) || has_called(Call::Kind::kAbort); }

 private:
  void take_syn(Side& side, const TracedSegment& segment);
  void take_reset(const TracedSegment& segment);
  void take_sent(const TracedSegment& segment);
  void take_came(const TracedSegment& segment);
  void take_numbers(Side& sender, StreamOffset taken_end, const TracedSegment& segment);
  void take_offer(Side& other, const TracedSegment& segment);
  [[nodiscard]] bool is_doubtful(const TracedSegment& segment) const;

  Circumstances circumstances_;
  Side own_;
  Side peer_;
  bool active_ = false;
  bool fin_answers_fin_ = false;  // the endpoint sent its FIN when it had the peer's
  DatagramNumbers own_datagrams_;
  bool reset_is_exact_ = false;  // the peer's RST stood at RCV.NXT
  bool doubtful_ = false;
  std::uint64_t written_ = 0;
  std::uint64_t read_ = 0;
  std::uint32_t called_ = 0;
};

}  // namespace fourtuple::judge
