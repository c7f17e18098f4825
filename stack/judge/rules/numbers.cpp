// Sequence and acknowledgment numbers: what is sent leaves no gap, and what is acknowledged has come.
#include <deque>
#include <fmt/format.h>
#include <optional>

#include "stack/judge/rules/all.hpp"
#include "stack/judge/rules/edges.hpp"

namespace fourtuple::judge {
namespace {

constexpr RuleInfo kAckGoesBackInfo{
    .name = "ack-goes-back",
    .clause = "RFC9293 3.10.7.4",
    .level = Level::kMust,
    .says = "The acknowledgment number of an endpoint never goes back: it is RCV.NXT.",
    .hint = "See where RCV.NXT is put into a segment; a copy that was made earlier must not be sent again as it was.",
};
constexpr RuleInfo kAckOfUnseenInfo{
    .name = "ack-of-what-never-came",
    .clause = "RFC9293 3.4",
    .level = Level::kMust,
    .says = "An endpoint acknowledges only octets that reached it.",
    .hint = "See how RCV.NXT passes holes, a FIN behind a hole, and octets beyond the window.",
};
constexpr RuleInfo kAckStaysBehindInfo{
    .name = "ack-stays-behind",
    .clause = "RFC9293 3.10.7.4",
    .level = Level::kMust,
    .says = "The acknowledgment number is RCV.NXT at the time of sending: all that has come in order.",
    .hint = "See whether every segment takes the acknowledgment number of the moment at which it is sent.",
};
constexpr RuleInfo kAckInsideSegmentInfo{
    .name = "ack-inside-a-segment",
    .clause = "RFC9293 3.4",
    .level = Level::kMust,
    .says = "An acknowledgment number stands where a segment that came has ended.",
    .hint = "See how RCV.NXT is advanced: by the octets that were taken, SYN and FIN counted.",
};
constexpr RuleInfo kSentGapInfo{
    .name = "gap-in-what-is-sent",
    .clause = "RFC9293 3.4",
    .level = Level::kMust,
    .says = "Every octet of sequence space is sent: no segment begins beyond SND.NXT.",
    .hint = "See how SND.NXT is advanced, SYN and FIN counted.",
};
constexpr RuleInfo kSeqOfPureAckInfo{
    .name = "sequence-of-a-pure-ack",
    .clause = "RFC9293 3.10.7.4",
    .level = Level::kMust,
    .says = "A segment without octets carries SND.NXT as its sequence number.",
    .hint = "See where the sequence number of an ACK without data comes from.",
};

// In a capture two segments may stand in the wrong order for a moment. And where an ACK seems to go back, the one
// before it may have been ahead: then the next one is below that, too, while neither is below what was said before it.
class AckGoesBack final : public RuleOf<kAckGoesBackInfo> {
 public:
  void on_segment(const Endpoint& endpoint, const TracedSegment& segment, Report& report) override {
    if (!is_ordinary(endpoint, segment) || !segment.segment.flags.ack()) return;
    const Said said{endpoint.ack_of(segment), report.place()};
    if (said.ack > endpoint.peer().max_end && !endpoint.circumstances().has_gaps) return;  // it means nothing
    const Duration mistake = endpoint.circumstances().is_near ? kTurnedAtHost : kTurnedOnTheWay;
    for (; !recent_.empty() && recent_.front().place.time + mistake < said.place.time; recent_.pop_front())
      settled_ = std::max(settled_, recent_.front().ack);
    settle_doubt(said, report);
    if (said.ack < highest_.ack && (said.ack < settled_ || endpoint.is_surely_latest(segment)))
      return on_step_back(endpoint, said, report);
    if (said.ack <= highest_.ack) return;
    before_highest_ = highest_.ack;
    highest_ = said;
    if (recent_.size() < kMostRecent) recent_.push_back(said);
  }
  void on_end(const Endpoint&, Instant, Report& report) override {
    if (doubted_) tell_back(*doubted_, highest_.ack, report);
    doubted_.reset();
  }

 private:
  static constexpr Duration kTurnedAtHost = 1ms;
  static constexpr Duration kTurnedOnTheWay = 2s;
  static constexpr std::size_t kMostRecent = 4096;
  struct Said {
    StreamOffset ack = 0;
    Place place;
  };

  void on_step_back(const Endpoint& endpoint, const Said& said, Report& report) {
    const bool may_be_right = said.ack >= before_highest_ && !endpoint.circumstances().order_is_exact;
    if (may_be_right && !doubted_) {
      doubted_ = said;
    } else if (!doubted_) {
      tell_back(said, highest_.ack, report);
    }
  }
  // Which of the two was wrong, now that a third has come.
  void settle_doubt(const Said& third, Report& report) {
    if (!doubted_) return;
    const Said doubted = *doubted_;
    doubted_.reset();
    if (third.ack >= highest_.ack || third.ack < doubted.ack) return tell_back(doubted, highest_.ack, report);
    report.add_about(kAckOfUnseenInfo, highest_.place,
                     fmt::format("acknowledges {}, and {} after that", highest_.ack, doubted.ack));
    highest_ = doubted;
    settled_ = std::min(settled_, doubted.ack);
    recent_.clear();
  }
  static void tell_back(const Said& said, StreamOffset highest, Report& report) {
    report.add_about(kAckGoesBackInfo, said.place,
                     fmt::format("acknowledges {} after it had acknowledged {}", said.ack, highest));
  }

