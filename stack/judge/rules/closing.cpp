// FIN: where it stands, what may follow it, and that it is heard.
#include <fmt/format.h>
#include <optional>

#include "stack/judge/rules/all.hpp"

namespace fourtuple::judge {
namespace {

constexpr RuleInfo kFinPlaceInfo{
    .name = "fin-keeps-its-place",
    .clause = "RFC9293 3.6",
    .level = Level::kMust,
    .says = "A FIN that is sent again stands where it stood.",
    .hint = "See how the sequence number of a FIN is remembered for its retransmission.",
};
constexpr RuleInfo kAfterFinInfo{
    .name = "nothing-after-the-fin",
    .clause = "RFC9293 3.6",
    .level = Level::kMust,
    .says = "No octet of data stands behind a FIN.",
    .hint = "See whether a FIN waits for everything that was written, and whether writing fails after it.",
};
constexpr RuleInfo kFinAckedInfo{
    .name = "fin-is-acknowledged",
    .clause = "RFC9293 3.10.7.4",
    .level = Level::kMust,
    .says = "A FIN that came in order is acknowledged.",
    .hint = "See how RCV.NXT passes the FIN, and in which states.",
};
constexpr RuleInfo kUnreadInfo{
    .name = "reset-for-unread-octets",
    .clause = "RFC9293 SHLD-3",
    .level = Level::kShould,
    .says = "An application that closes with octets unread lets its peer know by a RST.",
    .hint = "See what CLOSE does while the receive buffer holds octets.",
};

class FinKeepsItsPlace final : public RuleOf<kFinPlaceInfo> {
 public:
  void on_segment(const Endpoint& endpoint, const TracedSegment& segment, Report& report) override {
    if (!is_ordinary(endpoint, segment) || !segment.segment.flags.fin() || !endpoint.own().fin) return;
    const StreamOffset place = endpoint.seq_of(segment) + segment.payload_octets();
    if (place != *endpoint.own().fin)
      report.add(kFinPlaceInfo,
                 fmt::format("a FIN stands at {}, and another one stood at {}", place, *endpoint.own().fin));
  }
};

class NothingAfterTheFin final : public RuleOf<kAfterFinInfo> {
 public:
  void on_segment(const Endpoint& endpoint, const TracedSegment& segment, Report& report) override {
    if (!is_ordinary(endpoint, segment)) return;
    const StreamOffset end = endpoint.seq_of(segment) + segment.payload_octets();
    const auto& fin = endpoint.own().fin;
    const bool is_data = segment.payload_octets() != 0 && !segment.segment.flags.fin();
    if (fin && is_data && end > *fin)
      report.add(kAfterFinInfo, fmt::format("sends octets up to {} behind its FIN at {}", end, *fin));
    if (!fin && segment.segment.flags.fin() && end < endpoint.snd_nxt())
      report.add(kAfterFinInfo,
                 fmt::format("a FIN stands at {} though octets up to {} were sent", end, endpoint.snd_nxt()));
  }
};

// Proven by a segment that is sent long enough after the FIN came and does not acknowledge it: a host that says nothing
// at all may be dead.
class FinIsAcknowledged final : public RuleOf<kFinAckedInfo> {
 public:
  void on_segment(const Endpoint& endpoint, const TracedSegment& segment, Report& report) override {
    const Circumstances& known = endpoint.circumstances();
    if (!known.is_near || known.has_gaps || is_told_ || endpoint.has_doubtful_arrivals()) return;
    note_fin(endpoint);
    if (!came_ || !is_ordinary(endpoint, segment) || !segment.segment.flags.ack()) return;
    if (endpoint.ack_of(segment) > *endpoint.peer().fin || endpoint.acked_by_own() > *endpoint.peer().fin) return;
    if (segment.time < *came_ + (known.order_is_exact ? Duration{1} : kTaking)) return;
    is_told_ = true;
    report.add(kFinAckedInfo, fmt::format("acknowledges {} and not the FIN that came at {}", endpoint.ack_of(segment),
                                          *endpoint.peer().fin));
  }

 private:
  static constexpr Duration kTaking = 1s;
  void note_fin(const Endpoint& endpoint) {
    if (!came_ && endpoint.is_open() && endpoint.has_peers_fin()) came_ = endpoint.peer().latest;
  }
  std::optional<Instant> came_;
  bool is_told_ = false;
};

// Only what the application really did tells what it had not read.
class ResetForUnreadOctets final : public RuleOf<kUnreadInfo> {
 public:
  void on_call(const Endpoint& endpoint, const Call& call, Report&) override {
    const Circumstances& known = endpoint.circumstances();
    if (call.kind != Call::Kind::kClose || !known.calls_are_known || !known.order_is_exact || !endpoint.is_open())
      return;
    if (endpoint.has_called(Call::Kind::kClose) || endpoint.is_over() || endpoint.own().fin) return;
    if (endpoint.has_doubtful_arrivals()) return;
    const StreamOffset octets = endpoint.rcv_nxt() - 1 - (endpoint.has_peers_fin() ? 1 : 0);
    unread_ = octets - static_cast<StreamOffset>(endpoint.read());
  }
  void on_segment(const Endpoint& endpoint, const TracedSegment& segment, Report& report) override {
    if (unread_ <= 0 || !segment.sent) return;
    if (segment.segment.flags.fin() && is_ordinary(endpoint, segment))
      report.add(kUnreadInfo, fmt::format("closes with FIN though {} octets were not read", unread_));
    if (segment.segment.flags.fin() || segment.segment.flags.rst()) unread_ = 0;
  }

 private:
  StreamOffset unread_ = 0;
};

}  // namespace

void add_closing_rules(Rules& rules) {
  add_rules<FinKeepsItsPlace, NothingAfterTheFin, FinIsAcknowledged, ResetForUnreadOctets>(rules);
}

}  // namespace fourtuple::judge
