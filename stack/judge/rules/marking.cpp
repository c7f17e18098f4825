// Explicit congestion notification (RFC 3168): who may speak of it, and what is done with a mark.
#include <fmt/format.h>
#include <optional>

#include "stack/judge/rules/all.hpp"
#include "stack/judge/rules/evidence.hpp"

namespace fourtuple::judge {
namespace {

constexpr RuleInfo kEceInfo{
    .name = "ece-only-if-negotiated",
    .clause = "RFC3168 6.1",
    .level = Level::kShould,
    .says = "ECE and CWR are set only where both SYNs agreed on ECN.",
    .hint = "See what sets the flags; they come from the SYNs' agreement.",
};
constexpr RuleInfo kMarkInfo{
    .name = "mark-is-echoed",
    .clause = "RFC3168 6.1.3",
    .level = Level::kMust,
    .says = "The ACK of octets that came marked (CE) carries ECE, unless CWR has come since.",
    .hint = "See whether the mark of the IP header reaches TCP, and which segments take the echo with them.",
};

class EceOnlyIfNegotiated final : public RuleOf<kEceInfo> {
 public:
  void on_segment(const Endpoint& endpoint, const TracedSegment& segment, Report& report) override {
    const TcpFlags flags = segment.segment.flags;
    const bool has_bits = flags.ece() || flags.cwr();
    if (flags.syn()) is_asked_for_ = is_asked_for_ || has_bits || segment.reserved_bits != 0;
    if (is_asked_for_ || !has_bits || !is_ordinary(endpoint, segment)) return;
    report.add(kEceInfo, fmt::format("the flags {} on a connection without ECN", to_string(flags)));
  }

 private:
  bool is_asked_for_ = false;
};

// Both kinds of receiver do it, the one of RFC 3168 and the exact one of RFC 8257. A SYN with a reserved bit asks for
// something newer, which echoes otherwise.
class MarkIsEchoed final : public RuleOf<kMarkInfo> {
 public:
  void on_segment(const Endpoint& endpoint, const TracedSegment& segment, Report& report) override {
    if (segment.segment.flags.syn()) is_newer_ = is_newer_ || segment.reserved_bits != 0;
    if (!endpoint.is_open() || !hears_all(endpoint) || endpoint.has_doubtful_arrivals() || !is_agreed_on(endpoint))
      return;
    if (!segment.sent) return take(endpoint, segment);
    if (!marked_end_ || !is_ordinary(endpoint, segment) || !segment.segment.flags.ack()) return;
    if (endpoint.ack_of(segment) < *marked_end_) return;
    if (!segment.segment.flags.ece())
      report.add(kMarkInfo, fmt::format("acknowledges {} without ECE, and octets below came marked", *marked_end_));
    marked_end_.reset();
  }

 private:
  bool is_agreed_on(const Endpoint& endpoint) const {
    const Side& caller = endpoint.is_active() ? endpoint.own() : endpoint.peer();
    const Side& called = endpoint.is_active() ? endpoint.peer() : endpoint.own();
    const bool answers = called.syn_flags.ack() && called.syn_flags.ece() && !called.syn_flags.cwr();
    return caller.syn_flags.ece() && caller.syn_flags.cwr() && answers && !is_newer_;
  }
  // Octets that are surely taken when their end is acknowledged.
  void take(const Endpoint& endpoint, const TracedSegment& segment) {
    if (!is_heard(endpoint, segment) || !is_fresh(endpoint, segment)) return;
    if (segment.segment.flags.cwr()) return marked_end_.reset();
    const Extent octets = octets_of(endpoint, segment);
    const StreamOffset next = endpoint.rcv_nxt();
    const bool is_next = octets.begin <= next && octets.end > next && octets.end <= endpoint.offered_edge();
    if (segment.ecn_marked && is_next && !marked_end_) marked_end_ = octets.end;
  }
  bool is_newer_ = false;
  std::optional<StreamOffset> marked_end_;
};

}  // namespace

void add_marking_rules(Rules& rules) { add_rules<EceOnlyIfNegotiated, MarkIsEchoed>(rules); }

}  // namespace fourtuple::judge
