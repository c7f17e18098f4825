// How a SYN or a SYN-ACK is repeated: nothing was measured yet, so the RFCs say how long to wait.
#include <fmt/format.h>

#include "stack/judge/rules/all.hpp"
#include "stack/judge/rules/copies.hpp"
#include "stack/judge/rules/evidence.hpp"

namespace fourtuple::judge {
namespace {

constexpr Duration kNearlyASynTimeout = 900ms;  // of the second that RFC 6298 2.1 asks for
constexpr Duration kSynRecordedTwice = 10ms;
constexpr Duration kTooShortToHideOne = 1900ms;

bool is_opening_segment(const TracedSegment& segment) { return segment.sent && segment.segment.flags.syn(); }

// [RFC6298 2.1]
constexpr RuleInfo kFirstSynTimeout{
    .name = "first-syn-timeout-is-a-second",
    .clause = "RFC6298 2.1",
    .level = Level::kShould,
    .says = "As long as no round trip was measured, the timeout is one second: for a SYN and a SYN-ACK too.",
    .hint = "A SYN was repeated before its timeout; what came meanwhile is no reason, unless it was the peer's SYN."};

class FirstSynTimeoutIsASecond final : public RuleOf<kFirstSynTimeout> {
 public:
  void on_segment(const Endpoint& endpoint, const TracedSegment& segment, Report& report) override {
    if (!segment.sent && segment.segment.flags.syn()) has_sent_ = false;  // it asks for an answer
    if (segment.sent && segment.segment.flags.rst()) has_reset_ = true;
    if (!is_opening_segment(segment)) return;
    const bool is_copy = has_sent_ && segment.segment.seq == seq_ && segment.segment.flags == flags_;
    if (is_copy) look_at(endpoint, segment, report);
    has_sent_ = true;
    has_reset_ = false;
    seq_ = segment.segment.seq;
    flags_ = segment.segment.flags;
    stamp_ = stamp_of(segment);
    time_ = segment.time;
  }

 private:
  static std::uint32_t stamp_of(const TracedSegment& segment) {
    const auto& stamps = segment.segment.options.timestamps;
    return stamps ? stamps->value : 0;
  }
  void look_at(const Endpoint& endpoint, const TracedSegment& segment, Report& report) const {
    const Circumstances& known = endpoint.circumstances();
    if (known.has_gaps || known.times_are_doubtful || endpoint.peer().has_reset) return;
    // Elsewhere a SYN-ACK may answer a SYN that crossed the one before.
    if (segment.segment.flags.ack() && !known.is_near) return;
    const Duration since = segment.time - time_;
    // Copies close to each other may be one that a mirror or the path doubled, unless something tells them apart.
    const bool is_another = has_reset_ || stamp_of(segment) != stamp_;
    if (!is_another && (since < kSynRecordedTwice || !known.is_near)) return;
    // The way to a capture elsewhere stretches and shortens waits.
    if (since < (known.is_near ? kNearlyASynTimeout : kNearlyASynTimeout / 2))
      report.add(info(), fmt::format("repeats its SYN after {}", in_words(since)));
  }
  bool has_sent_ = false;
  bool has_reset_ = false;  // since then, a stranger's segment
  SeqNum seq_;
  TcpFlags flags_;
  std::uint32_t stamp_ = 0;
  Instant time_{};
};

// [RFC9293 MUST-22] [RFC6298 5.5]
constexpr RuleInfo kSynBackOff{
    .name = "syn-back-off-doubles",
    .clause = "RFC9293 MUST-22",
    .level = Level::kMust,
    .says = "A SYN is repeated as data is: each timeout doubles the next.",
    .hint = "Some stacks repeat the first few SYNs at equal intervals, against RFC 6298 5.5."};

class SynBackOffDoubles final : public RuleOf<kSynBackOff> {
 public:
  void on_segment(const Endpoint& endpoint, const TracedSegment& segment, Report& report) override {
    if (!segment.sent) return copies_.clear();
    const Circumstances& known = endpoint.circumstances();
    if (!is_opening_segment(segment) || known.has_gaps || known.times_are_doubtful) return;
    const bool is_copy = segment.segment.seq == seq_;
    seq_ = segment.segment.seq;
    if (copies_.size() == 0 || !is_copy) return copies_.begin_anew(segment.time);
    copies_.add(segment.time);
    // Elsewhere a copy may have been lost before the capture saw it; hardly one between two that are so close.
    const bool asks = !segment.segment.flags.ack();
    const bool is_whole = known.is_near || (asks && copies_.wait_before() < kTooShortToHideOne);
    if (!copies_.grow_too_slowly() || !is_whole) return;
    report.add(info(), fmt::format("repeats its SYN after {}, and had waited {} before", in_words(copies_.last_wait()),
                                   in_words(copies_.wait_before())));
  }

 private:
  SeqNum seq_;
  Copies copies_;
};

// [RFC9293 MUST-23]
constexpr RuleInfo kSynPatience{.name = "syn-is-repeated-for-three-minutes",
                                .clause = "RFC9293 MUST-23",
                                .level = Level::kMust,
                                .says = "An attempt to open goes on for at least three minutes.",
                                .hint = "The number of SYN retransmissions is too small for its back-off."};

class SynIsRepeatedForThreeMinutes final : public RuleOf<kSynPatience> {
 public:
  void on_segment(const Endpoint& endpoint, const TracedSegment& segment, Report&) override {
    if (!segment.sent) is_answered_ = true;
    if (is_opening_segment(segment) && endpoint.own().initial) copies_.add(segment.time);
    if (is_opening_segment(segment) && !endpoint.own().initial) copies_.begin_anew(segment.time);
  }
  void on_end(const Endpoint& endpoint, Instant end, Report& report) override {
    const bool is_given_up = !is_answered_ && !endpoint.has_closed() && endpoint.circumstances().calls_are_known;
    if (!is_given_up || copies_.size() < 3 || !hears_all_in_time(endpoint)) return;
    const Instant given_up = copies_.last() + 2 * copies_.last_wait();
    if (end < given_up + copies_.last_wait()) return;  // it may still wait
    const Duration effort = given_up - endpoint.own().first_syn;
    if (effort < kThreeMinutes) report.add(info(), fmt::format("gives up opening after {} at most", in_words(effort)));
  }

 private:
  static constexpr Duration kThreeMinutes = 180s;
  bool is_answered_ = false;
  Copies copies_;
};

}  // namespace

void add_syn_repeating_rules(Rules& rules) {
  add_rules<FirstSynTimeoutIsASecond, SynBackOffDoubles, SynIsRepeatedForThreeMinutes>(rules);
}

}  // namespace fourtuple::judge
