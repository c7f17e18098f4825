// How much is sent at a time: Nagle's rule, silly windows on both sides, and how many segments may be on their way.
#include <algorithm>
#include <fmt/format.h>

#include "stack/judge/rules/all.hpp"
#include "stack/judge/rules/evidence.hpp"
#include "stack/wire/tcp_limits.hpp"

namespace fourtuple::judge {
namespace {

// SMSS in octets of payload: what a full segment carries.
std::uint32_t full_payload(const Endpoint& endpoint) {
  const std::uint32_t limit = std::min(endpoint.send_limit(), endpoint.receive_limit());
  const std::uint32_t options = endpoint.uses_timestamps() ? wire::kTcpTimestampsInHeader : 0;
  return limit > options ? limit - options : 1;
}

bool sends_new_octets(const Endpoint& endpoint, const TracedSegment& segment) {
  if (!segment.sent || !is_synchronized(endpoint) || segment.payload_octets() == 0) return false;
  return extent_of(endpoint, segment).begin >= endpoint.snd_nxt();
}

// [RFC9293 SHLD-7]
constexpr RuleInfo kNagle{
    .name = "nagle-gathers-small-writes",
    .clause = "RFC9293 SHLD-7",
    .level = Level::kShould,
    .says = "Without TCP_NODELAY no small segment is sent while an earlier one is unacknowledged.",
    .hint = "Small writes must wait for the ACK of what is in flight; a full segment need not."};

// The gentlest form of the rule, which the RFC's appendix A.3 describes: the tail of a large write may follow full
// segments. Where the application closes, the tail may go too.
class NagleGathersSmallWrites final : public RuleOf<kNagle> {
 public:
  void on_segment(const Endpoint& endpoint, const TracedSegment& segment, Report& report) override {
    if (!sends_new_octets(endpoint, segment)) return;
    const Extent extent = extent_of(endpoint, segment);
    const bool is_small = is_partial(endpoint, segment);
    if (is_small && last_small_end_ > endpoint.snd_una() && segment.time > last_small_ && may_judge(endpoint, segment))
      report.add(info(), fmt::format("sends {} octets while {} are unacknowledged", segment.payload_octets(),
                                     endpoint.snd_nxt() - endpoint.snd_una()));
    if (!is_small) return;
    last_small_end_ = extent.end;
    last_small_ = segment.time;
  }

 private:
  // SACK blocks, for which a sender may keep all the room there is, take theirs from the segment, which is full all
  // the same. [RFC9293 MUST-16]
  static bool is_partial(const Endpoint& endpoint, const TracedSegment& segment) {
    const SegmentOptions& options = segment.segment.options;
    const std::size_t room_for_options = options.sack_count > 0 ? wire::kTcpMaxHeaderSize - wire::kTcpHeaderSize : 0;
    return segment.payload_octets() + room_for_options < full_payload(endpoint);
  }
  static bool may_judge(const Endpoint& endpoint, const TracedSegment& segment) {
    using enum Call::Kind;
    const bool is_off = endpoint.has_called(kNoDelay) || endpoint.has_called(kPushUrgent);
    const bool closes = endpoint.has_called(kShutdown) || endpoint.has_closed() || segment.segment.flags.fin();
    const bool is_probe = endpoint.own().window < full_payload(endpoint);
    return endpoint.circumstances().calls_are_known && hears_all(endpoint) && !is_off && !closes && !is_probe &&
           !segment.segment.flags.urg();
  }
  StreamOffset last_small_end_ = 0;
  Instant last_small_{};
};

// [RFC9293 MUST-38, 3.8.6.2.1]
constexpr RuleInfo kSillySender{
    .name = "no-silly-segments",
    .clause = "RFC9293 MUST-38",
    .level = Level::kMust,
    .says = "A small window is not filled with a small segment while more waits to be sent.",
    .hint =
        "Wait until a full segment or half the largest window can be sent, or for the "
        "override timeout."};

class NoSillySegments final : public RuleOf<kSillySender> {
 public:
  void on_segment(const Endpoint& endpoint, const TracedSegment& segment, Report& report) override {
    if (segment.sent) return look_at_sent(endpoint, segment, report);
    if (segment.payload_octets() > 0) suspect_.reset();  // what is sent next may answer that
    if (!is_heard(endpoint, segment) || !endpoint.is_open() || segment.segment.flags.syn()) return;
    const StreamOffset edge = endpoint.edge_of(segment);
    if (edge > endpoint.own().right_edge) edge_moved_ = segment.time;
  }

