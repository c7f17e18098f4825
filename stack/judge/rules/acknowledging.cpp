// When an endpoint must speak because something came. An ACK that comes late is seen when it comes; one that never
// comes proves nothing, as the host may have vanished, unless the trace is our own.
#include <deque>
#include <fmt/format.h>
#include <optional>

#include "stack/judge/rules/all.hpp"
#include "stack/judge/rules/evidence.hpp"
#include "stack/wire/tcp_limits.hpp"

namespace fourtuple::judge {
namespace {

constexpr Duration kLongestDelay = 500ms;  // RFC 9293 MUST-40
constexpr Duration kSlackOfTimers = 20ms;  // of the clock that ends a delay, and of the capture
constexpr Duration kAtOnce = 25ms;         // what is said sooner was not delayed by a timer of any kind
constexpr Duration kOnItsWay = 10ms;       // an ACK may have been built before what stands in front of it was read
constexpr std::size_t kMostPending = 256;  // arrivals that are remembered one by one

// An endpoint that has said more than its SYN has opened: a listener may leave what comes earlier to a retransmission.
bool has_answered(const Endpoint& endpoint) {
  return is_synchronized(endpoint) && (endpoint.is_active() ? endpoint.acked_by_own() > 0 : endpoint.own().acked > 0);
}

// New octets at RCV.NXT, as many as the window that was offered takes.
Extent accepted_part(const Endpoint& endpoint, const TracedSegment& segment) {
  const Extent extent = extent_of(endpoint, segment);
  const StreamOffset next = endpoint.rcv_nxt();
  const StreamOffset end = std::min(extent.end, endpoint.offered_edge());
  if (extent.begin > next || end <= next) return {next, next};
  return {next, end};
}

bool brings_new_octets(const Endpoint& endpoint, const TracedSegment& segment) {
  if (!is_heard(endpoint, segment) || !is_fresh(endpoint, segment) || segment.length() == 0) return false;
  const Extent part = accepted_part(endpoint, segment);
  return part.end > part.begin;
}

// What came above the hole may not have been kept where the endpoint had no room.
bool fills_a_hole(const Endpoint& endpoint, const TracedSegment& segment) {
  if (endpoint.has_doubtful_arrivals()) return false;
  if (!brings_new_octets(endpoint, segment) || segment.payload_octets() == 0) return false;
  return endpoint.peer().seen.highest() > endpoint.rcv_nxt();
}

bool speaks(const TracedSegment& segment) { return segment.sent && segment.segment.flags.ack(); }

// A reset, or a SYN-ACK again: the endpoint had not let in what came.
bool starts_over(const TracedSegment& segment) { return segment.segment.flags.rst() || segment.segment.flags.syn(); }

// Rules of one kind: something comes that asks for an ACK, and the next ACK must not be long in coming.
class PromptRule : public Rule {
 public:
  void on_segment(const Endpoint& endpoint, const TracedSegment& segment, Report& report) final {
    if (segment.sent && asked_) end_wait(segment, report);
    if (segment.sent) return on_sent(segment);
    if (!hears_all_in_time(endpoint) || !has_answered(endpoint) || segment.checksum_is_wrong) return;
    if (asks(endpoint, segment) && !asked_) asked_ = report.place();
  }
  void on_end(const Endpoint& endpoint, Instant end, Report& report) final {
    const bool lives = endpoint.circumstances().order_is_exact && is_synchronized(endpoint);
    if (!asked_ || !lives || end - asked_->time <= limit_) return;
    report.add_about(info(), *asked_, "is never answered");
  }

 protected:
  explicit PromptRule(Duration limit) : limit_(limit) {}
  [[nodiscard]] virtual bool asks(const Endpoint& endpoint, const TracedSegment& segment) = 0;
  virtual void on_sent(const TracedSegment&) {}

 private:
  void end_wait(const TracedSegment& segment, Report& report) {
    const Duration waited = segment.time - asked_->time;
    const bool begins_anew = starts_over(segment);
    if (waited > limit_ && !begins_anew)
      report.add(info(), fmt::format("is the first ACK after {}, {} later", in_words(*asked_), in_words(waited)));
    if (speaks(segment) || begins_anew) asked_.reset();
  }

