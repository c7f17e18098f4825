// Headers, checksums, and the octets themselves.
#include <algorithm>
#include <fmt/format.h>
#include <map>
#include <optional>

#include "stack/judge/rules/all.hpp"
#include "stack/judge/rules/evidence.hpp"

namespace fourtuple::judge {
namespace {

constexpr RuleInfo kSameOctetsInfo{
    .name = "same-octets-again",
    .clause = "RFC9293 3.4",
    .level = Level::kMust,
    .says = "An octet that is sent again is the octet that was sent before.",
    .hint = "See from where in the send buffer a retransmission takes its octets.",
};
constexpr RuleInfo kChecksumInfo{
    .name = "checksum-is-right",
    .clause = "RFC9293 MUST-2",
    .level = Level::kMust,
    .says = "Every segment has a right checksum.",
    .hint = "See how the checksum is computed: pseudo-header, odd lengths, fields that are changed afterwards.",
};
constexpr RuleInfo kDamagedInfo{
    .name = "damaged-segment-is-not-taken",
    .clause = "RFC9293 MUST-3",
    .level = Level::kMust,
    .says = "A segment with a wrong checksum is dropped; its octets are not acknowledged.",
    .hint = "See whether the checksum of what arrives is verified.",
};
constexpr RuleInfo kReservedInfo{
    .name = "reserved-bits-are-zero",
    .clause = "RFC9293 3.1",
    .level = Level::kMust,
    .says = "The reserved bits of the header are sent as zero.",
    .hint = "See how the octet of the data offset is written.",
};
constexpr RuleInfo kPushInfo{
    .name = "push-ends-a-write",
    .clause = "RFC9293 MUST-61",
    .level = Level::kMust,
    .says = "The last segment of what is queued carries PSH.",
    .hint = "See whether PSH is set where a segment empties the send buffer.",
};
constexpr RuleInfo kUrgentInfo{
    .name = "urgent-pointer-has-a-place",
    .clause = "RFC9293 MUST-62",
    .level = Level::kMust,
    .says =
        "The urgent pointer names the octet that follows the urgent data; it lies ahead of the segment, and never goes "
        "back.",
    .hint = "See how SND.UP is set by a write of urgent octets, and how it is put into a segment.",
};
constexpr RuleInfo kUnknownOptionsInfo{
    .name = "unknown-options-are-passed-over",
    .clause = "RFC9293 MUST-6",
    .level = Level::kMust,
    .says = "An option of unknown kind changes nothing.",
    .hint = "See what the parser of options does with a kind that it does not know.",
};

// Keeps what may come again: octets not yet acknowledged, and some behind that, for an ACK may be late or lost. Where
// that would be too much, the oldest are forgotten, and nothing is said about them.
class SameOctetsAgain final : public RuleOf<kSameOctetsInfo> {
 public:
  void on_segment(const Endpoint& endpoint, const TracedSegment& segment, Report& report) override {
    if (!is_ordinary(endpoint, segment) || segment.segment.payload.empty()) return;
    const StreamOffset begin = endpoint.seq_of(segment);
    if (begin < 1 || is_garbage_of_a_probe(endpoint, segment)) return;
    forget(endpoint.snd_una() - kBehind);
    if (const auto at = first_difference(begin, segment.segment.payload))
      report.add(kSameOctetsInfo, fmt::format("octet {} was sent with another value before", *at));
    keep(begin, segment.segment.payload);
  }

 private:
  static constexpr StreamOffset kBehind = 65536;
  static constexpr std::size_t kMaxOctets = std::size_t{8} << 20;
  static constexpr std::size_t kMaxChunks = 65536;
  using Chunks = std::map<StreamOffset, std::vector<std::uint8_t>>;

