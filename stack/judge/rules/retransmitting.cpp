// When something may be sent again, and when it must be. A tail-loss probe (RFC 8985 7) is no timeout: the first copy
// of the last segment in flight proves nothing where SACK is used.
#include <algorithm>
#include <deque>
#include <fmt/format.h>

#include "stack/judge/rules/all.hpp"
#include "stack/judge/rules/copies.hpp"
#include "stack/judge/rules/flight.hpp"

namespace fourtuple::judge {
namespace {

constexpr Duration kNearlyASecond = 900ms;  // with what a timer and a path may waver
constexpr Duration kRecordedTwice = 10ms;   // copies closer than this may be one that a mirror showed twice
constexpr Duration kPatience = 10s;         // no first timeout is as long without a long round trip

// A retransmission of what is in flight, by whatever the endpoint decided; judged before the flight knows of it.
struct Repetition {
  const Flight::Piece* piece = nullptr;  // what its first octet was part of
  Extent extent;
};

// Segments that may be cut anew for a smaller path are left out: ICMP asked for them, which a trace does not show.
std::optional<Repetition> repetition_of(const Flight& flight, const Endpoint& endpoint, const TracedSegment& segment) {
  if (!segment.sent || !is_synchronized(endpoint) || segment.length() == 0 || flight.has_lost_track()) return {};
  if (segment.segment.flags.rst() || segment.segment.flags.syn()) return {};
  const Extent extent = extent_of(endpoint, segment);
  const Flight::Piece* piece = flight.piece_at(extent.begin);
  if (piece == nullptr || segment.length() < piece->last_octets) return {};
  const bool window_is_closed = endpoint.own().window == 0 || extent.end > endpoint.own().last_edge;
  if (window_is_closed) return {};  // a probe
  return Repetition{piece, extent};
}

// Seen twice, sent once: a mirror port, or a network that doubles.
bool may_be_one(const Flight::Piece& piece, const TracedSegment& segment) {
  const auto& stamps = segment.segment.options.timestamps;
  const bool has_own_stamp = stamps && stamps->value != piece.last_stamp;
  return segment.time - piece.last_sent < kRecordedTwice && !has_own_stamp;
}

// [RFC6298 5]
constexpr RuleInfo kNotEarly{
    .name = "retransmission-is-not-early",
    .clause = "RFC6298 5",
    .level = Level::kMust,
    .says = "Nothing is sent again within one round trip of its last copy while nothing was heard.",
    .hint = "No timer may fire before an answer could have come: look at where the retransmission timer is armed."};

class RetransmissionIsNotEarly final : public RuleOf<kNotEarly> {
 public:
  void on_segment(const Endpoint& endpoint, const TracedSegment& segment, Report& report) override {
    const auto repetition = repetition_of(flight_, endpoint, segment);
    const bool is_just_repeated = hears_all(endpoint) && is_synchronized(endpoint) && was_just_sent(endpoint, segment);
    const bool may_be_timeout = flight_.timer_may_run_out(segment.time);
    if (is_just_repeated && !may_be_timeout) return tell_at_once(endpoint, segment, report);
    if (repetition && !may_be_timeout && hears_all_in_time(endpoint)) look_at(*repetition, segment, report);
    note(endpoint, segment);
    flight_.take(endpoint, segment);
  }

 private:
  // What was sent a moment ago, and nothing was heard since that might have asked for it: no timer is as short.
  struct Sent {
    Extent extent;
    Instant time;
  };
  bool was_just_sent(const Endpoint& endpoint, const TracedSegment& segment) const {
    if (!segment.sent || segment.payload_octets() == 0 || segment.segment.flags.rst()) return false;
    const Extent extent = extent_of(endpoint, segment);
    return std::ranges::any_of(just_sent_, [&](const Sent& sent) {
      return sent.extent.begin == extent.begin && sent.extent.end <= extent.end && segment.time > sent.time &&
             segment.time - sent.time < kSameMoment;
    });
  }
  void tell_at_once(const Endpoint& endpoint, const TracedSegment& segment, Report& report) {
    const Extent extent = extent_of(endpoint, segment);
    report.add(info(),
               fmt::format("sends {}..{} again at once, and nothing had asked for it", extent.begin, extent.end));
    flight_.take(endpoint, segment);
  }
  void note(const Endpoint& endpoint, const TracedSegment& segment) {
    if (!endpoint.is_open()) return;
    if (!segment.sent) just_sent_.clear();  // whatever it says, it may show a loss (RFC 8985 6.2)
    if (!segment.sent || segment.payload_octets() == 0) return;
    just_sent_.push_back({extent_of(endpoint, segment), segment.time});
    if (just_sent_.size() > kMostKept) just_sent_.pop_front();
  }
  void look_at(const Repetition& repetition, const TracedSegment& segment, Report& report) {
    const auto round_trip = flight_.shortest_round_trip();
    const Duration since = segment.time - repetition.piece->last_sent;
    if (!round_trip || !flight_.was_quiet_since(*repetition.piece)) return;
    if (since >= *round_trip - *round_trip / 10 || may_be_one(*repetition.piece, segment)) return;
    report.add(info(),
               fmt::format("sends {}..{} again after {}, though no answer has ever come in less than {}",
                           repetition.extent.begin, repetition.extent.end, in_words(since), in_words(*round_trip)));
  }
  static constexpr Duration kSameMoment = 1ms;
  static constexpr std::size_t kMostKept = 64;
  std::deque<Sent> just_sent_;
  Flight flight_;
};

// [RFC6298 2.4]
constexpr RuleInfo kTimeoutIsASecond{
    .name = "timeout-is-a-second",
    .clause = "RFC6298 2.4",
    .level = Level::kShould,
    .says = "The retransmission timeout is at least one second.",
    .hint =
        "Most of today's stacks choose 200 to 300 ms; harmless where spurious timeouts are detected. Told once a "
        "trace."};

class TimeoutIsASecond final : public RuleOf<kTimeoutIsASecond> {
 public:
  void on_segment(const Endpoint& endpoint, const TracedSegment& segment, Report& report) override {
    const auto repetition = repetition_of(flight_, endpoint, segment);
    const Circumstances& known = endpoint.circumstances();
    if (repetition && !is_told_ && !known.has_gaps && !known.times_are_doubtful) {
      look_at(*repetition, endpoint, segment, report);
    }
    flight_.take(endpoint, segment);
  }