  Said highest_;
  StreamOffset before_highest_ = 0;
  std::optional<Said> doubted_;  // below the highest, and not below the one before that
  std::deque<Said> recent_;
  StreamOffset settled_ = 0;  // said so long ago that nothing below it can be on its way
};

// In a trace of exact order what came stands before its ACK. A capture may have missed a segment; then it must not
// come afterwards, as a peer whose octets were acknowledged has no reason to send them.
class AckOfWhatNeverCame final : public RuleOf<kAckOfUnseenInfo> {
 public:
  void on_segment(const Endpoint& endpoint, const TracedSegment& segment, Report& report) override {
    if (!endpoint.is_open() || endpoint.circumstances().has_gaps) return;
    if (segment.sent) return on_sent(endpoint, segment, report);
    if (!pending_ || segment.checksum_is_wrong || segment.payload_octets() == 0) return;
    const StreamOffset begin = endpoint.seq_of(segment);
    const StreamOffset end = begin + segment.length();
    if (begin >= pending_->ack || end <= pending_->have) return;
    // An ACK that ends where this segment does may stand before it by mistake: two directions, two queues.
    const Duration mistake = endpoint.circumstances().is_near ? kTurnedAtHost : kTurnedOnTheWay;
    if (end != pending_->ack || segment.time > pending_->place.time + mistake) tell(report);
  }

 private:
  static constexpr Duration kTurnedAtHost = 50us;
  static constexpr Duration kTurnedOnTheWay = 1ms;
  struct Pending {
    Place place;
    StreamOffset have;
    StreamOffset ack;
  };

  void on_sent(const Endpoint& endpoint, const TracedSegment& segment, Report& report) {
    const TcpFlags flags = segment.segment.flags;
    if (segment.checksum_is_wrong || flags.rst() || !flags.ack() || endpoint.is_over() || pending_) return;
    const StreamOffset have = endpoint.peer().seen.contiguous_end(0);
    const StreamOffset ack = endpoint.ack_of(segment);
    if (ack <= have || is_taken_beyond_the_window(endpoint, ack)) return;
    pending_ = Pending{report.place(), have, ack};
    if (endpoint.circumstances().order_is_exact) tell(report);
  }
  // More than was offered may be taken; the model does not count it as come.
  static bool is_taken_beyond_the_window(const Endpoint& endpoint, StreamOffset ack) {
    return endpoint.has_doubtful_arrivals() && ack <= endpoint.peer().max_end;
  }
  void tell(Report& report) {
    report.add_about(kAckOfUnseenInfo, pending_->place,
                     fmt::format("acknowledges {}, but only {} had come", pending_->ack, pending_->have));
    pending_.reset();
  }

  std::optional<Pending> pending_;
};

// A receiver may lose what has come, like the network; then the peer sends it again. So in a capture it is proven only
// by a later ACK that covers what was left out, without any repetition in between.
class AckStaysBehind final : public RuleOf<kAckStaysBehindInfo> {
 public:
  void on_segment(const Endpoint& endpoint, const TracedSegment& segment, Report& report) override {
    const Circumstances& known = endpoint.circumstances();
    if (!endpoint.is_open() || known.has_gaps || !known.is_near || endpoint.has_doubtful_arrivals()) return;
    settle(endpoint, segment.time);
    if (segment.sent) return on_sent(endpoint, segment, report);
    const StreamOffset begin = endpoint.seq_of(segment);
    if (pending_ && begin < pending_->have && begin + segment.length() > pending_->ack) pending_.reset();
  }

 private:
  static constexpr Duration kTaking = 100ms;  // a busy host may look at a segment a little later
  static constexpr std::size_t kMaxSteps = 1024;
  struct Step {
    Instant time;
    StreamOffset have;
  };
  struct Pending {
    Place place;
    StreamOffset ack;
    StreamOffset have;
  };

  // What had come long enough ago.
  void settle(const Endpoint& endpoint, Instant now) {
    const StreamOffset have = endpoint.rcv_nxt();
    if (endpoint.circumstances().order_is_exact) {
      settled_ = have;
      return;
    }
    if (steps_.size() < kMaxSteps && (steps_.empty() || steps_.back().have < have))
      steps_.push_back({endpoint.peer().latest, have});
    for (; !steps_.empty() && steps_.front().time + kTaking < now; steps_.pop_front()) settled_ = steps_.front().have;
  }
  void on_sent(const Endpoint& endpoint, const TracedSegment& segment, Report& report) {
    if (!is_ordinary(endpoint, segment) || !segment.segment.flags.ack()) return;
    const StreamOffset ack = endpoint.ack_of(segment);
    if (pending_ && ack >= pending_->have) tell(report);
    if (ack >= settled_ || ack < endpoint.acked_by_own() || pending_) return;
    pending_ = Pending{report.place(), ack, settled_};
    if (endpoint.circumstances().order_is_exact) tell(report);
  }
  void tell(Report& report) {
    report.add_about(kAckStaysBehindInfo, pending_->place,
                     fmt::format("acknowledges {} although all up to {} had come", pending_->ack, pending_->have));
    pending_.reset();
  }

