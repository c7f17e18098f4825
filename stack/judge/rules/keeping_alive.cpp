// What happens while nothing happens: keep-alives, and the quiet time at the end.
#include <fmt/format.h>
#include <optional>

#include "stack/judge/rules/all.hpp"
#include "stack/judge/rules/evidence.hpp"

namespace fourtuple::judge {
namespace {

// SEG.SEQ = SND.NXT-1 with at most one octet, while nothing is in flight and the window is open (RFC 9293 3.8.4).
bool is_keep_alive(const Endpoint& endpoint, const TracedSegment& segment) {
  const TcpFlags flags = segment.segment.flags;
  if (!segment.sent || !is_synchronized(endpoint) || endpoint.own().window == 0) return false;
  if (flags.syn() || flags.fin() || flags.rst() || segment.payload_octets() > 1) return false;
  const bool is_idle = !endpoint.has_in_flight() && endpoint.snd_nxt() > 0 && !endpoint.own().fin;
  return is_idle && extent_of(endpoint, segment).begin == endpoint.snd_nxt() - 1;
}

// Rules about keep-alives are about what the application asked for, so they need its calls.
bool knows_calls(const Endpoint& endpoint) {
  return endpoint.circumstances().calls_are_known && hears_all_in_time(endpoint);
}

// [RFC9293 MUST-25]
constexpr RuleInfo kOffByDefault{.name = "keep-alive-is-off-by-default",
                                 .clause = "RFC9293 MUST-25",
                                 .level = Level::kMust,
                                 .says = "Keep-alives are sent only where the application asked for them.",
                                 .hint = "SO_KEEPALIVE must be off in a new socket."};

class KeepAliveIsOffByDefault final : public RuleOf<kOffByDefault> {
 public:
  void on_segment(const Endpoint& endpoint, const TracedSegment& segment, Report& report) override {
    if (!knows_calls(endpoint) || endpoint.has_called(Call::Kind::kKeepAlive)) return;
    if (is_keep_alive(endpoint, segment)) report.add(info(), "sends a keep-alive, and nobody has asked for any");
  }
};

// [RFC9293 MUST-28]
constexpr RuleInfo kTwoHours{.name = "keep-alive-waits-two-hours",
                             .clause = "RFC9293 MUST-28",
                             .level = Level::kMust,
                             .says =
                                 "Unless the application sets it, a connection is idle for two hours before it is "
                                 "asked whether it lives.",
                             .hint = "The default of the keep-alive interval is too short."};

class KeepAliveWaitsTwoHours final : public RuleOf<kTwoHours> {
 public:
  void on_call(const Endpoint&, const Call& call, Report&) override {
    if (call.kind == Call::Kind::kKeepAlive) is_default_ = call.octets == 0;
  }
  void on_segment(const Endpoint& endpoint, const TracedSegment& segment, Report& report) override {
    const bool is_first = is_keep_alive(endpoint, segment) && !has_asked_;
    has_asked_ = segment.sent && (has_asked_ || is_first);
    if (is_first && is_default_ && knows_calls(endpoint) && segment.time - last_heard_ < kDefault)
      report.add(info(), fmt::format("asks after {} of silence", in_words(segment.time - last_heard_)));
    if (!segment.sent) last_heard_ = segment.time;
  }

 private:
  static constexpr Duration kDefault = 7199s;
  bool is_default_ = false;
  bool has_asked_ = false;  // since something was heard
  Instant last_heard_{};
};

// [RFC9293 MUST-26]
constexpr RuleInfo kOnlyIdle{.name = "keep-alive-only-when-idle",
                             .clause = "RFC9293 MUST-26",
                             .level = Level::kMust,
                             .says = "No keep-alive is sent right after something was heard.",
                             .hint = "What arrives must start the keep-alive interval anew."};

class KeepAliveOnlyWhenIdle final : public RuleOf<kOnlyIdle> {
 public:
  void on_segment(const Endpoint& endpoint, const TracedSegment& segment, Report& report) override {
    if (!segment.sent) {
      if (is_heard(endpoint, segment)) last_heard_ = segment.time;
      return;
    }
    if (!is_keep_alive(endpoint, segment) || !hears_all_in_time(endpoint) || segment.payload_octets() > 0) return;
    // The shortest interval that anybody can set is a second.
    const Duration idle = segment.time - last_heard_;
    if (last_heard_ != Instant{} && idle < kShortest)
      report.add(info(), fmt::format("sends a keep-alive {} after something was heard", in_words(idle)));
  }