 private:
  void look_at(const Repetition& repetition, const Endpoint& endpoint, const TracedSegment& segment, Report& report) {
    if (!is_timeout(repetition, endpoint, segment)) return;
    const Duration since = segment.time - flight_.timer_started(*repetition.piece);
    if (since < kRecordedTwice || since >= kNearlyASecond || may_be_one(*repetition.piece, segment)) return;
    is_told_ = true;
    report.add(info(), fmt::format("times out after {}", in_words(since)));
  }
  // The earliest segment goes again, and nothing that was heard asked for it.
  bool is_timeout(const Repetition& repetition, const Endpoint& endpoint, const TracedSegment& segment) const {
    const Flight::Piece& piece = *repetition.piece;
    if (repetition.extent.begin != flight_.una() || may_be_tail_loss_probe(repetition, endpoint)) return false;
    if (piece.copies > 1 && flight_.was_quiet_since(piece)) return !may_be_doubled_on_the_way(endpoint, piece, segment);
    return !flight_.has_signal() && !flight_.has_timed_out() && !may_be_doubled_on_the_way(endpoint, piece, segment);
  }
  bool may_be_tail_loss_probe(const Repetition& repetition, const Endpoint& endpoint) const {
    return endpoint.uses_sack() && repetition.piece->copies == 1 && repetition.extent.end == flight_.nxt();
  }
  static bool may_be_doubled_on_the_way(const Endpoint& endpoint, const Flight::Piece& piece,
                                        const TracedSegment& segment) {
    const auto& stamps = segment.segment.options.timestamps;
    return !endpoint.circumstances().is_near && (!stamps || stamps->value == piece.last_stamp);
  }
  Flight flight_;
  bool is_told_ = false;
};

// [RFC6298 5.5] [RFC9293 MUST-19]
constexpr RuleInfo kBackOff{.name = "back-off-doubles",
                            .clause = "RFC6298 5.5",
                            .level = Level::kMust,
                            .says = "Each timeout of the same data doubles the retransmission timeout.",
                            .hint = "The timer is armed anew without being backed off."};

class BackOffDoubles final : public RuleOf<kBackOff> {
 public:
  void on_segment(const Endpoint& endpoint, const TracedSegment& segment, Report& report) override {
    const auto repetition = repetition_of(flight_, endpoint, segment);
    if (!segment.sent) copies_.clear();
    if (repetition && repetition->extent.begin == flight_.una() && hears_all_in_time(endpoint)) {
      look_at(*repetition, segment, report);
    }
    flight_.take(endpoint, segment);
  }

 private:
  // The wait for the first repetition is left out: a probe of the tail may have been the first.
  void look_at(const Repetition& repetition, const TracedSegment& segment, Report& report) {
    if (!flight_.was_quiet_since(*repetition.piece) || may_be_one(*repetition.piece, segment)) return copies_.clear();
    copies_.add(segment.time);
    if (!copies_.grow_too_slowly()) return;
    report.add(info(), fmt::format("times out after {}, and had waited {} before", in_words(copies_.last_wait()),
                                   in_words(copies_.wait_before())));
  }
  Flight flight_;
  Copies copies_;  // repetitions, the original not counted
};

// [RFC6298 5.4] [RFC9293 MUST-20]
constexpr RuleInfo kLostIsRepeated{.name = "unacknowledged-data-is-repeated",
                                   .clause = "RFC6298 5.4",
                                   .level = Level::kMust,
                                   .says = "What is not acknowledged is sent again when its timer runs out.",
                                   .hint =
                                       "No timer runs although something is in flight: FINs and the octets of "
                                       "probes are easily forgotten."};

class UnacknowledgedDataIsRepeated final : public RuleOf<kLostIsRepeated> {
 public:
  void on_segment(const Endpoint& endpoint, const TracedSegment& segment, Report& report) override {
    if (segment.sent && !segment.segment.flags.rst()) look_at(endpoint, segment, report);
    flight_.take(endpoint, segment);
    if (!segment.sent && is_synchronized(endpoint) && is_heard(endpoint, segment)) note_what_lacks(endpoint, segment);
  }
  void on_end(const Endpoint& endpoint, Instant end, Report& report) override {
    if (endpoint.circumstances().order_is_exact && is_overdue(endpoint, end)) tell(end, report);
  }