  Duration limit_;
  std::optional<Place> asked_;  // the first that nobody has answered
};

// [RFC9293 MUST-40]
constexpr RuleInfo kHalfASecond{.name = "ack-within-half-a-second",
                                .clause = "RFC9293 MUST-40",
                                .level = Level::kMust,
                                .says = "What was received in order is acknowledged within half a second.",
                                .hint = "The delayed-ACK timer runs too long, or starts anew with each segment."};

class AckWithinHalfASecond final : public RuleOf<kHalfASecond> {
 public:
  void on_segment(const Endpoint& endpoint, const TracedSegment& segment, Report& report) override {
    if (segment.sent) return look_at_ack(endpoint, segment, report);
    if (!hears_all_in_time(endpoint) || !has_answered(endpoint)) return;
    forget_repeated(endpoint, segment);
    if (!brings_new_octets(endpoint, segment)) return;
    if (pending_.size() < kMostPending) pending_.push_back({accepted_part(endpoint, segment), report.place()});
  }

 private:
  struct Arrival {
    Extent octets;
    Place place;
  };
  void look_at_ack(const Endpoint& endpoint, const TracedSegment& segment, Report& report) {
    if (starts_over(segment)) pending_.clear();
    if (!speaks(segment) || !endpoint.is_open()) return;
    const StreamOffset ack = endpoint.ack_of(segment);
    // Where it is not known what was taken, or known that all had been looked at, every ACK is an answer.
    const bool any_ack_counts = endpoint.has_doubtful_arrivals() || endpoint.circumstances().order_is_exact;
    bool is_told = false;
    while (!pending_.empty() && (any_ack_counts || is_settled(pending_.front(), ack, segment.time))) {
      const Duration waited = segment.time - pending_.front().place.time;
      if (waited > kLongestDelay + kSlackOfTimers && !is_told) {
        is_told = true;
        report.add(info(),
                   fmt::format("acknowledges {} only after {}", in_words(pending_.front().place), in_words(waited)));
      }
      pending_.pop_front();
    }
  }
  // Covered, or passed over by an ACK that could have covered it: then it was not taken, which is no matter of time.
  static bool is_settled(const Arrival& arrival, StreamOffset ack, Instant now) {
    return ack >= arrival.octets.end || now - arrival.place.time > kOnItsWay;
  }
  // Of what comes twice, nobody knows whether the first copy got past the host's filters.
  void forget_repeated(const Endpoint& endpoint, const TracedSegment& segment) {
    if (segment.length() == 0 || pending_.empty()) return;
    const Extent extent = extent_of(endpoint, segment);
    std::erase_if(pending_,
                  [&](const Arrival& a) { return extent.begin < a.octets.end && extent.end > a.octets.begin; });
  }

  std::deque<Arrival> pending_;
};

// [RFC9293 SHLD-19] [RFC5681 4.2]
constexpr RuleInfo kEverySecond{
    .name = "ack-every-second-segment",
    .clause = "RFC9293 SHLD-19",
    .level = Level::kShould,
    .says = "At least every second full-sized segment is acknowledged without delay.",
    .hint =
        "The receiver waits for its timer although two full segments are unacknowledged (offloads gather no longer "
        "than a burst lasts)."};

class AckEverySecondSegment final : public RuleOf<kEverySecond, PromptRule> {
 public:
  AckEverySecondSegment() : RuleOf(kAtOnce) {}

 private:
  bool asks(const Endpoint& endpoint, const TracedSegment& segment) override {
    if (!brings_new_octets(endpoint, segment) || segment.cut_from_super_segment) return false;
    const std::uint32_t stamps = endpoint.uses_timestamps() ? wire::kTcpTimestampsInHeader : 0;
    const std::uint32_t full = endpoint.receive_limit();
    if (segment.payload_octets() + stamps < full) return false;
    return ++full_segments_ >= 2;
  }
  void on_sent(const TracedSegment& segment) override {
    if (speaks(segment)) full_segments_ = 0;
  }
  std::uint32_t full_segments_ = 0;  // since the last ACK
};

// [RFC5681 4.2(a)]
constexpr RuleInfo kAtAHole{
    .name = "duplicate-ack-at-a-hole",
    .clause = "RFC5681 4.2(a)",
    .level = Level::kShould,
    .says = "A segment above a hole is answered with a duplicate ACK at once.",
    .hint =
        "Out-of-order arrivals must not wait for the delayed-ACK timer: the sender's fast retransmission counts "
        "these ACKs."};

class DuplicateAckAtAHole final : public RuleOf<kAtAHole, PromptRule> {
 public:
  DuplicateAckAtAHole() : RuleOf(kAtOnce) {}

