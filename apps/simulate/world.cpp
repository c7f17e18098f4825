#include "apps/simulate/world.hpp"

#include <algorithm>
#include <fmt/format.h>

#include "apps/simulate/host.hpp"
#include "apps/simulate/town.hpp"
#include "apps/simulate/wire.hpp"
#include "apps/simulate/wire_observer.hpp"

namespace fourtuple::simulate {
namespace {

constexpr Instant kBegin{std::chrono::hours(1)};
constexpr int kMostRounds = 20'000;      // at one moment
constexpr Duration kMostSilence = 300s;  // more than twice the largest back-off: a living connection moves
constexpr Duration kToClose = 900s;      // 2MSL and back-offs
constexpr Duration kToTalkAgain = 10s;   //
constexpr std::uint64_t kMostEventsASecond = 2'000'000;
constexpr std::uint64_t kMostIdleFrames = 400;  // in each of so many seconds in a row in which nobody gets anywhere
constexpr int kMostBusySeconds = 3;
constexpr std::size_t kShownFrames = 30;

double seconds_of(Duration span) { return std::chrono::duration<double>(span).count(); }

// Octets of text a second: by the link's rate or by the window, whichever is less.
double best_rate(const Plan& plan) {
  constexpr double kHeaders = 66;  // Ethernet, IPv4, TCP with timestamps
  const double text = (static_cast<double>(plan.mtu) - kHeaders + 14) / (static_cast<double>(plan.mtu) + 14);
  const double round_trip = seconds_of(plan.wire.outbound.delay + plan.wire.inbound.delay);
  const auto window = static_cast<double>(plan.hosts[1].options.receive_buffer_bytes);
  return std::min(static_cast<double>(plan.wire.outbound.rate) / 8 * text, window / round_trip);
}

// Shows frames to the observer and to whoever else wants to see them.
class Gallery final : public Stranger {
 public:
  Gallery(WireObserver& observer, const Spectators& spectators) : observer_(observer), spectators_(spectators) {}
  void on_frame(int from, ByteView frame, const OffloadInfo& offload, Instant now) override {
    observer_.on_frame(from, frame, offload, now);
    if (spectators_.frames) spectators_.frames(from, frame, offload, now);
  }
  void on_fate(int from, std::uint32_t frame, const Fate& fate, ByteView packet) override {
    observer_.on_fate(from, frame, fate, packet);
  }

 private:
  WireObserver& observer_;
  const Spectators& spectators_;
};

class World {
 public:
  World(const Plan& plan, const Spectators& spectators)
      : plan_(plan),
        spectators_(spectators),
        observer_(plan.mtu),
        gallery_(observer_, spectators),
        wire_(plan, pool_, gallery_, kBegin),
        hosts_{Host(plan, 0, wire_.end(0), kBegin), Host(plan, 1, wire_.end(1), kBegin)},
        town_(plan, {&hosts_[0], &hosts_[1]}, observer_, kBegin) {
    std::ranges::stable_sort(incidents_ = plan.incidents, {}, &Incident::at);
    for (int host = 0; host < 2; ++host) join_spectator(host);
  }

  Outcome run() {
    run_until(kBegin + plan_.heals, [this] { return town_.is_done(); });
    heal();
    become_quiet();
    talked_ = now_ - kBegin;
    if (plan_.mode == Mode::kPerformance) judge_speed();
    talk_again();
    close();
    return outcome();
  }

 private:
  static std::size_t index(int host) { return static_cast<std::size_t>(host); }
  [[nodiscard]] bool is_over() const { return !problem_.empty() || event_ >= plan_.last_event; }

  void join_spectator(int host) {
    if (spectators_.sinks[index(host)] != nullptr) hosts_[index(host)].add_sink(*spectators_.sinks[index(host)]);
  }

  void fail(std::string what) {
    if (problem_.empty()) problem_ = std::move(what);
  }

  // --- One moment.

