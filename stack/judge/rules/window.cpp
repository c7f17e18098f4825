// Windows: what an endpoint offers it does not take back, and what it sends keeps to the peer's window and size.
#include <algorithm>
#include <fmt/format.h>

#include "stack/judge/rules/all.hpp"

namespace fourtuple::judge {
namespace {

constexpr RuleInfo kRightEdgeInfo{
    .name = "right-edge-stays",
    .clause = "RFC9293 SHLD-14",
    .level = Level::kShould,
    .says = "The right edge of an offered window never moves left.",
    .hint = "See how the window field is computed: never less than what was offered and not used.",
};
constexpr RuleInfo kInWindowInfo{
    .name = "stays-in-the-window",
    .clause = "RFC9293 3.4",
    .level = Level::kMust,
    .says = "No octet is sent beyond the window that the peer has offered, but for the one of a probe.",
    .hint = "See what limits a transmission: SND.UNA + SND.WND, scaled as the SYNs agreed.",
};
constexpr RuleInfo kMssInfo{
    .name = "keeps-to-the-peers-size",
    .clause = "RFC9293 MUST-16",
    .level = Level::kMust,
    .says = "Payload and options of a segment together are no longer than the size that the peer named.",
    .hint = "See how the effective size is computed: the MSS less the options of that very segment.",
};
constexpr RuleInfo kDefaultMssInfo{
    .name = "keeps-to-the-default-size",
    .clause = "RFC9293 MUST-15(a)",
    .level = Level::kMust,
    .says = "A peer that names no size is sent at most 536 octets a segment.",
    .hint = "See what the sender takes when the SYN has no MSS option.",
};

// The field of a scaled window is rounded, and the edge with it (RFC 7323 2.4).
class RightEdgeStays final : public RuleOf<kRightEdgeInfo> {
 public:
  void on_segment(const Endpoint& endpoint, const TracedSegment& segment, Report& report) override {
    if (!is_ordinary(endpoint, segment) || !segment.segment.flags.ack() || endpoint.circumstances().has_gaps) return;
    const StreamOffset edge = endpoint.edge_of(segment);
    const StreamOffset rounding = (StreamOffset{1} << endpoint.own_shift()) - 1;
    const StreamOffset back = endpoint.offered_edge() - edge;
    if (back <= rounding || endpoint.ack_of(segment) < endpoint.acked_by_own()) return;
    if (!endpoint.is_surely_latest(segment) || endpoint.peer().fin) return;  // after a FIN a window has no meaning
    report.add(kRightEdgeInfo,
               fmt::format("the right edge moves from {} to {}: {} octets back", endpoint.offered_edge(), edge, back));
  }
};

// The largest edge that was offered counts: the peer's latest may not have reached the endpoint.
class StaysInTheWindow final : public RuleOf<kInWindowInfo> {
 public:
  void on_segment(const Endpoint& endpoint, const TracedSegment& segment, Report& report) override {
    note_edge(endpoint, segment);
    if (!is_ordinary(endpoint, segment) || segment.payload_octets() == 0 || endpoint.circumstances().has_gaps) return;
    const StreamOffset end = endpoint.seq_of(segment) + segment.payload_octets();
    const StreamOffset edge = std::max(edge_, endpoint.own().right_edge);
    const bool is_probe = segment.payload_octets() == 1 && end == edge + 1;
    if (end > edge && !is_probe)
      report.add(kInWindowInfo, fmt::format("sends up to {}, but the peer offered only up to {}", end, edge));
  }

 private:
  // Of all that came, also where the endpoint may have dropped it.
  void note_edge(const Endpoint& endpoint, const TracedSegment& segment) {
    if (segment.sent || segment.checksum_is_wrong || !endpoint.is_open() || segment.segment.flags.rst()) return;
    const StreamOffset ack = endpoint.ack_of(segment);
    if (ack <= endpoint.snd_nxt()) edge_ = std::max(edge_, endpoint.edge_of(segment));
  }
  StreamOffset edge_ = 0;
};

// Sizes of data segments, for as much as a trace shows them.
bool has_a_size(const Endpoint& endpoint, const TracedSegment& segment) {
  // A super-frame whose payload was cut away could not be cut into segments.
  const bool is_whole = segment.cut_octets == 0 || endpoint.circumstances().order_is_exact;
  return is_ordinary(endpoint, segment) && segment.payload_octets() > 1 && !segment.cut_from_super_segment && is_whole;
}
std::uint32_t size_of(const TracedSegment& segment) {
  return segment.payload_octets() + static_cast<std::uint32_t>(segment.segment.options.encoded_size());
}

// Sizes below this are not kept to by many hosts, for they serve attackers only.
constexpr std::uint16_t kSmallestMss = 216;

class KeepsToThePeersSize final : public RuleOf<kMssInfo> {
 public:
  void on_segment(const Endpoint& endpoint, const TracedSegment& segment, Report& report) override {
    if (!segment.sent && segment.segment.flags.syn()) mss_ = std::max(mss_, segment.segment.options.mss.value_or(0));
    if (!has_a_size(endpoint, segment) || mss_ < kSmallestMss || size_of(segment) <= mss_) return;
    report.add(kMssInfo,
               fmt::format("{} octets of payload and options, but the peer's MSS is {}", size_of(segment), mss_));
  }

 private:
  std::uint16_t mss_ = 0;  // the largest of all SYNs
};

class KeepsToTheDefaultSize final : public RuleOf<kDefaultMssInfo> {
 public:
  void on_segment(const Endpoint& endpoint, const TracedSegment& segment, Report& report) override {
    if (!segment.sent && segment.segment.flags.syn()) has_mss_ = has_mss_ || segment.segment.options.mss.has_value();
    if (!has_a_size(endpoint, segment) || has_mss_ || size_of(segment) <= endpoint.send_limit()) return;
    report.add(kDefaultMssInfo,
               fmt::format("{} octets of payload and options to a peer that named no MSS", size_of(segment)));
  }

 private:
  bool has_mss_ = false;
};

}  // namespace

void add_window_rules(Rules& rules) {
  add_rules<RightEdgeStays, StaysInTheWindow, KeepsToThePeersSize, KeepsToTheDefaultSize>(rules);
}

}  // namespace fourtuple::judge