 private:
  // It lives, it sends, and it does not send what is overdue.
  void look_at(const Endpoint& endpoint, const TracedSegment& segment, Report& report) {
    const bool is_the_repetition = extent_of(endpoint, segment).begin <= flight_.una() && segment.length() > 0;
    const bool is_proven = lacking_ == flight_.una() || endpoint.circumstances().order_is_exact;
    if (!is_the_repetition && is_proven && is_overdue(endpoint, segment.time)) tell(segment.time, report);
  }
  // The peer still asks for it when it should long have come. Without that, the capture may have missed the ACK.
  void note_what_lacks(const Endpoint& endpoint, const TracedSegment& segment) {
    const Flight::Piece* piece = flight_.piece_at(flight_.una());
    if (piece == nullptr || endpoint.ack_of(segment) != flight_.una()) return;
    const Duration way = 3 * flight_.longest_round_trip().value_or(Duration{}) + kSurelyThere;
    if (segment.time - piece->last_sent > way) lacking_ = flight_.una();
  }
  bool is_overdue(const Endpoint& endpoint, Instant now) const {
    const Flight::Piece* piece = flight_.piece_at(flight_.una());
    if (piece == nullptr || piece->copies != 1 || flight_.una() == told_about_) return false;
    if (!is_synchronized(endpoint) || !hears_all_in_time(endpoint) || flight_.has_lost_track()) return false;
    const bool window_is_closed = endpoint.own().window == 0 || piece->end > endpoint.own().last_edge;
    if (window_is_closed || flight_.may_be_backed_off()) return false;
    const Duration patience = std::max(kPatience, 10 * flight_.longest_round_trip().value_or(Duration{}));
    return now - flight_.timer_started(*piece) > patience;
  }
  void tell(Instant now, Report& report) {
    told_about_ = flight_.una();
    const Duration waited = now - flight_.timer_started(*flight_.piece_at(flight_.una()));
    report.add(info(), fmt::format("has not repeated {} for {}, although nobody has acknowledged it", flight_.una(),
                                   in_words(waited)));
  }
  static constexpr Duration kSurelyThere = 1s;
  Flight flight_;
  StreamOffset lacking_ = -1;
  StreamOffset told_about_ = -1;
};

// [RFC9293 3.10.7.4]
constexpr RuleInfo kAcknowledgedRests{
    .name = "acknowledged-is-not-repeated",
    .clause = "RFC9293 3.10.7.4",
    .level = Level::kShould,
    .says = "What the peer has acknowledged leaves the retransmission queue and is not sent again.",
    .hint = "An ACK was not taken, or the queue is cut at the wrong octet."};

class AcknowledgedIsNotRepeated final : public RuleOf<kAcknowledgedRests> {
 public:
  void on_segment(const Endpoint& endpoint, const TracedSegment& segment, Report& report) override {
    if (segment.sent) {
      look_at(endpoint, segment, report);
    } else if (endpoint.is_open() && is_heard(endpoint, segment) && is_fresh(endpoint, segment) &&
               is_acceptable(endpoint, segment)) {
      take_ack(endpoint.ack_of(segment), segment.time);
    }
  }

 private:
  void look_at(const Endpoint& endpoint, const TracedSegment& segment, Report& report) {
    settle(segment.time);
    if (!hears_all_in_time(endpoint) || !is_synchronized(endpoint) || segment.segment.flags.syn()) return;
    const Extent extent = extent_of(endpoint, segment);
    const bool is_probe = segment.payload_octets() <= 1 && !segment.segment.flags.fin();
    if (is_probe || segment.segment.flags.rst() || extent.begin < 1 || extent.end > settled_) return;
    report.add(info(),
               fmt::format("sends {}..{} again, and had been told {} long before", extent.begin, extent.end, settled_));
  }
  void take_ack(StreamOffset ack, Instant now) {
    settle(now);
    if (ack <= latest_) return;
    latest_ = ack;
    since_ = now;
  }
  // What was acknowledged so long ago that nothing built before can still be on its way out.
  void settle(Instant now) {
    if (now - since_ >= kOnItsWayOut) settled_ = latest_;
  }
  static constexpr Duration kOnItsWayOut = 50ms;
  StreamOffset latest_ = 0;
  StreamOffset settled_ = 0;
  Instant since_{};
};

}  // namespace

void add_retransmitting_rules(Rules& rules) {
  add_rules<RetransmissionIsNotEarly, TimeoutIsASecond, BackOffDoubles, UnacknowledgedDataIsRepeated,
            AcknowledgedIsNotRepeated>(rules);
}

}  // namespace fourtuple::judge