  // Lets everything happen that is due now. Answers when the applications want to be asked again.
  Instant settle() {
    wire_.set_now(now_);
    befall();
    for (int round = 0; round < kMostRounds && !is_over(); ++round) {
      const Instant wanted = town_.act(now_);
      const bool moved = let_work(hosts_[0]) | let_work(hosts_[1]);
      check();
      if (!moved && wanted > now_) return wanted;
    }
    if (!is_over()) fail("time stands still: at one moment there is always more to do");
    return kNever;
  }

  // One turn of a host: frames that came, then its timers.
  bool let_work(Host& host) {
    bool moved = false;
    const Instant local = host.local(now_);
    if (wire_.next_due(host.index()) <= now_) {
      host.stack().receive_from_driver(0, local);
      moved = true;
    }
    if (host.stack().owes_acks()) host.stack().send_owed_acks(local);
    if (host.stack().next_deadline() <= local) {
      host.stack().advance(local);
      if (host.stack().next_deadline() <= local) host.stack().advance(local);  // its outbox was full
      if (host.stack().next_deadline() <= local) fail("after advance() the next deadline is not in the future");
      moved = true;
    }
    if (moved) ++event_;
    return moved;
  }

  void check() {
    town_.look(now_);
    if (!town_.problem().empty()) return fail(town_.problem());
    for (const Host& host : hosts_) {
      if (std::string problem = host.problem(); !problem.empty())
        return fail(fmt::format("host {}: {}", host.letter(), problem));
    }
    if (!observer_.violation().empty()) fail(observer_.violation());
  }

  void befall() {
    for (; next_incident_ < incidents_.size() && kBegin + incidents_[next_incident_].at <= now_; ++next_incident_) {
      const Incident& incident = incidents_[next_incident_];
      Host& host = hosts_[incident.host];
      switch (incident.kind) {
        case IncidentKind::kClockJump:
          host.jump(incident.length);
          break;
        case IncidentKind::kReboot:
          host.reboot(now_);
          join_spectator(host.index());
          town_.on_reboot(host.index(), now_);
          break;
        case IncidentKind::kShortage:
          host.set_shortage(true);
          shortage_ends_[incident.host] = now_ + incident.length;
          break;
      }
    }
    for (std::size_t host = 0; host < 2; ++host) {
      if (shortage_ends_[host] > now_) continue;
      hosts_[host].set_shortage(false);
      shortage_ends_[host] = kNever;
    }
  }

  // --- Many moments.

  [[nodiscard]] Instant next_moment(Instant wanted) const {
    Instant next = std::min({wanted, shortage_ends_[0], shortage_ends_[1]});
    for (int host = 0; host < 2; ++host) {
      next = std::min({next, wire_.next_due(host), hosts_[index(host)].next_deadline()});
    }
    if (next_incident_ < incidents_.size()) next = std::min(next, kBegin + incidents_[next_incident_].at);
    return next;
  }

  // Until `end`, or `done` comes true; answers whether it did. Where nothing is left to happen, time goes to the end.
  template <class Done>
  bool run_until(Instant end, Done&& done) {
    while (!is_over()) {
      const Instant wanted = settle();
      if (is_over() || done()) return !is_over();
      const Instant next = next_moment(wanted);
      if (next > end) break;
      now_ = std::max(now_, next);
      count_second();
    }
    if (!is_over()) now_ = std::max(now_, end);
    return false;
  }

  // Invariants about a second: events are bounded, and so are frames while nobody gets anywhere.
  void count_second() {
    if (now_ < second_ + 1s) return;
    const std::uint64_t progress = town_.progress();
    const std::uint64_t frames = wire_.frames_from(0) + wire_.frames_from(1);
    if (event_ - events_before_ > kMostEventsASecond) fail("too many events in a second");
    const bool is_busy = frames - frames_before_ > kMostIdleFrames + 100 * plan_.talks.size();
    const bool is_war = progress == progress_before_ && now_ < second_ + 2s && is_busy;
    busy_seconds_ = is_war ? busy_seconds_ + 1 : 0;
    if (busy_seconds_ == kMostBusySeconds) fail("frame after frame, and nobody gets anywhere");
    second_ = now_;
    progress_before_ = progress;
    frames_before_ = frames;
    events_before_ = event_;
  }

