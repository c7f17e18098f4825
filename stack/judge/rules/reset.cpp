// RST: what it looks like, what it answers, and what follows one that was sent or believed.
#include <algorithm>
#include <deque>
#include <fmt/format.h>
#include <optional>

#include "stack/judge/rules/all.hpp"
#include "stack/judge/rules/edges.hpp"
#include "stack/judge/rules/evidence.hpp"

namespace fourtuple::judge {
namespace {

constexpr RuleInfo kResetForResetInfo{
    .name = "reset-answers-no-reset",
    .clause = "RFC9293 3.10.7.1",
    .level = Level::kMust,
    .says = "A RST is never answered with a RST.",
    .hint = "See whether RST is looked at before the answer for a segment without connection is made.",
};
constexpr RuleInfo kAfterResetInfo{
    .name = "nothing-after-own-reset",
    .clause = "RFC9293 3.10.5",
    .level = Level::kMust,
    .says = "A connection that its endpoint reset is gone: it sends nothing more.",
    .hint = "See whether timers and queues are dropped together with the connection.",
};
constexpr RuleInfo kResetNumberInfo{
    .name = "reset-has-a-number-of-its-own",
    .clause = "RFC9293 3.5.2",
    .level = Level::kMust,
    .says = "A RST stands at SND.NXT, or at the acknowledgment number of the segment that it answers.",
    .hint = "See where the sequence number of a RST comes from; the peer believes it at its RCV.NXT only.",
};
constexpr RuleInfo kClosedPortInfo{
    .name = "reset-of-a-closed-port",
    .clause = "RFC9293 3.10.7.1",
    .level = Level::kMust,
    .says =
        "The RST of a closed port has SEQ = SEG.ACK, or SEQ = 0 and ACK = SEG.SEQ + SEG.LEN where there was no ACK.",
    .hint = "See how the answer for a segment without connection is made; SYN counts in SEG.LEN.",
};
constexpr RuleInfo kExactResetInfo{
    .name = "exact-reset-is-believed",
    .clause = "RFC5961 3.2",
    .level = Level::kMust,
    .says = "A RST at exactly RCV.NXT resets the connection.",
    .hint = "See what is compared with the sequence number of a RST.",
};
constexpr RuleInfo kInexactResetInfo{
    .name = "reset-in-the-window-is-challenged",
    .clause = "RFC5961 3.2",
    .level = Level::kMust,
    .says = "A RST in the window that is not at RCV.NXT is answered with an ACK, and not believed.",
    .hint = "See what is compared with the sequence number of a RST.",
};
constexpr RuleInfo kSynChallengeInfo{
    .name = "syn-in-established-is-challenged",
    .clause = "RFC5961 4.2",
    .level = Level::kMust,
    .says = "A SYN on a synchronized connection is answered with an ACK, and changes nothing.",
    .hint = "See what happens to a SYN that arrives in a synchronized state.",
};
constexpr RuleInfo kStrangeAckInfo{
    .name = "ack-of-what-was-never-sent-is-answered",
    .clause = "RFC9293 3.10.7.4",
    .level = Level::kMust,
    .says = "A segment that acknowledges what was never sent is answered with an ACK and dropped.",
    .hint = "See how SEG.ACK is compared with SND.NXT.",
};

constexpr Duration kCrossing = 1ms;  // what was under way inside a host when something came

bool is_synchronized_state(TcpState state) {
  using enum TcpState;
  return state == kEstablished || state == kFinWait1 || state == kFinWait2 || state == kCloseWait ||
         state == kClosing || state == kLastAck;
}

class ResetAnswersNoReset final : public RuleOf<kResetForResetInfo> {
 public:
  void on_segment(const Endpoint& endpoint, const TracedSegment& segment, Report& report) override {
    if (!segment.sent) {
      last_came_is_reset_ = segment.segment.flags.rst() && !segment.checksum_is_wrong;
      last_came_ = segment.time;
      return;
    }
    if (!segment.segment.flags.rst() || !last_came_is_reset_ || !hears_all(endpoint)) return;
    const bool is_gone = endpoint.state() == TcpState::kClosed && !endpoint.own().has_reset;
    const bool is_nobody = !endpoint.own().initial;
    const bool is_late = endpoint.circumstances().order_is_exact || segment.time > last_came_ + kCrossing;
    if ((is_gone || is_nobody) && is_late)
      report.add(kResetForResetInfo, "a RST is sent after a RST came, and nothing else");
  }