  // RFC 9293 3.8.4: what a keep-alive carries is no octet of the stream.
  static bool is_garbage_of_a_probe(const Endpoint& endpoint, const TracedSegment& segment) {
    return segment.segment.payload.size() == 1 && endpoint.seq_of(segment) < endpoint.snd_una();
  }
  static StreamOffset end_of(const Chunks::value_type& chunk) {
    return chunk.first + static_cast<StreamOffset>(chunk.second.size());
  }
  [[nodiscard]] Chunks::const_iterator first_touching(StreamOffset begin) const {
    auto at = chunks_.upper_bound(begin);
    if (at != chunks_.begin() && end_of(*std::prev(at)) > begin) --at;
    return at;
  }
  [[nodiscard]] std::optional<StreamOffset> first_difference(StreamOffset begin, ByteView octets) const {
    const StreamOffset end = begin + static_cast<StreamOffset>(octets.size());
    for (auto at = first_touching(begin); at != chunks_.end() && at->first < end; ++at) {
      const StreamOffset from = std::max(begin, at->first);
      const StreamOffset to = std::min(end, end_of(*at));
      const auto* const kept = at->second.data() + (from - at->first);
      const auto* const sent = octets.data() + (from - begin);
      const auto* const differs = std::mismatch(kept, kept + (to - from), sent).first;
      if (differs != kept + (to - from)) return from + (differs - kept);
    }
    return std::nullopt;
  }
  // What is not there yet; chunks never overlap.
  void keep(StreamOffset begin, ByteView octets) {
    const StreamOffset end = begin + static_cast<StreamOffset>(octets.size());
    StreamOffset from = begin;
    while (from < end) {
      const auto at = first_touching(from);
      const bool is_kept = at != chunks_.end() && at->first <= from;
      const StreamOffset to = at == chunks_.end() ? end : std::min(end, is_kept ? end_of(*at) : at->first);
      if (!is_kept)
        insert(from, octets.subspan(static_cast<std::size_t>(from - begin), static_cast<std::size_t>(to - from)));
      from = to;
    }
  }
  void insert(StreamOffset begin, ByteView octets) {
    chunks_.emplace(begin, std::vector<std::uint8_t>(octets.begin(), octets.end()));
    octets_ += octets.size();
    while (octets_ > kMaxOctets || chunks_.size() > kMaxChunks) drop_first();
  }
  void forget(StreamOffset below) {
    while (!chunks_.empty() && end_of(*chunks_.begin()) <= below) drop_first();
  }
  void drop_first() {
    octets_ -= chunks_.begin()->second.size();
    chunks_.erase(chunks_.begin());
  }

  Chunks chunks_;
  std::size_t octets_ = 0;
};

// Whoever made the capture has told apart what an offload would have filled in.
class ChecksumIsRight final : public RuleOf<kChecksumInfo> {
 public:
  void on_segment(const Endpoint& endpoint, const TracedSegment& segment, Report& report) override {
    if (segment.sent && segment.checksum_is_wrong && endpoint.circumstances().is_near)
      report.add(kChecksumInfo, "a segment is sent with a wrong checksum");
  }
};

// Only octets that came in no undamaged segment prove anything. Far from the endpoint, and where a device has joined
// segments, a checksum may have been made right, or wrong, on the way.
class DamagedSegmentIsNotTaken final : public RuleOf<kDamagedInfo> {
 public:
  void on_segment(const Endpoint& endpoint, const TracedSegment& segment, Report& report) override {
    if (!endpoint.is_open() || !hears_all(endpoint)) return;
    if (!segment.sent) return on_came(endpoint, segment);
    if (damaged_.ranges().empty() || damaged_.merged_by_force() || endpoint.peer().seen.merged_by_force()) return;
    if (!is_ordinary(endpoint, segment) || !segment.segment.flags.ack()) return;
    const StreamOffset have = endpoint.rcv_nxt();
    if (endpoint.ack_of(segment) <= have || !damaged_.touches(have, have + 1)) return;
    report.add(kDamagedInfo, fmt::format("acknowledges {}, but octet {} came only in a damaged segment",
                                         endpoint.ack_of(segment), have));
    damaged_ = {};
  }

 private:
  void on_came(const Endpoint& endpoint, const TracedSegment& segment) {
    if (!segment.checksum_is_wrong || segment.segment.flags.rst() || segment.segment.flags.syn()) return;
    if (segment.cut_from_super_segment) return;
    const StreamOffset begin = endpoint.seq_of(segment);
    if (begin <= endpoint.offered_edge()) damaged_.add(begin, begin + segment.length());
  }
  RangeSet damaged_;
};

// The lowest of the four belongs to ECN's successors (RFC 3540, AccECN) where a SYN asked for one of them.
class ReservedBitsAreZero final : public RuleOf<kReservedInfo> {
 public:
  void on_segment(const Endpoint&, const TracedSegment& segment, Report& report) override {
    if (segment.segment.flags.syn() && segment.segment.flags.ece()) allowed_ = kAccurateEcn;
    if (!segment.sent || segment.checksum_is_wrong || (segment.reserved_bits & ~allowed_) == 0) return;
    report.add(kReservedInfo, fmt::format("the reserved bits are {:04b}", segment.reserved_bits));
  }

