// Two of our stacks on a simulated wire, in exact virtual time: it moves one event at a time, and the same set-up and
// the same actions give the same events, whenever and however often.
#pragma once

#include <array>
#include <memory>
#include <string>
#include <vector>

#include "apps/lab/action.hpp"
#include "apps/lab/event_log.hpp"
#include "apps/lab/host.hpp"
#include "apps/lab/wire.hpp"
#include "stack/observe/fanout.hpp"

namespace fourtuple::lab {

struct Setup {
  std::uint64_t seed = 1;
  impair::WireRules rules;
  std::size_t mtu = 1500;
  std::array<StackConfig, 2> hosts;
  std::vector<TimedAction> script;  // by time
};

class Experiment {
 public:
  explicit Experiment(const Setup& setup);
  ~Experiment();
  Experiment(const Experiment&) = delete;
  Experiment& operator=(const Experiment&) = delete;

  // Since the start.
  [[nodiscard]] Duration now() const { return now_ - begin_; }
  [[nodiscard]] const EventLog& log() const { return log_; }
  [[nodiscard]] const Host& host(int index) const { return *hosts_[static_cast<std::size_t>(index)]; }
  // No frame is under way, no connection waits for anything, and the script is at its end.
  [[nodiscard]] bool is_idle() const;

  // Hears of what that host does, too. It outlives the experiment.
  void add_sink(int host, trace::Sink& sink) { sinks_[static_cast<std::size_t>(host)].add(sink); }

  // Now.
  Result<void, std::string> act(const Action& action);
  // Lets one thing happen: an action of the script, a frame that arrives, a timer. False where there is none before
  // `limit`, or the log is full.
  bool step(Duration limit = Duration::max());
  // Until something of the kind has been told, at most `limit` more of virtual time.
  bool step_to_segment(Duration limit);
  // Everything until then; time ends there even if nothing is left.
  void run_until(Duration moment);
  // What act() did, with times and positions: added to the script, it makes the same run again.
  [[nodiscard]] const std::vector<TimedAction>& actions() const { return actions_; }

 private:
  class Ear;  // hears one host's events
  [[nodiscard]] Instant next_moment() const;
  [[nodiscard]] bool hand_is_next() const;
  void perform(const Action& action);

  Instant begin_;
  Instant now_;
  EventLog log_;
  BufferPool pool_;
  Wire wire_;
  std::array<std::unique_ptr<Ear>, 2> ears_;
  std::array<observe::Fanout, 2> sinks_;
  std::array<std::unique_ptr<Host>, 2> hosts_;
  std::vector<TimedAction> script_;  // by time
  std::size_t next_in_script_ = 0;
  std::vector<TimedAction> by_hand_;  // of an earlier run, by position
  std::size_t next_by_hand_ = 0;
  std::vector<TimedAction> actions_;
  std::string problem_;  // of the last action
};

}  // namespace fourtuple::lab