 private:
  bool last_came_is_reset_ = false;
  Instant last_came_{};
};

class NothingAfterOwnReset final : public RuleOf<kAfterResetInfo> {
 public:
  void on_segment(const Endpoint& endpoint, const TracedSegment& segment, Report& report) override {
    if (!segment.sent || segment.checksum_is_wrong || !hears_all(endpoint)) return;
    const TcpFlags flags = segment.segment.flags;
    if (flags.syn()) reset_.reset();
    if (flags.rst() && is_synchronized_state(endpoint.state())) reset_ = segment.time;
    if (!reset_ || flags.rst() || flags.syn()) return;
    if (!endpoint.circumstances().order_is_exact && segment.time <= *reset_ + kCrossing) return;
    report.add(kAfterResetInfo, fmt::format("sends a segment with the flags {} after its RST", to_string(flags)));
    reset_.reset();
  }

 private:
  std::optional<Instant> reset_;
};

// Others send RSTs in an endpoint's name, so only what was seen at the endpoint counts.
class ResetHasANumberOfItsOwn final : public RuleOf<kResetNumberInfo> {
 public:
  void on_segment(const Endpoint& endpoint, const TracedSegment& segment, Report& report) override {
    if (!endpoint.own().initial || segment.checksum_is_wrong) return;
    if (!segment.sent) return on_came(endpoint, segment);
    if (!segment.segment.flags.rst()) return numbers_.add(endpoint, segment);
    if (!hears_all(endpoint) || !endpoint.is_open()) return;
    const StreamOffset seq = endpoint.seq_of(segment);
    const bool answers_no_ack = segment.segment.seq.value == 0 && segment.segment.flags.ack();
    if (numbers_.has(seq) || seq == endpoint.snd_nxt() || answers_no_ack) return;
    report.add(kResetNumberInfo, fmt::format("the RST stands at {}, and SND.NXT is {}", seq, endpoint.snd_nxt()));
  }

 private:
  void on_came(const Endpoint& endpoint, const TracedSegment& segment) {
    if (!segment.segment.flags.ack()) return;
    const StreamOffset ack = endpoint.ack_of(segment);
    numbers_.add(ack);
    numbers_.add(endpoint.edge_of(segment));
  }
  Edges numbers_;
};

class ResetOfAClosedPort final : public RuleOf<kClosedPortInfo> {
 public:
  void on_segment(const Endpoint& endpoint, const TracedSegment& segment, Report& report) override {
    if (segment.checksum_is_wrong) return;
    if (!segment.sent) return on_came(segment);
    if (!segment.segment.flags.rst() || endpoint.own().initial || came_.empty() || endpoint.circumstances().has_gaps)
      return;
    const auto answers = [&](const Came& came) { return is_answer(segment.segment, came); };
    if (std::ranges::none_of(came_, answers)) report.add(kClosedPortInfo, sentence(segment.segment));
  }

