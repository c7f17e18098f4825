// Closed windows: who waits in front of one must ask.
#include <fmt/format.h>

#include "stack/judge/rules/all.hpp"
#include "stack/judge/rules/closed_window.hpp"
#include "stack/judge/rules/flight.hpp"

namespace fourtuple::judge {
namespace {

// No first timeout takes as long, unless the round trip is long or an earlier timeout was backed off.
Duration longest_first_timeout(const Flight& flight) {
  return std::max<Duration>(6s, 10 * flight.longest_round_trip().value_or(Duration{}));
}

// Rules about probes watch the closed window, and look at each segment first.
class ProbeRule : public Rule {
 public:
  void on_segment(const Endpoint& endpoint, const TracedSegment& segment, Report& report) final {
    if (hears_all_in_time(endpoint) && is_synchronized(endpoint)) look_at(endpoint, segment, report);
    window_.take(endpoint, segment, report);
    follow(endpoint, segment);
  }

 protected:
  virtual void look_at(const Endpoint& endpoint, const TracedSegment& segment, Report& report) = 0;
  // What else of the segment the rule remembers.
  virtual void follow(const Endpoint& /*endpoint*/, const TracedSegment& /*segment*/) {}
  [[nodiscard]] const ClosedWindow& window() const { return window_; }

 private:
  ClosedWindow window_;
};

// Those that compare with round trips and timeouts know what is in flight, too.
class TimedProbeRule : public ProbeRule {
 protected:
  [[nodiscard]] const Flight& flight() const { return flight_; }

 private:
  void follow(const Endpoint& endpoint, const TracedSegment& segment) final { flight_.take(endpoint, segment); }
  Flight flight_;
};

// [RFC9293 MUST-36]
constexpr RuleInfo kProbed{.name = "closed-window-is-probed",
                           .clause = "RFC9293 MUST-36",
                           .level = Level::kMust,
                           .says = "Who has octets to send into a closed window probes it.",
                           .hint = "If the window update is lost, both sides wait for ever: arm the persist timer."};

class ClosedWindowIsProbed final : public RuleOf<kProbed, TimedProbeRule> {
 public:
  void on_end(const Endpoint& endpoint, Instant end, Report& report) override {
    const bool is_proven = endpoint.circumstances().order_is_exact && ClosedWindow::has_waiting_octets(endpoint);
    if (!window().now() || !is_proven || !is_synchronized(endpoint) || !hears_all_in_time(endpoint)) return;
    if (!window().now()->first_probe) tell(*window().now(), end, report);
  }

