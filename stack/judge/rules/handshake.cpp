// SYN and SYN-ACK, the options that only they carry, and what may not come before them.
#include <fmt/format.h>
#include <optional>
#include <utility>

#include "stack/judge/rules/all.hpp"
#include "stack/wire/tcp_limits.hpp"

namespace fourtuple::judge {
namespace {

constexpr RuleInfo kSynAckInfo{
    .name = "syn-ack-acknowledges-the-syn",
    .clause = "RFC9293 3.10.7.2",
    .level = Level::kMust,
    .says = "A SYN-ACK acknowledges exactly the SYN that it answers, and data that came with it.",
    .hint = "See how RCV.NXT is set from SEG.SEQ when a SYN arrives.",
};
constexpr RuleInfo kIsnInfo{
    .name = "syn-keeps-its-number",
    .clause = "RFC9293 3.10.8",
    .level = Level::kMust,
    .says = "A SYN that is sent again has the initial sequence number that it had.",
    .hint = "See whether the retransmitted SYN is made from the connection, or anew.",
};
constexpr RuleInfo kScalingInfo{
    .name = "scaling-only-if-offered",
    .clause = "RFC7323 1.3",
    .level = Level::kMust,
    .says = "A SYN-ACK carries the window scale option only if the SYN had it.",
    .hint = "See how the options of the SYN-ACK are chosen.",
};
constexpr RuleInfo kTimestampsOfferInfo{
    .name = "timestamps-only-if-offered",
    .clause = "RFC7323 1.3",
    .level = Level::kMust,
    .says = "A SYN-ACK carries the timestamps option only if the SYN had it.",
    .hint = "See how the options of the SYN-ACK are chosen.",
};
constexpr RuleInfo kShiftInfo{
    .name = "shift-is-at-most-14",
    .clause = "RFC7323 2.3",
    .level = Level::kMust,
    .says = "A window scale above 14 is never offered.",
    .hint = "See how the shift is computed from the receive buffer.",
};
constexpr RuleInfo kMssOnSynInfo{
    .name = "mss-only-on-a-syn",
    .clause = "RFC9293 MUST-65",
    .level = Level::kMust,
    .says = "Only a SYN carries the maximum segment size option.",
    .hint = "See which options are put on a segment without SYN.",
};
constexpr RuleInfo kScaleOnSynInfo{
    .name = "window-scale-only-on-a-syn",
    .clause = "RFC7323 2.1",
    .level = Level::kMust,
    .says = "Only a SYN carries the window scale option.",
    .hint = "See which options are put on a segment without SYN.",
};
constexpr RuleInfo kAckFlagInfo{
    .name = "ack-flag-after-the-syn",
    .clause = "RFC9293 3.1",
    .level = Level::kMust,
    .says = "Once a connection is established, every segment carries an acknowledgment.",
    .hint = "See which flags a segment gets that is neither SYN nor RST.",
};
constexpr RuleInfo kDataEarlyInfo{
    .name = "data-waits-for-the-handshake",
    .clause = "RFC9293 3.10.2",
    .level = Level::kMust,
    .says = "Data and FIN are queued until the connection is established.",
    .hint = "See in which states the sender is allowed to transmit.",
};

// Who is wrong, the SYN or the SYN-ACK? In a capture only the peer's next segment tells: it keeps its number.
class SynAckAcknowledgesTheSyn final : public RuleOf<kSynAckInfo> {
 public:
  void on_segment(const Endpoint& endpoint, const TracedSegment& segment, Report& report) override {
    if (segment.checksum_is_wrong || !endpoint.peer().initial) return;
    if (segment.sent) return on_sent(endpoint, segment, report);
    const TcpFlags flags = segment.segment.flags;
    if (flags.syn()) has_other_syns_ = has_other_syns_ || segment.segment.seq != *endpoint.peer().initial;
    const bool keeps_number = !flags.syn() && (flags.rst() || endpoint.seq_of(segment) == 1);
    if (pending_ && keeps_number && !has_other_syns_) tell(report);
  }