 private:
  static constexpr std::size_t kMaxCame = 16;
  struct Came {
    std::optional<SeqNum> ack;
    SeqNum end;
  };
  void on_came(const TracedSegment& segment) {
    const TcpFlags flags = segment.segment.flags;
    if (flags.rst()) return;
    came_.push_back(
        {flags.ack() ? std::optional(segment.segment.ack) : std::nullopt, segment.segment.seq + segment.length()});
    if (came_.size() > kMaxCame) came_.pop_front();
  }
  static bool is_answer(const Segment& reset, const Came& came) {
    if (came.ack) return reset.seq == *came.ack;
    return reset.seq.value == 0 && reset.flags.ack() && reset.ack == came.end;
  }
  [[nodiscard]] std::string sentence(const Segment& reset) const {
    const Came& came = came_.back();
    if (came.ack) return fmt::format("the RST has SEQ {}, but SEG.ACK was {}", reset.seq.value, came.ack->value);
    if (!reset.flags.ack()) return "the RST has no ACK, and neither had the segment that it answers";
    return fmt::format("the RST has SEQ {} and ACK {}; it should have SEQ 0 and ACK {}", reset.seq.value,
                       reset.ack.value, came.end.value);
  }
  std::deque<Came> came_;
};

// TCP-MD5 and TCP-AO are options that we do not know, and their connections believe no RST without them.
class ExactResetIsBelieved final : public RuleOf<kExactResetInfo> {
 public:
  void on_segment(const Endpoint& endpoint, const TracedSegment& segment, Report& report) override {
    is_secured_ = is_secured_ || segment.has_unknown_options;
    if (segment.checksum_is_wrong || is_secured_ || !hears_all(endpoint) || is_told_) return;
    const TcpFlags flags = segment.segment.flags;
    if (!segment.sent && flags.rst() && is_exact(endpoint, segment)) believed_ = believed_.value_or(segment.time);
    if (!segment.sent || !believed_ || flags.rst() || flags.syn()) return;
    const Duration leave = endpoint.circumstances().order_is_exact ? Duration{} : kBusy;
    if (!endpoint.circumstances().order_is_exact && segment.time <= *believed_ + leave) return;
    is_told_ = true;
    report.add(kExactResetInfo, fmt::format("goes on with the flags {} after a RST at RCV.NXT", to_string(flags)));
  }

 private:
  static constexpr Duration kBusy = 100ms;
  static bool is_exact(const Endpoint& endpoint, const TracedSegment& segment) {
    if (!is_synchronized_state(endpoint.state()) || endpoint.has_doubtful_arrivals()) return false;
    const StreamOffset seq = endpoint.seq_of(segment);
    return seq == endpoint.rcv_nxt() && seq == endpoint.acked_by_own();
  }
  std::optional<Instant> believed_;
  bool is_secured_ = false;
  bool is_told_ = false;
};

// Something came that must be answered with an ACK. Any ACK counts, and the first of several such segments only: there
// may be a limit on answers (RFC 5961 7). Silence is proven when the endpoint speaks later: a dead host says nothing.
class AwaitedAck {
 public:
  void arm(Instant now) {
    if (now < last_ + kPatience) {
      last_ = now;
      return;
    }
    last_ = now;
    since_ = since_.value_or(now);
  }
  // True where it is proven that there was no answer.
  [[nodiscard]] bool is_missing_at(const Endpoint& endpoint, const TracedSegment& segment) {
    if (!since_) return false;
    const bool is_late = segment.time > *since_ + kPatience;
    const bool is_proof = segment.sent || endpoint.circumstances().order_is_exact;
    if (!segment.sent && !(is_late && is_proof)) return false;
    since_.reset();
    return is_late;
  }
  [[nodiscard]] bool is_missing_at(const Endpoint& endpoint, Instant end) const {
    return since_ && endpoint.circumstances().order_is_exact && end > *since_ + kPatience;
  }
  [[nodiscard]] bool is_armed() const { return since_.has_value(); }
  void disarm() { since_.reset(); }

