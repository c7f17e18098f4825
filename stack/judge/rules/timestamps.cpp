// The timestamps option (RFC 7323): on every segment or on none, never backwards, and an echo of what came.
#include <algorithm>
#include <deque>
#include <fmt/format.h>
#include <optional>
#include <unordered_set>

#include "stack/judge/rules/all.hpp"
#include "stack/judge/rules/evidence.hpp"

namespace fourtuple::judge {
namespace {

constexpr Duration kOnItsWayOut = 50ms;  // a segment may have been built that long before it was seen

// A segment that its sender made for this connection for sure. Anybody may put a segment into the path, and one whose
// numbers are wrong is likely a stranger's.
bool is_surely_its_own(const Endpoint& endpoint, const TracedSegment& segment) {
  const StreamOffset ack = endpoint.ack_of(segment);
  if (ack > endpoint.peer().max_end || segment.is_foreign) return false;
  return ack >= endpoint.acked_by_own() && endpoint.seq_of(segment) <= endpoint.snd_nxt();
}

// What the peer's timestamps are worth: where one was missing or went back, what the endpoint echoes may be what a
// capture does not show, and nobody knows what TS.Recent is.
class PeersStamps {
 public:
  void take(const Endpoint& endpoint, const TracedSegment& segment) {
    const TcpFlags flags = segment.segment.flags;
    if (segment.sent || flags.rst() || segment.checksum_is_wrong || !endpoint.is_open()) return;
    const auto& stamps = segment.segment.options.timestamps;
    const auto& latest = endpoint.peer().timestamp;
    const bool is_missing = !stamps && endpoint.uses_timestamps() && !flags.syn();
    const bool goes_on = endpoint.seq_of(segment) == endpoint.peer().max_end;
    const bool goes_back = stamps && latest && stamp_distance(*latest, stamps->value) < 0 && goes_on;
    are_odd_ = are_odd_ || is_missing || goes_back;
  }
  [[nodiscard]] bool are_odd() const { return are_odd_; }

 private:
  bool are_odd_ = false;
};

bool is_ordinary_timestamped(const Endpoint& endpoint, const TracedSegment& segment) {
  const TcpFlags flags = segment.segment.flags;
  return segment.sent && endpoint.is_open() && !flags.syn() && !flags.rst() && !segment.checksum_is_wrong;
}

// What all SYNs of both sides said: a retry may leave options out, and then nobody can tell what was agreed on.
class Agreement {
 public:
  void take(const TracedSegment& segment) {
    if (!segment.segment.flags.syn() || segment.checksum_is_wrong) return;
    const bool offers = segment.segment.options.timestamps.has_value();
    (segment.sent ? own_offers_ : peer_offers_) |= offers;
    (segment.sent ? own_refuses_ : peer_refuses_) |= !offers;
  }
  [[nodiscard]] bool is_made() const { return own_offers_ && peer_offers_ && !own_refuses_ && !peer_refuses_; }
  [[nodiscard]] bool is_impossible() const {
    return (own_refuses_ && !own_offers_) || (peer_refuses_ && !peer_offers_);
  }

 private:
  bool own_offers_ = false;
  bool own_refuses_ = false;
  bool peer_offers_ = false;
  bool peer_refuses_ = false;
};

// [RFC7323 3.2]
constexpr RuleInfo kOnEverySegment{.name = "timestamp-on-every-segment",
                                   .clause = "RFC7323 3.2",
                                   .level = Level::kMust,
                                   .says = "Once both SYNs had timestamps, every segment but a reset has them.",
                                   .hint =
                                       "Some path that builds segments (pure ACKs, probes, retransmissions, "
                                       "TIME-WAIT) forgets the option."};

class TimestampOnEverySegment final : public RuleOf<kOnEverySegment> {
 public:
  void on_segment(const Endpoint& endpoint, const TracedSegment& segment, Report& report) override {
    agreement_.take(segment);
    if (!is_ordinary_timestamped(endpoint, segment) || segment.segment.options.timestamps ||
        segment.has_unknown_options)
      return;
    if (!agreement_.is_made() || !is_surely_its_own(endpoint, segment)) return;
    report.add(info(), "has no timestamps, though both sides had agreed to use them");
  }