  // --- From the safety phase to the end.

  void heal() {
    if (is_over()) return;
    wire_.set_now(now_);
    wire_.heal();
    for (std::size_t host = 0; host < 2; ++host) {
      hosts_[host].set_shortage(false);
      shortage_ends_[host] = kNever;
    }
    next_incident_ = incidents_.size();
    town_.calm_down();
  }

  // All talks come to their end: as long as somebody gets somewhere there is more time.
  void become_quiet() {
    while (!is_over()) {
      const std::uint64_t before = town_.progress();
      if (run_until(now_ + kMostSilence, [this] { return town_.is_done(); })) return;
      if (is_over() || town_.progress() != before || town_.end_the_hopeless(now_)) continue;
      fail(fmt::format("nobody got anywhere for {} s on a good wire:{}", kMostSilence / 1s, town_.progress_text()));
    }
  }

  // The link is used: four fifths of what it, or the window, lets through.
  void judge_speed() {
    if (is_over()) return;
    const double possible = best_rate(plan_);
    const double reached = static_cast<double>(plan_.talks.front().apps[0].write) / seconds_of(talked_);
    if (reached < 0.8 * possible) {
      fail(
          fmt::format("a clean link is not used: {:.0f} octets a second, and {:.0f} were possible", reached, possible));
    }
  }

  void talk_again() {
    if (is_over()) return;
    town_.open_another(now_);
    if (!run_until(now_ + kToTalkAgain, [this] { return town_.is_done(); }) && !is_over()) {
      fail("a new connection does not succeed:" + town_.progress_text());
    }
  }

  void close() {
    if (is_over()) return;
    town_.close_listeners(now_);
    const auto is_empty = [](const Host& host) { return host.tcp().connection_count() == 0; };
    run_until(now_ + kToClose, [&] { return std::ranges::all_of(hosts_, is_empty); });
    run_until(now_ + 1s, [] { return false; });  // what is under way
    for (const Host& host : hosts_) {
      if (std::string left = host.what_is_left(); !left.empty() && !is_over()) fail(left);
    }
  }

  Outcome outcome() {
    Outcome outcome;
    outcome.problem = problem_;
    outcome.invariant = problem_.substr(0, problem_.find_first_of("(:\n0123456789", problem_.find(": ") + 2));
    outcome.event = event_;
    outcome.took = now_ - kBegin;
    outcome.talked = talked_;
    outcome.hash = observer_.hash() ^ town_.hash() * 0x9e3779b97f4a7c15U ^ event_;
    outcome.segments = observer_.segments();
    outcome.faults = wire_.faults();
    if (problem_.empty()) return outcome;
    outcome.last_frames = observer_.log().ladder(kShownFrames, kBegin);
    outcome.control_blocks = town_.control_blocks(now_);
    return outcome;
  }

  const Plan& plan_;
  const Spectators& spectators_;
  Instant now_ = kBegin;
  BufferPool pool_;
  WireObserver observer_;
  Gallery gallery_;
  Wire wire_;
  std::array<Host, 2> hosts_;
  Town town_;
  std::vector<Incident> incidents_;
  std::size_t next_incident_ = 0;
  std::array<Instant, 2> shortage_ends_{kNever, kNever};
  std::uint64_t event_ = 0;
  Instant second_ = kBegin;
  std::uint64_t progress_before_ = 0;
  std::uint64_t frames_before_ = 0;
  std::uint64_t events_before_ = 0;
  int busy_seconds_ = 0;
  Duration talked_{};
  std::string problem_;
};

}  // namespace

Outcome live_through(const Plan& plan, const Spectators& spectators) {
  World world(plan, spectators);
  return world.run();
}

}  // namespace fourtuple::simulate