  StreamOffset settled_ = 0;
  std::deque<Step> steps_;
  std::optional<Pending> pending_;
};

class AckInsideASegment final : public RuleOf<kAckInsideSegmentInfo> {
 public:
  void on_segment(const Endpoint& endpoint, const TracedSegment& segment, Report& report) override {
    if (!segment.sent) return on_came(endpoint, segment);
    if (is_ordinary(endpoint, segment) && segment.segment.flags.ack()) on_sent(endpoint, segment, report);
  }

 private:
  void on_came(const Endpoint& endpoint, const TracedSegment& segment) {
    edges_are_guessed_ = edges_are_guessed_ || segment.cut_from_super_segment;
    if (endpoint.peer().initial) edges_.add(endpoint, segment);
  }
  void on_sent(const Endpoint& endpoint, const TracedSegment& segment, Report& report) {
    const StreamOffset ack = endpoint.ack_of(segment);
    const bool is_new = ack > std::max<StreamOffset>(endpoint.acked_by_own(), 1) && ack < endpoint.peer().max_end;
    if (!is_new || edges_.has(ack) || edges_are_guessed_) return;
    if (endpoint.circumstances().has_gaps || endpoint.has_doubtful_arrivals()) return;
    if (!endpoint.peer().seen.covers(ack - 1, ack + 1)) return;
    report.add(kAckInsideSegmentInfo, fmt::format("acknowledges {}, where no segment that came has ended", ack));
  }

  Edges edges_;
  bool edges_are_guessed_ = false;
};

class GapInWhatIsSent final : public RuleOf<kSentGapInfo> {
 public:
  void on_segment(const Endpoint& endpoint, const TracedSegment& segment, Report& report) override {
    if (!is_ordinary(endpoint, segment) || !endpoint.circumstances().order_is_exact) return;
    const StreamOffset seq = endpoint.seq_of(segment);
    const StreamOffset next = endpoint.snd_nxt();
    if (seq > next) report.add(kSentGapInfo, fmt::format("begins at {} though SND.NXT is {}", seq, next));
    if (seq < 0) report.add(kSentGapInfo, fmt::format("begins {} before its SYN", -seq));
  }
};

// SND.NXT, or what it was before segments were taken back to be sent again: always an edge of what was sent. Probes
// stand one before SND.UNA; a sender whose window shrank may stand at the window's edge.
class SequenceOfAPureAck final : public RuleOf<kSeqOfPureAckInfo> {
 public:
  void on_segment(const Endpoint& endpoint, const TracedSegment& segment, Report& report) override {
    if (!segment.sent) return on_came(endpoint, segment);
    if (segment.segment.flags.rst() || !endpoint.own().initial) return;
    if (is_ordinary(endpoint, segment) && segment.length() == 0) judge(endpoint, segment, report);
    edges_are_guessed_ = edges_are_guessed_ || (segment.cut_from_super_segment && !endpoint.circumstances().is_near);
    edges_.add(endpoint, segment);
  }

 private:
  void on_came(const Endpoint& endpoint, const TracedSegment& segment) {
    if (!endpoint.is_open() || segment.segment.flags.rst() || !segment.segment.flags.ack()) return;
    const StreamOffset ack = endpoint.ack_of(segment);
    edges_.add(ack);
    edges_.add(ack - 1);
    edges_.add(endpoint.edge_of(segment));
  }
  void judge(const Endpoint& endpoint, const TracedSegment& segment, Report& report) const {
    const StreamOffset seq = endpoint.seq_of(segment);
    if (endpoint.circumstances().has_gaps || edges_are_guessed_ || edges_.has(seq)) return;
    if (seq < 1 || seq + 1 >= endpoint.snd_nxt()) return;  // beyond it: gap-in-what-is-sent
    if (!endpoint.own().seen.covers(seq - 1, seq + 1)) return;
    report.add(kSeqOfPureAckInfo,
               fmt::format("stands at {} in the middle of what was sent; SND.NXT is {}", seq, endpoint.snd_nxt()));
  }

  Edges edges_;
  bool edges_are_guessed_ = false;
};

}  // namespace

void add_number_rules(Rules& rules) {
  add_rules<AckGoesBack, AckOfWhatNeverCame, AckStaysBehind, AckInsideASegment, GapInWhatIsSent, SequenceOfAPureAck>(
      rules);
}

}  // namespace fourtuple::judge