 private:
  Agreement agreement_;
};

// [RFC7323 3.2]
constexpr RuleInfo kOnlyIfAgreed{.name = "timestamps-only-if-agreed",
                                 .clause = "RFC7323 3.2",
                                 .level = Level::kMust,
                                 .says = "Timestamps are sent only if both SYNs had them.",
                                 .hint = "The option was not offered or not accepted; the peer must ignore it."};

class TimestampsOnlyIfAgreed final : public RuleOf<kOnlyIfAgreed> {
 public:
  void on_segment(const Endpoint& endpoint, const TracedSegment& segment, Report& report) override {
    agreement_.take(segment);
    if (!is_ordinary_timestamped(endpoint, segment) || !segment.segment.options.timestamps) return;
    if (!agreement_.is_impossible() || !is_surely_its_own(endpoint, segment)) return;
    if (!endpoint.circumstances().has_gaps) report.add(info(), "has timestamps, and nobody had agreed to use them");
  }

 private:
  Agreement agreement_;
};

// [RFC7323 5.2] [RFC7323 5.4]
constexpr RuleInfo kMonotonic{
    .name = "timestamp-never-goes-back",
    .clause = "RFC7323 5.2",
    .level = Level::kMust,
    .says = "The timestamps that a side sends never go back.",
    .hint = "PAWS throws away what is older than its predecessor: the connection will stall."};

class TimestampNeverGoesBack final : public RuleOf<kMonotonic> {
 public:
  void on_segment(const Endpoint& endpoint, const TracedSegment& segment, Report& report) override {
    const auto& stamps = segment.segment.options.timestamps;
    if (!segment.sent || !stamps || segment.segment.flags.rst() || segment.checksum_is_wrong) return;
    const std::int32_t step = latest_ ? stamp_distance(*latest_, stamps->value) : 0;
    // On the path segments change places, and a capture of many queues may have taken two in the wrong order.
    const bool may_have_been_swapped =
        !endpoint.circumstances().order_is_exact && segment.time - time_ < kSwap && step >= -kTicksOfSwap;
    // On the way segments change places, but none is older than the SYN.
    const bool is_before_syn = first_ && stamp_distance(*first_, stamps->value) < 0;
    const bool is_proven = is_before_syn || (hears_all(endpoint) && !may_have_been_swapped);
    if (!first_) first_ = stamps->value;
    if (step < 0 && is_proven)
      report.add(info(), fmt::format("has TSval {}, {} less than before", stamps->value, -std::int64_t{step}));
    if (step < 0) return;
    latest_ = stamps->value;
    time_ = segment.time;
  }

 private:
  static constexpr Duration kSwap = 1ms;
  static constexpr std::int32_t kTicksOfSwap = 10;
  std::optional<std::uint32_t> first_;
  std::optional<std::uint32_t> latest_;
  Instant time_{};
};

// [RFC7323 3.2]
constexpr RuleInfo kNoEchoWithoutAck{.name = "no-echo-without-ack",
                                     .clause = "RFC7323 3.2",
                                     .level = Level::kShould,
                                     .says = "A segment without ACK echoes no timestamp: TSecr is zero.",
                                     .hint = "TSecr of a SYN is not initialised."};

class NoEchoWithoutAck final : public RuleOf<kNoEchoWithoutAck> {
 public:
  void on_segment(const Endpoint&, const TracedSegment& segment, Report& report) override {
    const auto& stamps = segment.segment.options.timestamps;
    const TcpFlags flags = segment.segment.flags;
    if (!segment.sent || !stamps || flags.ack() || flags.rst() || stamps->echo_reply == 0) return;
    report.add(info(), fmt::format("echoes {} in a segment without ACK", stamps->echo_reply));
  }
};

// TS.Recent as it may be in the endpoint: the value now, and what it was a moment ago.
class RecentStamp {
 public:
  // An older one is not recorded.
  void take(std::uint32_t value, Instant now) {
    if (value_ && stamp_distance(*value_, value) <= 0) return;
    if (value_) replaced_.push_back({*value_, now});
    if (replaced_.size() > kKept) replaced_.pop_front();
    value_ = value;
  }
  [[nodiscard]] const std::optional<std::uint32_t>& value() const { return value_; }
  [[nodiscard]] bool may_be(std::uint32_t value, Instant now) const {
    const auto is_it = [&](const Replaced& old) { return old.value == value && now - old.at <= kOnItsWayOut; };
    return value_ == value || std::ranges::any_of(replaced_, is_it);
  }