 private:
  struct Pending {
    Place place;
    StreamOffset ack;
  };
  void on_sent(const Endpoint& endpoint, const TracedSegment& segment, Report& report) {
    const TcpFlags flags = segment.segment.flags;
    if (!flags.syn() || !flags.ack() || has_other_syns_ || pending_) return;
    const StreamOffset ack = endpoint.ack_of(segment);
    if (ack >= 1 && ack <= endpoint.peer().max_end) return;
    pending_ = Pending{report.place(), ack};
    if (endpoint.circumstances().order_is_exact) tell(report);
  }
  void tell(Report& report) {
    report.add_about(kSynAckInfo, pending_->place,
                     fmt::format("the SYN-ACK acknowledges ISN{:+}, not ISN+1", pending_->ack));
    pending_.reset();
  }

  std::optional<Pending> pending_;
  bool has_other_syns_ = false;
};

// Another number may be another attempt of the application. It is a repetition if it comes as soon as one does, looks
// like the first in all else, and the peer goes on with the first. A SYN-ACK is one in any case, unless a SYN came
// between: nobody attempts to answer.
class SynKeepsItsNumber final : public RuleOf<kIsnInfo> {
 public:
  void on_segment(const Endpoint& endpoint, const TracedSegment& segment, Report& report) override {
    if (segment.checksum_is_wrong) return;
    if (segment.segment.flags.rst()) is_settled_ = true;
    if (is_settled_ || !endpoint.own().initial) return;
    if (segment.sent && segment.segment.flags.syn()) return on_syn(endpoint, segment, report);
    if (segment.segment.flags.syn()) was_asked_again_ = true;
    if (segment.sent || !segment.segment.flags.ack()) return;
    if (odd_ && endpoint.ack_of(segment) == 1)
      report.add_about(kIsnInfo, *odd_, "the SYN is sent again with another number");
    is_settled_ = true;
  }

 private:
  static constexpr Duration kSoon = 3500ms;  // RFC 6298 5.7 knows no longer first timeout than three seconds
  void on_syn(const Endpoint& endpoint, const TracedSegment& segment, Report& report) {
    const Side& own = endpoint.own();
    const bool is_same = segment.segment.seq == *own.initial;
    const bool was_asked = std::exchange(was_asked_again_, false);
    if (!is_same && segment.segment.flags.ack() && own.syn_flags.ack() && !was_asked) {
      report.add(kIsnInfo, "the SYN-ACK is sent again with another number");
      is_settled_ = true;
      return;
    }
    if (is_same || odd_ || segment.time > own.latest + kSoon) return;
    const SegmentOptions& options = segment.segment.options;
    const bool looks_alike = segment.segment.flags == own.syn_flags && options.mss == own.syn_options.mss &&
                             options.window_scale == own.syn_options.window_scale;
    if (looks_alike) odd_ = report.place();
  }

  std::optional<Place> odd_;
  bool was_asked_again_ = false;
  bool is_settled_ = false;
};

// What any SYN of the peer has offered: repeated ones may offer less, or more.
class Offered {
 public:
  void take(const TracedSegment& segment) {
    if (segment.sent || segment.checksum_is_wrong || !segment.segment.flags.syn()) return;
    scale = scale || segment.segment.options.window_scale.has_value();
    timestamps = timestamps || segment.segment.options.timestamps.has_value();
  }
  bool scale = false;
  bool timestamps = false;
};

bool is_passive_syn_ack(const Endpoint& endpoint, const TracedSegment& segment) {
  const TcpFlags flags = segment.segment.flags;
  return segment.sent && !segment.checksum_is_wrong && flags.syn() && flags.ack() && endpoint.peer().initial &&
         !endpoint.is_active();
}

class ScalingOnlyIfOffered final : public RuleOf<kScalingInfo> {
 public:
  void on_segment(const Endpoint& endpoint, const TracedSegment& segment, Report& report) override {
    offered_.take(segment);
    if (is_passive_syn_ack(endpoint, segment) && segment.segment.options.window_scale && !offered_.scale)
      report.add(kScalingInfo, "the SYN-ACK has a window scale though the SYN had none");
  }