 private:
  bool asks(const Endpoint& endpoint, const TracedSegment& segment) override {
    return leaves_a_hole(endpoint, segment);
  }
};

// [RFC5681 4.2(a)]
constexpr RuleInfo kHoleFilled{
    .name = "ack-when-a-hole-fills",
    .clause = "RFC5681 4.2(a)",
    .level = Level::kShould,
    .says = "A segment that fills all or part of a hole is acknowledged at once.",
    .hint = "The sender is in recovery and waits for this ACK; the delayed-ACK timer must not hold it."};

class AckWhenAHoleFills final : public RuleOf<kHoleFilled, PromptRule> {
 public:
  AckWhenAHoleFills() : RuleOf(kAtOnce) {}

 private:
  bool asks(const Endpoint& endpoint, const TracedSegment& segment) override { return fills_a_hole(endpoint, segment); }
};

bool is_in_a_state_that_answers(const Endpoint& endpoint) {
  const TcpState state = endpoint.state();
  return is_synchronized(endpoint) && state != TcpState::kClosed && state != TcpState::kTimeWait &&
         state != TcpState::kSynReceived;
}

// [RFC9293 3.10.7.4]
constexpr RuleInfo kUnacceptable{
    .name = "unacceptable-segment-is-answered",
    .clause = "RFC9293 3.10.7.4",
    .level = Level::kShould,
    .says = "Octets that came before, or lie beyond the window, are answered with an ACK.",
    .hint = "The peer repeats because an ACK was lost: without an answer it repeats for ever."};

class UnacceptableSegmentIsAnswered final : public RuleOf<kUnacceptable, PromptRule> {
 public:
  UnacceptableSegmentIsAnswered() : RuleOf(kLongestDelay + kSlackOfTimers) {}

 private:
  // Segments without octets are left out: ACKs to those may be limited in number (RFC 5961 7).
  bool asks(const Endpoint& endpoint, const TracedSegment& segment) override {
    const TcpFlags flags = segment.segment.flags;
    if (!flags.ack() || flags.rst() || flags.syn() || segment.payload_octets() == 0) return false;
    if (!is_in_a_state_that_answers(endpoint) || endpoint.peer().window == 0) return false;
    const Extent extent = extent_of(endpoint, segment);
    return extent.end <= endpoint.acked_by_own() || extent.begin > endpoint.offered_edge();
  }
};

// [RFC9293 3.8.6.1]
constexpr RuleInfo kClosedWindowAnswers{
    .name = "closed-window-answers",
    .clause = "RFC9293 3.8.6.1",
    .level = Level::kMust,
    .says = "A receiver with a closed window answers each probe with its next number and its window.",
    .hint = "Answers to probes are limited as if they were an attack: the sender's timer goes on to back off."};

class ClosedWindowAnswers final : public RuleOf<kClosedWindowAnswers, PromptRule> {
 public:
  ClosedWindowAnswers() : RuleOf(kLongestDelay + kSlackOfTimers) {}

 private:
  bool asks(const Endpoint& endpoint, const TracedSegment& segment) override {
    const TcpFlags flags = segment.segment.flags;
    if (!flags.ack() || flags.rst() || flags.syn() || !is_in_a_state_that_answers(endpoint)) return false;
    if (endpoint.peer().window != 0) return false;
    return segment.length() > 0 || extent_of(endpoint, segment).begin < endpoint.acked_by_own();
  }
};

}  // namespace

void add_acknowledging_rules(Rules& rules) {
  add_rules<AckWithinHalfASecond, AckEverySecondSegment, DuplicateAckAtAHole, AckWhenAHoleFills,
            UnacceptableSegmentIsAnswered, ClosedWindowAnswers>(rules);
}

}  // namespace fourtuple::judge