 private:
  static constexpr Duration kShortest = 100ms;
  Instant last_heard_{};
};

// [RFC9293 MUST-29]
constexpr RuleInfo kOneIsNoDeath{.name = "one-lost-keep-alive-is-no-death",
                                 .clause = "RFC9293 MUST-29",
                                 .level = Level::kMust,
                                 .says = "One keep-alive without an answer does not end a connection.",
                                 .hint = "ACKs without data are not sent reliably: ask several times."};

class OneLostKeepAliveIsNoDeath final : public RuleOf<kOneIsNoDeath> {
 public:
  void on_segment(const Endpoint& endpoint, const TracedSegment& segment, Report& report) override {
    const bool gives_up = segment.sent && segment.segment.flags.rst() && unanswered_ == 1;
    if (gives_up && knows_calls(endpoint) && !endpoint.has_closed())
      report.add(info(), "resets the connection after a single keep-alive");
    if (!segment.sent) unanswered_ = 0;
    if (is_keep_alive(endpoint, segment)) ++unanswered_;
  }

 private:
  int unanswered_ = 0;
};

// [RFC9293 MUST-13]
constexpr RuleInfo kTimeWait{
    .name = "time-wait-answers-a-repeated-fin",
    .clause = "RFC9293 MUST-13",
    .level = Level::kMust,
    .says = "Who closed first stays in TIME-WAIT and answers a FIN that comes again with an ACK.",
    .hint = "The connection was forgotten before two segment lifetimes had passed."};

class TimeWaitAnswersARepeatedFin final : public RuleOf<kTimeWait> {
 public:
  void on_segment(const Endpoint& endpoint, const TracedSegment& segment, Report& report) override {
    const bool waits = endpoint.state() == TcpState::kTimeWait && hears_all_in_time(endpoint);
    if (waits && !entered_) entered_ = segment.time;
    if (!waits || !segment.sent) {
      const bool comes_again = waits && endpoint.acked_by_own() > endpoint.peer().fin.value_or(INT64_MAX) &&
                               segment.segment.flags.fin() && is_heard(endpoint, segment) &&
                               is_fresh(endpoint, segment);
      fin_ = comes_again ? std::optional(segment.time) : std::nullopt;
      return;
    }
    const bool is_answer = fin_ && segment.time - *fin_ < kAnswers;
    if (is_answer && segment.segment.flags.rst() && *fin_ - *entered_ < kShortestTimeWait && !endpoint.is_over())
      report.add(info(), fmt::format("resets a connection that is {} old in TIME-WAIT, where the peer's FIN came again",
                                     in_words(*fin_ - *entered_)));
    fin_.reset();
  }

 private:
  static constexpr Duration kShortestTimeWait = 25s;  // 2 MSL is four minutes by the RFC; nobody's is below 30 s
  static constexpr Duration kAnswers = 100ms;
  std::optional<Instant> entered_;
  std::optional<Instant> fin_;
};

}  // namespace

void add_keeping_alive_rules(Rules& rules) {
  add_rules<KeepAliveIsOffByDefault, KeepAliveWaitsTwoHours, KeepAliveOnlyWhenIdle, OneLostKeepAliveIsNoDeath,
            TimeWaitAnswersARepeatedFin>(rules);
}

}  // namespace fourtuple::judge