 private:
  Offered offered_;
};

class TimestampsOnlyIfOffered final : public RuleOf<kTimestampsOfferInfo> {
 public:
  void on_segment(const Endpoint& endpoint, const TracedSegment& segment, Report& report) override {
    offered_.take(segment);
    if (is_passive_syn_ack(endpoint, segment) && segment.segment.options.timestamps && !offered_.timestamps)
      report.add(kTimestampsOfferInfo, "the SYN-ACK has timestamps though the SYN had none");
  }

 private:
  Offered offered_;
};

class ShiftIsAtMost14 final : public RuleOf<kShiftInfo> {
 public:
  void on_segment(const Endpoint&, const TracedSegment& segment, Report& report) override {
    if (!segment.sent || segment.checksum_is_wrong || !segment.segment.flags.syn()) return;
    const unsigned shift = segment.segment.options.window_scale.value_or(0);
    if (shift > wire::kTcpMaxWindowShift) report.add(kShiftInfo, fmt::format("offers a window scale of {}", shift));
  }
};

bool is_undamaged_without_syn(const TracedSegment& segment) {
  return segment.sent && !segment.checksum_is_wrong && !segment.segment.flags.syn();
}

class MssOnlyOnASyn final : public RuleOf<kMssOnSynInfo> {
 public:
  void on_segment(const Endpoint&, const TracedSegment& segment, Report& report) override {
    if (is_undamaged_without_syn(segment) && segment.segment.options.mss)
      report.add(kMssOnSynInfo, "a segment without SYN has the maximum segment size option");
  }
};

class WindowScaleOnlyOnASyn final : public RuleOf<kScaleOnSynInfo> {
 public:
  void on_segment(const Endpoint&, const TracedSegment& segment, Report& report) override {
    if (is_undamaged_without_syn(segment) && segment.segment.options.window_scale)
      report.add(kScaleOnSynInfo, "a segment without SYN has the window scale option");
  }
};

class AckFlagAfterTheSyn final : public RuleOf<kAckFlagInfo> {
 public:
  void on_segment(const Endpoint& endpoint, const TracedSegment& segment, Report& report) override {
    if (is_ordinary(endpoint, segment) && !segment.segment.flags.ack())
      report.add(kAckFlagInfo, fmt::format("a segment has the flags {} and no ACK", to_string(segment.segment.flags)));
  }
};

// TCP Fast Open is the exception, and its SYN has data or an option that we do not know (RFC 7413).
class DataWaitsForTheHandshake final : public RuleOf<kDataEarlyInfo> {
 public:
  void on_segment(const Endpoint& endpoint, const TracedSegment& segment, Report& report) override {
    const TcpFlags flags = segment.segment.flags;
    if (flags.syn()) is_fast_open_ = is_fast_open_ || segment.has_unknown_options || segment.payload_octets() != 0;
    if (!segment.sent || segment.checksum_is_wrong || flags.syn() || flags.rst() || segment.length() == 0) return;
    const Circumstances& known = endpoint.circumstances();
    if (!endpoint.own().initial || endpoint.is_over() || is_fast_open_ || known.has_gaps || !known.is_near) return;
    if (endpoint.snd_una() > 0) return;
    report.add(kDataEarlyInfo, fmt::format("sends {} before its SYN was acknowledged", flags.fin() ? "FIN" : "data"));
  }

 private:
  bool is_fast_open_ = false;
};

}  // namespace

void add_handshake_rules(Rules& rules) {
  add_rules<SynAckAcknowledgesTheSyn, SynKeepsItsNumber, ScalingOnlyIfOffered, TimestampsOnlyIfOffered, ShiftIsAtMost14,
            MssOnlyOnASyn, WindowScaleOnlyOnASyn, AckFlagAfterTheSyn, DataWaitsForTheHandshake>(rules);
}

}  // namespace fourtuple::judge