 private:
  void look_at_sent(const Endpoint& endpoint, const TracedSegment& segment, Report& report) {
    if (!sends_new_octets(endpoint, segment) || !hears_all_in_time(endpoint)) return;
    const bool is_at_once = edge_moved_ && segment.time - *edge_moved_ <= kAtOnceBehindTheEdge;
    if (suspect_ && is_at_once && *edge_moved_ > suspect_->time) {
      report.add_about(info(), *suspect_,
                       fmt::format("fills the window with {} octets, and more was waiting", suspect_octets_));
    }
    suspect_.reset();
    if (!is_silly(endpoint, segment) || !is_at_once) return;
    suspect_ = report.place();
    suspect_octets_ = segment.payload_octets();
  }
  // Small, up to the edge, right behind news of the edge (so by no override timeout), and no end of anything.
  static bool is_silly(const Endpoint& endpoint, const TracedSegment& segment) {
    const Extent extent = extent_of(endpoint, segment);
    const std::uint64_t octets = segment.payload_octets();
    const std::uint64_t window = endpoint.own().window;
    const bool is_small = window < full_payload(endpoint) / 2 && window < endpoint.own().largest_window / 2;
    return is_small && octets <= window && extent.end == endpoint.own().last_edge && !segment.segment.flags.fin() &&
           !segment.segment.flags.urg() && !segment.segment.flags.psh() && !segment.cut_from_super_segment;
  }
  static constexpr Duration kAtOnceBehindTheEdge = 5ms;
  std::optional<Instant> edge_moved_;
  std::optional<Place> suspect_;
  std::uint32_t suspect_octets_ = 0;
};

// [RFC9293 MUST-39]
constexpr RuleInfo kSillyReceiver{.name = "no-silly-windows",
                                  .clause = "RFC9293 MUST-39",
                                  .level = Level::kMust,
                                  .says = "A small window grows by a full segment or half the buffer, not in crumbs.",
                                  .hint = "Hold the right edge until the application has read enough."};

class NoSillyWindows final : public RuleOf<kSillyReceiver> {
 public:
  void on_segment(const Endpoint& endpoint, const TracedSegment& segment, Report& report) override {
    const TcpFlags flags = segment.segment.flags;
    if (!segment.sent || !is_synchronized(endpoint) || !flags.ack() || flags.syn() || flags.rst()) return;
    const std::uint64_t window = endpoint.window_of(segment);
    const StreamOffset edge = endpoint.edge_of(segment);
    const StreamOffset advance = edge - endpoint.offered_edge();
    const StreamOffset crumb = largest_crumb(endpoint);
    if (advance <= 0 || endpoint.acked_by_own() == 0) return;
    if (advance >= crumb || static_cast<StreamOffset>(window) >= 2 * crumb) return;
    // One may be the end of a buffer that shrank; a pattern is what the rule is about.
    if (++crumbs_ >= kPattern)
      report.add(info(), fmt::format("moves the edge of its window by {} octets to {}", advance, window));
  }

