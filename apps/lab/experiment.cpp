#include "apps/lab/experiment.hpp"

#include <algorithm>
#include <utility>

#include "apps/lab/stranger.hpp"

namespace fourtuple::lab {
namespace {
constexpr Instant kBegin{std::chrono::hours(1)};
}  // namespace

class Experiment::Ear final : public trace::Sink {
 public:
  Ear(EventLog& log, int host) : log_(log), host_(host) {}
  void on_event(const trace::Event& event) override { log_.add(host_, event); }

 private:
  EventLog& log_;
  int host_;
};

Experiment::Experiment(const Setup& setup)
    : begin_(kBegin),
      now_(kBegin),
      log_(kBegin),
      wire_(setup.rules, setup.seed, pool_, [this](int from, FrameNumber frame, ByteView bytes, std::string_view fate) {
        log_.add_sent(from, frame, bytes, fate, now_);
      }) {
  for (const TimedAction& timed : setup.script) (timed.position ? by_hand_ : script_).push_back(timed);
  std::ranges::stable_sort(script_, {}, &TimedAction::at);
  std::ranges::stable_sort(by_hand_, {}, [](const TimedAction& timed) { return *timed.position; });
  wire_.set_rules(setup.rules, now_);
  for (std::size_t i = 0; i < 2; ++i) {
    const int host = static_cast<int>(i);
    ears_[i] = std::make_unique<Ear>(log_, host);
    sinks_[i].add(*ears_[i]);
    hosts_[i] = std::make_unique<Host>(host, setup.hosts[i], setup.mtu, setup.seed * 2 + i, wire_, sinks_[i]);
  }
}

Experiment::~Experiment() = default;

// Neighbour entries grow old for minutes yet; nobody waits for that.
bool Experiment::is_idle() const {
  if (next_in_script_ < script_.size() || hand_is_next()) return false;
  for (int host = 0; host < 2; ++host) {
    const Stack& stack = hosts_[static_cast<std::size_t>(host)]->stack();
    if (wire_.next_due(host) != kNever || stack.tcp().next_deadline() != kNever) return false;
  }
  return true;
}

bool Experiment::hand_is_next() const {
  return next_by_hand_ < by_hand_.size() && log_.events().size() >= *by_hand_[next_by_hand_].position;
}

Instant Experiment::next_moment() const {
  if (hand_is_next()) return std::max(begin_ + by_hand_[next_by_hand_].at, now_);
  Instant next = next_in_script_ < script_.size() ? begin_ + script_[next_in_script_].at : kNever;
  for (int host = 0; host < 2; ++host) {
    next = std::min({next, wire_.next_due(host), hosts_[static_cast<std::size_t>(host)]->next_deadline()});
  }
  return next == kNever ? kNever : std::max(next, now_);
}

bool Experiment::step(Duration limit) {
  const Instant next = next_moment();
  if (next == kNever || log_.is_full() || (limit != Duration::max() && next > begin_ + limit)) return false;
  now_ = next;
  if (hand_is_next()) {
    const TimedAction& timed = by_hand_[next_by_hand_++];
    actions_.push_back(timed);
    perform(timed.action);
    return true;
  }
  if (next_in_script_ < script_.size() && begin_ + script_[next_in_script_].at <= now_) {
    perform(script_[next_in_script_++].action);
    return true;
  }
  for (int host = 0; host < 2; ++host) {
    if (wire_.next_due(host) > now_) continue;
    auto arrival = wire_.arrive(host, now_);
    if (!arrival) continue;
    log_.add_arrived(host, *arrival, now_);
    hosts_[static_cast<std::size_t>(host)]->receive(std::move(arrival->frame), now_);
    return true;
  }
  for (auto& host : hosts_) {
    if (host->next_deadline() <= now_) return host->advance(now_), true;
  }
  return true;  // the wire moved something along inside
}

bool Experiment::step_to_segment(Duration limit) {
  const Duration end = now() + limit;
  for (std::size_t seen = log_.events().size(); step(end);) {
    for (; seen < log_.events().size(); ++seen) {
      const std::string& event = log_.events()[seen];
      if (event.find(R"("event":"segment-)") != std::string::npos) return true;
    }
  }
  return false;
}

void Experiment::run_until(Duration moment) {
  while (step(moment)) {
  }
  if (!log_.is_full()) now_ = std::max(now_, begin_ + moment);
}

Result<void, std::string> Experiment::act(const Action& action) {
  actions_.push_back({now(), action, log_.events().size()});
  perform(action);
  if (problem_.empty()) return {};
  return failure(std::exchange(problem_, {}));
}

void Experiment::perform(const Action& action) {
  log_.add_action(action.who, to_string(action), now_);
  problem_.clear();
  if (action.who != kWire) {
    if (auto done = hosts_[static_cast<std::size_t>(action.who)]->act(action, now_); !done) problem_ = done.error();
  } else if (action.verb == Verb::kRules) {
    if (const auto rules = impair::parse_rules(action.value)) wire_.set_rules(*rules, now_);
  } else if (action.verb == Verb::kDropNext) {
    wire_.drop_next(action.kind);
  } else if (action.verb == Verb::kInjectSyn) {
    for (std::uint64_t i = 0; i < action.amount; ++i) {
      if (auto frame = stranger_syn(static_cast<std::uint32_t>(i), action.port, pool_)) {
        wire_.inject(kClient, std::move(*frame), now_);
      }
    }
  } else {
    wire_.set_cut(action.verb == Verb::kCut);
  }
  if (!problem_.empty()) log_.add_problem(action.who, problem_, now_);
}

}  // namespace fourtuple::lab