 private:
  static constexpr std::uint8_t kAccurateEcn = 0x1;
  std::uint8_t allowed_ = 0;
};

// Known writes tell where one ends. Without them: a short segment, acknowledged, and answered by the other
// application before anything else was sent, was surely all that was queued.
class PushEndsAWrite final : public RuleOf<kPushInfo> {
 public:
  void on_segment(const Endpoint& endpoint, const TracedSegment& segment, Report& report) override {
    if (!segment.sent) return on_came(endpoint, segment, report);
    if (!is_ordinary(endpoint, segment) || segment.payload_octets() == 0) return;
    short_.reset();
    const StreamOffset end = endpoint.seq_of(segment) + segment.payload_octets();
    const bool may_end = !segment.segment.flags.psh() && !segment.segment.flags.fin() && end > endpoint.snd_nxt();
    if (!may_end) return;
    const Circumstances& known = endpoint.circumstances();
    if (known.calls_are_known && known.order_is_exact) {
      if (end == 1 + static_cast<StreamOffset>(endpoint.written())) report.add(kPushInfo, kSentence);
    } else if (known.is_near && segment.payload_octets() < endpoint.send_limit() / 2) {
      short_ = Short{report.place(), end};
    }
  }

 private:
  static constexpr const char* kSentence = "the last octet that was written is sent without PSH";
  static constexpr Duration kAnswer = 500ms;  // longer than anybody holds back the rest of a write
  struct Short {
    Place place;
    StreamOffset end;
  };
  void on_came(const Endpoint& endpoint, const TracedSegment& segment, Report& report) {
    if (!short_ || segment.checksum_is_wrong || segment.segment.flags.rst() || endpoint.circumstances().has_gaps)
      return;
    const bool answers = endpoint.seq_of(segment) == endpoint.rcv_nxt() && segment.payload_octets() != 0;
    if (!answers || endpoint.snd_una() < short_->end || segment.time < short_->place.time + kAnswer) return;
    report.add_about(kPushInfo, short_->place, kSentence);
    short_.reset();
  }
  std::optional<Short> short_;
};

class UrgentPointerHasAPlace final : public RuleOf<kUrgentInfo> {
 public:
  void on_segment(const Endpoint& endpoint, const TracedSegment& segment, Report& report) override {
    if (!is_ordinary(endpoint, segment) || !segment.segment.flags.urg()) return;
    const StreamOffset place = endpoint.seq_of(segment) + segment.segment.urgent;
    if (segment.segment.urgent == 0)
      report.add(kUrgentInfo, "the urgent pointer is zero: there is nothing urgent ahead");
    if (segment.segment.urgent == 0) return;
    if (last_ && place < *last_ && endpoint.is_surely_latest(segment) && endpoint.seq_of(segment) >= endpoint.snd_nxt())
      report.add(kUrgentInfo, fmt::format("the urgent pointer goes back from {} to {}", *last_, place));
    judge_known(endpoint, place, report);
    last_ = std::max(place, last_.value_or(place));
  }
  void on_call(const Endpoint& endpoint, const Call& call, Report&) override {
    if (call.kind == Call::Kind::kPushUrgent) pushed_ = 1 + static_cast<StreamOffset>(endpoint.written() + call.octets);
  }

 private:
  // The octet after the urgent one (RFC 9293 MUST-62), or that one itself as older texts had it.
  void judge_known(const Endpoint& endpoint, StreamOffset place, Report& report) const {
    const Circumstances& known = endpoint.circumstances();
    if (!known.calls_are_known || !known.order_is_exact) return;
    if (!pushed_) report.add(kUrgentInfo, "URG is set though no urgent octet was written");
    if (pushed_ && place > *pushed_)
      report.add(kUrgentInfo,
                 fmt::format("the urgent pointer names {}, behind the urgent octets that end at {}", place, *pushed_));
  }
  std::optional<StreamOffset> last_;
  std::optional<StreamOffset> pushed_;
};

// A RST right behind such a segment, of an endpoint whose application asked for none.
class UnknownOptionsArePassedOver final : public RuleOf<kUnknownOptionsInfo> {
 public:
  void on_segment(const Endpoint& endpoint, const TracedSegment& segment, Report& report) override {
    const Circumstances& known = endpoint.circumstances();
    if (!segment.sent) {
      came_with_unknown_ = segment.has_unknown_options && endpoint.is_open() && !endpoint.is_over() &&
                           endpoint.seq_of(segment) == endpoint.rcv_nxt() && !segment.segment.flags.syn() &&
                           !segment.segment.flags.rst() && endpoint.may_take(segment);
      return;
    }
    const bool is_proof = known.calls_are_known && known.order_is_exact && !endpoint.has_closed();
    if (came_with_unknown_ && segment.segment.flags.rst() && is_proof)
      report.add(kUnknownOptionsInfo, "a segment with an option of unknown kind is answered with RST");
    came_with_unknown_ = false;
  }

 private:
  bool came_with_unknown_ = false;
};

}  // namespace

void add_octet_rules(Rules& rules) {
  add_rules<SameOctetsAgain, ChecksumIsRight, DamagedSegmentIsNotTaken, ReservedBitsAreZero, PushEndsAWrite,
            UrgentPointerHasAPlace, UnknownOptionsArePassedOver>(rules);
}

}  // namespace fourtuple::judge