 private:
  void look_at(const Endpoint& endpoint, const TracedSegment& segment, Report& report) override {
    const ClosedWindow::Episode* const episode = window().waited_for(endpoint, segment);
    if (episode != nullptr && !episode->first_probe) tell(*episode, *episode->opened, report);
  }
  void tell(const ClosedWindow::Episode& episode, Instant end, Report& report) const {
    const Duration silence = end - episode.closed.time;
    if (silence <= longest_first_timeout(flight()) || flight().may_be_backed_off()) return;
    report.add(info(), fmt::format("had octets to send and has not probed the window that {} closed, for {}",
                                   in_words(episode.closed), in_words(silence)));
  }
};

// [RFC9293 SHLD-29]
constexpr RuleInfo kFirstProbe{.name = "first-probe-after-one-timeout",
                               .clause = "RFC9293 SHLD-29",
                               .level = Level::kShould,
                               .says = "A closed window is first probed after one retransmission timeout.",
                               .hint =
                                   "The persist timer starts with the retransmission timeout, not with less than "
                                   "a round trip and not with a minute."};

class FirstProbeAfterOneTimeout final : public RuleOf<kFirstProbe, TimedProbeRule> {
 private:
  void look_at(const Endpoint& endpoint, const TracedSegment& segment, Report& report) override {
    const auto& episode = window().now();
    if (episode && !episode->first_probe && window().is_probe(endpoint, segment)) {
      look_at_first(segment.time - episode->closed.time, report);
    }
    const ClosedWindow::Episode* const waited = window().waited_for(endpoint, segment);
    if (waited == nullptr || !waited->first_probe || flight().may_be_backed_off()) return;
    const Duration wait = waited->first_probe->time - waited->closed.time;
    if (wait <= longest_first_timeout(flight())) return;
    report.add_about(info(), *waited->first_probe, fmt::format("first probes after {}", in_words(wait)));
  }
  void look_at_first(Duration wait, Report& report) const {
    const Duration round_trip = flight().shortest_round_trip().value_or(Duration{});
    if (wait >= round_trip - round_trip / 10) return;
    report.add(info(), fmt::format("probes after {}, which is less than any round trip was", in_words(wait)));
  }
};

// [RFC9293 SHLD-30]
constexpr RuleInfo kProbesBackOff{.name = "probes-back-off",
                                  .clause = "RFC9293 SHLD-30",
                                  .level = Level::kShould,
                                  .says = "The time between probes of a closed window grows exponentially.",
                                  .hint = "The persist timer is armed anew with the same time."};

class ProbesBackOff final : public RuleOf<kProbesBackOff, ProbeRule> {
 private:
  void look_at(const Endpoint& endpoint, const TracedSegment& segment, Report& report) override {
    if (!window().is_probe(endpoint, segment)) return;
    Copies probes = window().now()->probes;
    probes.add(segment.time);
    // A minimum under the timer makes the first waits grow slowly; not to grow at all is another matter.
    const bool stands_still = 20 * probes.last_wait() < 23 * probes.wait_before();
    if (!probes.grow_too_slowly() || !stands_still) return;
    report.add(info(), fmt::format("probes after {}, and had waited {} before", in_words(probes.last_wait()),
                                   in_words(probes.wait_before())));
  }
};

// [RFC9293 3.8.6.1]
constexpr RuleInfo kProbeCarries{.name = "probe-carries-an-octet",
                                 .clause = "RFC9293 3.8.6.1",
                                 .level = Level::kShould,
                                 .says = "A probe of a closed window carries new octets, or old ones again.",
                                 .hint =
                                     "An empty segment with an old number is answered too, but a window that has "
                                     "opened is not used by it."};

class ProbeCarriesAnOctet final : public RuleOf<kProbeCarries, ProbeRule> {
 private:
  void look_at(const Endpoint& endpoint, const TracedSegment& segment, Report& report) override {
    const ClosedWindow::Episode* const episode = window().waited_for(endpoint, segment);
    if (episode != nullptr && episode->empty_probe) tell(*episode->empty_probe, report);
    const bool is_empty = window().is_probe(endpoint, segment) && segment.length() == 0;
    const bool is_known = is_empty && !window().now()->empty_probe && ClosedWindow::has_waiting_octets(endpoint);
    if (is_known && !endpoint.has_called(Call::Kind::kKeepAlive)) tell(report.place(), report);
  }
  void tell(const Place& place, Report& report) {
    if (last_told_ == place.segment) return;
    last_told_ = place.segment;
    report.add_about(info(), place, "probes a closed window without an octet, and has octets to send");
  }
  std::optional<std::size_t> last_told_;
};

// [RFC9293 MUST-37]
constexpr RuleInfo kStaysOpen{
    .name = "closed-window-keeps-the-connection",
    .clause = "RFC9293 MUST-37",
    .level = Level::kMust,
    .says = "A connection stays open as long as the peer answers probes of its closed window.",
    .hint = "Answered probes must not count towards R2."};

class ClosedWindowKeepsTheConnection final : public RuleOf<kStaysOpen, TimedProbeRule> {
 private:
  void look_at(const Endpoint& endpoint, const TracedSegment& segment, Report& report) override {
    if (!segment.sent || !segment.segment.flags.rst() || !window().now()) return;
    const bool was_asked_for = !endpoint.circumstances().calls_are_known || endpoint.has_closed();
    const ClosedWindow::Episode& episode = *window().now();
    if (was_asked_for || !episode.first_probe || !episode.is_answered) return;
    if (flight().last_heard() + kAnswerTakesPart > segment.time) return;
    report.add(info(), "resets in front of a closed window although its probes are answered");
  }
  static constexpr Duration kAnswerTakesPart = 1ms;  // a reset right behind something that came answers that
};

}  // namespace

void add_probing_rules(Rules& rules) {
  add_rules<ClosedWindowIsProbed, FirstProbeAfterOneTimeout, ProbesBackOff, ProbeCarriesAnOctet,
            ClosedWindowKeepsTheConnection>(rules);
}

}  // namespace fourtuple::judge