 private:
  static constexpr int kPattern = 2;
  // A quarter of what the RFC recommends: its numbers are a suggestion, and the scale of a window rounds them.
  static StreamOffset largest_crumb(const Endpoint& endpoint) {
    const std::uint64_t segment = std::min(full_payload(endpoint), endpoint.receive_limit());
    const std::uint64_t crumb = std::min<std::uint64_t>(segment, endpoint.peer().largest_window / 2) / 4;
    return crumb > (std::uint64_t{1} << endpoint.own_shift()) ? static_cast<StreamOffset>(crumb) : 0;
  }
  int crumbs_ = 0;
};

// [RFC6928 2]
constexpr RuleInfo kInitialWindow{.name = "initial-window",
                                  .clause = "RFC6928 2",
                                  .level = Level::kShould,
                                  .says = "Before the first ACK of data, at most ten segments are on their way.",
                                  .hint = "The initial window is larger than RFC 6928 allows. Told once a trace."};

class InitialWindow final : public RuleOf<kInitialWindow> {
 public:
  void on_segment(const Endpoint& endpoint, const TracedSegment& segment, Report& report) override {
    if (is_settled_ || !endpoint.is_open() || segment.segment.flags.syn()) return;
    if (!segment.sent) return note_heard(segment);
    if (segment.payload_octets() == 0) return;
    // A timer that sends once more, or a probe of the tail with new octets, is another matter.
    const bool is_burst = !last_sent_ || segment.time - *last_sent_ < kTimersAreSlower;
    last_sent_ = segment.time;
    is_settled_ = !is_burst || !sends_new_octets(endpoint, segment) || endpoint.snd_una() > 1;
    if (is_settled_ || endpoint.circumstances().has_gaps) return;
    const std::int64_t in_flight = extent_of(endpoint, segment).end - 1 - (segment.segment.flags.fin() ? 1 : 0);
    // Where a peer's size is absurd, segments are as large as they are.
    const std::int64_t allowed = most(std::max(endpoint.send_limit(), segment.payload_octets()));
    if (in_flight <= allowed) return;
    is_settled_ = true;
    report.add(info(), fmt::format("has {} octets on their way before anything was acknowledged, {} are allowed",
                                   in_flight, allowed));
  }

 private:
  static std::int64_t most(std::int64_t segment) {
    return std::min(10 * segment, std::max<std::int64_t>(2 * segment, 14600));
  }
  // A duplicate ACK lets a segment leave (RFC 3042).
  void note_heard(const TracedSegment& segment) { is_settled_ = last_sent_ && segment.segment.flags.ack(); }
  static constexpr Duration kTimersAreSlower = 1ms;
  bool is_settled_ = false;  // the first window is over, or told of
  std::optional<Instant> last_sent_;
};

// [RFC5681 3.1(a)] [RFC6928 2]
constexpr RuleInfo kAfterLostSyn{
    .name = "one-segment-after-lost-syns",
    .clause = "RFC5681 3.1(a)",
    .level = Level::kMust,
    .says = "After a SYN that was repeated twice or more, data begins with one segment.",
    .hint = "The handshake's losses must reset the initial window (RFC 6928 forgives one)."};

class OneSegmentAfterLostSyns final : public RuleOf<kAfterLostSyn> {
 public:
  void on_segment(const Endpoint& endpoint, const TracedSegment& segment, Report& report) override {
    note_syn(endpoint, segment);
    if (is_told_ || !hears_all(endpoint) || !sends_new_octets(endpoint, segment)) return;
    const std::int64_t in_flight = extent_of(endpoint, segment).end - 1;
    if (endpoint.snd_una() > 1 || timeouts_ < 2 || in_flight <= endpoint.send_limit() + 1) return;
    is_told_ = true;
    report.add(info(), fmt::format("has {} octets on their way after its SYN was lost {} times", in_flight, timeouts_));
  }

 private:
  void note_syn(const Endpoint& endpoint, const TracedSegment& segment) {
    if (!segment.segment.flags.syn()) return;
    const bool is_copy = segment.sent && endpoint.own().initial == segment.segment.seq;
    if (is_copy && !was_asked_again_) ++timeouts_;
    was_asked_again_ = !segment.sent;  // a SYN-ACK that answers a SYN again was not lost for all that is known
  }
  int timeouts_ = 0;
  bool was_asked_again_ = false;
  bool is_told_ = false;
};

}  // namespace

void add_sending_rules(Rules& rules) {
  add_rules<NagleGathersSmallWrites, NoSillySegments, NoSillyWindows, InitialWindow, OneSegmentAfterLostSyns>(rules);
}

}  // namespace fourtuple::judge