 private:
  struct Replaced {
    std::uint32_t value;
    Instant at;
  };
  static constexpr std::size_t kKept = 256;
  std::optional<std::uint32_t> value_;
  std::deque<Replaced> replaced_;
};

// [RFC7323 4.3]
constexpr RuleInfo kEcho{.name = "timestamp-echo-is-ts-recent",
                         .clause = "RFC7323 4.3",
                         .level = Level::kMust,
                         .says = "TSecr echoes the timestamp of the segment that the last ACK moved up to.",
                         .hint = "TS.Recent must follow segments at or before Last.ACK.sent, and no others."};

// Three readings are taken for right: every segment at or before Last.ACK.sent, only acceptable ones (RFC 7323 5.3),
// and only those with octets (RFC 1323).
class TimestampEchoIsTsRecent final : public RuleOf<kEcho> {
 public:
  void on_segment(const Endpoint& endpoint, const TracedSegment& segment, Report& report) override {
    peers_.take(endpoint, segment);
    const auto& stamps = segment.segment.options.timestamps;
    if (!stamps || segment.checksum_is_wrong || segment.segment.flags.rst()) return;
    if (!segment.sent) return take(endpoint, segment);
    if (!segment.segment.flags.ack() || !endpoint.peer().initial || !endpoint.uses_timestamps()) return;
    if (peers_.are_odd() || !hears_all_in_time(endpoint) || seems_right(stamps->echo_reply, segment.time)) return;
    report.add(info(), fmt::format("echoes {}, and TS.Recent is {}", stamps->echo_reply, recent_.value().value_or(0)));
  }

 private:
  struct Came {
    std::uint32_t value;
    Instant at;
  };
  void take(const Endpoint& endpoint, const TracedSegment& segment) {
    const std::uint32_t value = segment.segment.options.timestamps->value;
    lately_.push_back({value, segment.time});
    if (lately_.size() > kKept) lately_.pop_front();
    const bool is_first = segment.segment.flags.syn() && !endpoint.peer().initial;
    if (!is_first && (!endpoint.is_open() || extent_of(endpoint, segment).begin > endpoint.acked_by_own())) return;
    recent_.take(value, segment.time);
    if (segment.length() > 0) recent_by_octets_.take(value, segment.time);
    if (is_first || (is_heard(endpoint, segment) && is_acceptable(endpoint, segment)))
      recent_by_acceptance_.take(value, segment.time);
  }
  bool seems_right(std::uint32_t echo, Instant now) const {
    const auto came_lately = [&](const Came& came) { return came.value == echo && now - came.at <= kOnItsWayOut; };
    return !recent_.value() || recent_.may_be(echo, now) || recent_by_octets_.may_be(echo, now) ||
           recent_by_acceptance_.may_be(echo, now) || std::ranges::any_of(lately_, came_lately);
  }
  static constexpr std::size_t kKept = 256;
  RecentStamp recent_;
  RecentStamp recent_by_octets_;
  RecentStamp recent_by_acceptance_;
  PeersStamps peers_;
  std::deque<Came> lately_;
};

// [RFC7323 3.2] [RFC7323 4.3]
constexpr RuleInfo kEchoCame{.name = "timestamp-echo-has-come",
                             .clause = "RFC7323 3.2",
                             .level = Level::kMust,
                             .says = "TSecr is a timestamp that the peer has sent.",
                             .hint = "The peer computes its round trips and its timeouts from it."};

class TimestampEchoHasCome final : public RuleOf<kEchoCame> {
 public:
  void on_segment(const Endpoint& endpoint, const TracedSegment& segment, Report& report) override {
    peers_.take(endpoint, segment);
    const auto& stamps = segment.segment.options.timestamps;
    if (!stamps || segment.checksum_is_wrong) return;
    if (!segment.sent) return take(stamps->value);
    const bool counts =
        is_ordinary_timestamped(endpoint, segment) && segment.segment.flags.ack() && endpoint.uses_timestamps();
    if (!counts || came_.empty() || endpoint.circumstances().has_gaps || came_.contains(stamps->echo_reply)) return;
    if (peers_.are_odd()) return;
    const bool is_later = stamp_distance(latest_, stamps->echo_reply) > 0;
    if (!is_later && has_forgotten_) return;
    if (is_surely_its_own(endpoint, segment))
      report.add(info(), fmt::format("echoes {}, which has never come", stamps->echo_reply));
  }