 private:
  static constexpr Duration kPatience = 1s;
  Instant last_ = Instant::min() + kPatience;
  std::optional<Instant> since_;
};

bool may_be_judged(const Endpoint& endpoint, const TracedSegment& segment) {
  return hears_all(endpoint) && !segment.checksum_is_wrong && is_synchronized_state(endpoint.state()) &&
         !endpoint.has_doubtful_arrivals();
}

class ResetInTheWindowIsChallenged final : public RuleOf<kInexactResetInfo> {
 public:
  void on_segment(const Endpoint& endpoint, const TracedSegment& segment, Report& report) override {
    if (segment.sent && segment.segment.flags.rst()) return on_own_reset(endpoint, segment, report);
    if (awaited_.is_missing_at(endpoint, segment))
      report.add(kInexactResetInfo, "there was no ACK for a RST in the window");
    if (segment.sent || !segment.segment.flags.rst() || !may_be_judged(endpoint, segment)) return;
    const StreamOffset seq = endpoint.seq_of(segment);
    const bool is_inexact = seq > endpoint.rcv_nxt() && seq < endpoint.peer().last_edge;
    if (is_inexact && endpoint.acked_by_own() == endpoint.rcv_nxt()) awaited_.arm(segment.time);
    if (seq == endpoint.rcv_nxt()) awaited_.disarm();
  }
  void on_end(const Endpoint& endpoint, Instant end, Report& report) override {
    if (awaited_.is_missing_at(endpoint, end))
      report.add(kInexactResetInfo, "there was no ACK for a RST in the window");
  }

 private:
  // The answer of a host that knows the connection no more, though nobody has closed it.
  void on_own_reset(const Endpoint& endpoint, const TracedSegment& segment, Report& report) {
    if (!awaited_.is_armed()) return;
    awaited_.disarm();
    if (segment.segment.flags.ack() || endpoint.own().fin || endpoint.has_closed()) return;
    report.add(kInexactResetInfo, "a RST in the window, not at RCV.NXT, has reset the connection");
  }
  AwaitedAck awaited_;
};

class SynInEstablishedIsChallenged final : public RuleOf<kSynChallengeInfo> {
 public:
  void on_segment(const Endpoint& endpoint, const TracedSegment& segment, Report& report) override {
    if (segment.sent && segment.segment.flags.rst()) return awaited_.disarm();
    if (awaited_.is_missing_at(endpoint, segment))
      report.add(kSynChallengeInfo, "there was no ACK for a SYN on a synchronized connection");
    if (segment.sent || !may_be_judged(endpoint, segment)) return;
    if (segment.segment.flags.syn() && !segment.segment.flags.rst()) awaited_.arm(segment.time);
    if (segment.segment.flags.rst()) awaited_.disarm();
  }
  void on_end(const Endpoint& endpoint, Instant end, Report& report) override {
    if (awaited_.is_missing_at(endpoint, end))
      report.add(kSynChallengeInfo, "there was no ACK for a SYN on a synchronized connection");
  }

 private:
  AwaitedAck awaited_;
};

class AckOfWhatWasNeverSentIsAnswered final : public RuleOf<kStrangeAckInfo> {
 public:
  void on_segment(const Endpoint& endpoint, const TracedSegment& segment, Report& report) override {
    if (segment.sent && segment.segment.flags.rst()) return awaited_.disarm();
    if (awaited_.is_missing_at(endpoint, segment))
      report.add(kStrangeAckInfo, "there was no ACK for a segment that acknowledges what was never sent");
    if (segment.sent || !may_be_judged(endpoint, segment)) return;
    const TcpFlags flags = segment.segment.flags;
    if (flags.rst()) return awaited_.disarm();
    if (flags.syn() || !flags.ack() || endpoint.seq_of(segment) != endpoint.rcv_nxt()) return;
    if (endpoint.ack_of(segment) > endpoint.snd_nxt()) awaited_.arm(segment.time);
  }
  void on_end(const Endpoint& endpoint, Instant end, Report& report) override {
    if (awaited_.is_missing_at(endpoint, end))
      report.add(kStrangeAckInfo, "there was no ACK for a segment that acknowledges what was never sent");
  }

 private:
  AwaitedAck awaited_;
};

}  // namespace

void add_reset_rules(Rules& rules) {
  add_rules<ResetAnswersNoReset, NothingAfterOwnReset, ResetHasANumberOfItsOwn, ResetOfAClosedPort,
            ExactResetIsBelieved, ResetInTheWindowIsChallenged, SynInEstablishedIsChallenged,
            AckOfWhatWasNeverSentIsAnswered>(rules);
}

}  // namespace fourtuple::judge
