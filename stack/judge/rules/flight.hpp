// What an endpoint has in flight as its trace shows it: each piece with the times of its copies, and what was heard
// meanwhile. Rules about retransmission own one each and feed it everything, after they have looked.
#pragma once

#include <map>
#include <optional>

#include "stack/judge/rules/evidence.hpp"

namespace fourtuple::judge {

class Flight {
 public:
  struct Piece {
    StreamOffset end = 0;
    Instant first_sent{};
    Instant last_sent{};
    std::uint32_t copies = 0;
    std::uint32_t last_octets = 0;  // of the segment that carried the latest copy: SEG.LEN
    std::uint32_t last_stamp = 0;   // its TSval
    std::uint64_t last_event = 0;   // its number among all that was taken
  };
  static constexpr std::size_t kMaxPieces = 16384;  // then the oldest are forgotten, and has_lost_track()

  void take(const Endpoint& endpoint, const TracedSegment& segment);

  // The piece that holds the octet, if it is in flight.
  [[nodiscard]] const Piece* piece_at(StreamOffset offset) const;
  [[nodiscard]] std::size_t size() const { return pieces_.size(); }
  [[nodiscard]] bool has_lost_track() const { return has_lost_track_; }
  [[nodiscard]] StreamOffset una() const { return una_; }
  [[nodiscard]] StreamOffset nxt() const { return nxt_; }
  // When anything at all came from the peer.
  [[nodiscard]] Instant last_heard() const { return last_heard_; }
  // Nothing came since the last copy was sent.
  [[nodiscard]] bool was_quiet_since(const Piece& piece) const { return last_heard_event_ < piece.last_event; }
  // A duplicate ACK, a SACK block or an echo of congestion came, and what was in flight then is not all acknowledged.
  [[nodiscard]] bool has_signal() const { return signal_until_ > una_; }
  // Something was repeated without a signal, and what was in flight then is not all acknowledged.
  [[nodiscard]] bool has_timed_out() const { return timed_out_until_ > una_; }
  // The timeout may still be a multiple: no octet was acknowledged since that had been sent just once.
  [[nodiscard]] bool may_be_backed_off() const { return backed_off_; }
  [[nodiscard]] std::optional<Duration> shortest_round_trip() const { return shortest_; }
  [[nodiscard]] std::optional<Duration> longest_round_trip() const { return longest_; }

  // The retransmission timer could not have been started later than this for the piece.
  [[nodiscard]] Instant timer_started(const Piece& piece) const { return std::max(piece.last_sent, last_progress_); }

  // The timer of the oldest octets has run for a round trip at least, whatever was repeated meanwhile: a repetition by
  // a signal does not start it anew (RFC 6298 5.1), and when it runs out all may go again (RFC 5681 3.1).
  [[nodiscard]] bool timer_may_run_out(Instant now) const;

 private:
  void take_sent(const Endpoint& endpoint, const TracedSegment& segment);
  void take_heard(const Endpoint& endpoint, const TracedSegment& segment);
  void take_ack(StreamOffset ack, Instant now);
  void cut_at(StreamOffset offset);
  void mark(const Extent& extent, const TracedSegment& segment);

  std::map<StreamOffset, Piece> pieces_;  // by their first octet
  StreamOffset una_ = 0;
  StreamOffset nxt_ = 0;
  StreamOffset signal_until_ = 0;
  StreamOffset timed_out_until_ = 0;
  Instant last_progress_{};
  Instant last_heard_{};
  std::uint64_t events_ = 0;
  std::uint64_t last_heard_event_ = 0;
  bool backed_off_ = false;
  bool has_lost_track_ = false;
  std::optional<Duration> shortest_;
  std::optional<Duration> longest_;
};

}  // namespace fourtuple::judge