 private:
  void take(std::uint32_t value) {
    if (came_.empty() || stamp_distance(latest_, value) > 0) latest_ = value;
    if (came_.size() >= kKept) {
      came_.clear();
      has_forgotten_ = true;
    }
    came_.insert(value);
  }
  static constexpr std::size_t kKept = 65536;
  std::unordered_set<std::uint32_t> came_;
  PeersStamps peers_;
  std::uint32_t latest_ = 0;
  bool has_forgotten_ = false;
};

// [RFC7323 5.3]
constexpr RuleInfo kPaws{.name = "old-timestamp-is-not-taken",
                         .clause = "RFC7323 5.3",
                         .level = Level::kMust,
                         .says = "Octets that come with a timestamp older than TS.Recent are not taken.",
                         .hint =
                             "Protection against wrapped sequence numbers is missing, or compares with a value "
                             "that it should not have kept."};

class OldTimestampIsNotTaken final : public RuleOf<kPaws> {
 public:
  void on_segment(const Endpoint& endpoint, const TracedSegment& segment, Report& report) override {
    if (!hears_all_in_time(endpoint) || !is_synchronized(endpoint) || !endpoint.uses_timestamps()) return;
    if (segment.sent) return look_at_ack(endpoint, segment, report);
    if (segment.checksum_is_wrong || segment.segment.flags.rst() || segment.segment.flags.syn()) return;
    take(endpoint, segment, report);
  }

 private:
  void take(const Endpoint& endpoint, const TracedSegment& segment, Report& report) {
    const auto& stamps = segment.segment.options.timestamps;
    const Extent extent = extent_of(endpoint, segment);
    const bool is_old = stamps && recent_ && stamp_distance(*recent_, stamps->value) < -kClockOfOneTick &&
                        segment.time - recent_at_ < kNoMeasureAnyMore;
    if (!stamps || !is_old) {
      good_.add(std::max<StreamOffset>(extent.begin, 0), extent.end);
      // The most careful TS.Recent of all: what every reading of the rule would have recorded.
      const bool covers = extent.begin <= endpoint.acked_by_own() && extent.end > endpoint.rcv_nxt();
      if (stamps && covers) set(stamps->value, segment.time);
      return;
    }
    const bool is_new = extent.begin <= endpoint.rcv_nxt() && extent.end > endpoint.rcv_nxt();
    // Where the stream simply goes on, it is the peer whose clock went back: a capture blames one of them only.
    const bool goes_on = extent.begin == endpoint.peer().max_end && !endpoint.circumstances().order_is_exact;
    if (!is_new || goes_on || bad_) return;
    bad_ = Extent{endpoint.rcv_nxt(), extent.end};
    place_ = report.place();
  }
  void look_at_ack(const Endpoint& endpoint, const TracedSegment& segment, Report& report) {
    if (!bad_ || !segment.segment.flags.ack()) return;
    if (good_.covers(bad_->begin, bad_->begin + 1)) return bad_.reset();
    if (endpoint.ack_of(segment) <= bad_->begin) return;
    report.add(info(), fmt::format("acknowledges {}..{} of {}, whose timestamp is too old", bad_->begin, bad_->end,
                                   in_words(place_)));
    bad_.reset();
  }
  void set(std::uint32_t value, Instant now) {
    recent_ = value;
    recent_at_ = now;
  }
  static constexpr std::int32_t kClockOfOneTick = 1;  // some forgive as much
  static constexpr Duration kNoMeasureAnyMore =
      std::chrono::hours(24);  // RFC 7323 5.5 says 24 days at the slowest tick
  RangeSet good_;              // octets that came with good timestamps
  std::optional<std::uint32_t> recent_;
  Instant recent_at_{};
  std::optional<Extent> bad_;
  Place place_;
};

}  // namespace

void add_timestamp_rules(Rules& rules) {
  add_rules<TimestampOnEverySegment, TimestampsOnlyIfAgreed, TimestampNeverGoesBack, NoEchoWithoutAck,
            TimestampEchoIsTsRecent, TimestampEchoHasCome, OldTimestampIsNotTaken>(rules);
}

}  // namespace fourtuple::judge
