// Plays one script against one stack in virtual time.
#pragma once

#include <deque>
#include <functional>
#include <optional>
#include <string>

#include "apps/drill/circumstances.hpp"
#include "apps/drill/desk.hpp"
#include "apps/drill/outcome.hpp"
#include "apps/drill/schedule.hpp"
#include "apps/drill/seen.hpp"
#include "apps/laboratory/laboratory.hpp"
#include "stack/observe/ladder.hpp"

namespace fourtuple::drill {

struct PlayOptions {
  laboratory::Setup bench;  // where the script says nothing; its sink and while_blocked are the player's affair
  bool strict = false;      // packets that nothing expects and damaged payload are failures
  std::function<void(Instant, ByteView)> on_packet;  // every IP datagram, both ways
  std::optional<observe::LadderOptions> ladder;      // draw the conversation into Outcome::ladder
  trace::Sink* watcher = nullptr;                    // sees what the ladder does
};

// Also for scripts that are not for this stack (kSkipped).
[[nodiscard]] Outcome play(const packet_script::Script& script, const PlayOptions& options);

// The work behind play(): the script's events, one after the other. A call that waits does not stop it: from inside
// the call the player goes on with what comes next, until the call has what it waits for.
class Player {
 public:
  Player(const packet_script::Script& script, Circumstances circumstances, const PlayOptions& options,
         trace::Sink* sink);
  ~Player();
  Player(const Player&) = delete;
  Player& operator=(const Player&) = delete;

  // Throws ScriptFailure.
  void run();

  [[nodiscard]] Duration elapsed() const { return laboratory_->now() - start_; }
  [[nodiscard]] std::size_t events_done() const { return next_; }

 private:
  using Event = packet_script::Event;
  // A packet that left and that no event has asked for yet.
  struct Waiting {
    Seen seen;
    Flow* flow = nullptr;
  };
  // The call that is being made.
  struct CallInProgress {
    const Event* event = nullptr;
    Due due;
    Instant begin;
  };

  // Does one thing: time moves, at the latest to `limit`, or the next event takes place.
  void step(Instant limit);
  void begin_next();
  void end_event();
  void move_time(Instant limit);
  // What a waiting call does; false where it must not wait any longer.
  bool while_blocked(Instant limit);
  void step_below_call(Instant limit);

  void perform(const Event& event);
  void make_call(const Event& event);
  void check_call(const CallInProgress& call, const Answer& answer);
  void inject(const Event& event, const packet_script::Packet& packet);
  void note_injected(const packet_script::Packet& packet, Flow& flow);
  [[nodiscard]] Flow& flow_about(const packet_script::Packet& packet, Position position);
  void assert_all(const Event& event);

  // --- expectations (expectations.cpp)
  void expect(const Event& event, const packet_script::Packet& packet, Instant limit);
  [[nodiscard]] std::deque<Waiting>::iterator candidate(const packet_script::Packet& packet);
  // Puts segments together where the script's is longer than the stack's may be; false where more must come first.
  [[nodiscard]] bool gather(std::deque<Waiting>::iterator first, const packet_script::Packet& packet);
  void check_packet(const Event& event, const packet_script::Packet& packet, const Waiting& came);
  void note_expected(const packet_script::Packet& packet, const Seen& seen, Flow& flow);
  void compare_timestamps(std::vector<std::string>& phrases, const packet_script::Packet& packet, const Seen& seen,
                          const Flow& flow) const;
  void check_payload(const Event& event, const Waiting& came) const;
  [[noreturn]] void fail_for_want(const Event& event, const packet_script::Packet& packet);
  void collect();
  void check_rest();

  const packet_script::Script& script_;
  Circumstances circumstances_;
  const PlayOptions& options_;
  Flows flows_;
  Desk desk_;
  std::optional<laboratory::Laboratory> laboratory_;
  Instant start_;
  Instant last_;            // when the last event took place
  std::size_t next_ = 0;    // the event that comes next ...
  std::optional<Due> due_;  // ... and when, once it is its turn
  std::optional<CallInProgress> call_;
  std::optional<Failure> failure_;  // found while a call waited
  bool is_over_ = false;
  std::deque<Waiting> waiting_;
};

}  // namespace fourtuple::drill
