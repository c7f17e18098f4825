// One direction of a bad wire: takes frames, and gives back what is left of them when their time has come.
//
//   take() -> rules, cable, MTU, loss -> damage, copies -> queue and slow link -> delay, jitter, reordering ->
//   pop_due()
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "drivers/impair/bottleneck.hpp"
#include "drivers/impair/chances.hpp"
#include "drivers/impair/counters.hpp"
#include "drivers/impair/rule_book.hpp"
#include "stack/base/packet_buffer.hpp"
#include "stack/base/random.hpp"
#include "stack/base/time.hpp"

namespace fourtuple::impair {

class Lane {
 public:
  // Frames under way at once: queued, delayed and held ones together.
  static constexpr std::size_t kMaxUnderWay = 100'000;
  // Frames held for reordering at once; beyond that a frame is not held.
  static constexpr std::size_t kMaxHeld = 256;
  // Reports that wait for take_report().
  static constexpr std::size_t kMaxReports = 64;

  // `direction` is kOutbound or kInbound; `pool` outlives the lane.
  Lane(Direction direction, const WireRules& rules, RandomSource random, BufferPool& pool);

  // Times of changes and traces count from here; without this call, from the first take() or pop_due().
  void start(Instant now);
  // From now on the wire is this one, its changes counted from now; what is under way stays so.
  void set_rules(const WireRules& rules, Instant now);
  // A single packet (no super-segment) enters the wire.
  void take(PacketBuffer frame, RuleBook& rules, Instant now);
  // The next frame whose time has come; an empty buffer if there is none.
  [[nodiscard]] PacketBuffer pop_due(Instant now);
  // When pop_due() has something, or should be asked; kNever when nothing is under way.
  [[nodiscard]] Instant next_due() const;

  // What the wire itself answers to a frame taken here; it belongs to the other direction. Empty if there is none.
  [[nodiscard]] PacketBuffer take_report();
  // A frame of the wire's own, which suffers nothing.
  void carry_report(PacketBuffer report, Instant now);

  void note_no_buffer() { ++counters_.dropped_no_buffer; }
  [[nodiscard]] const LaneCounters& counters() const { return counters_; }

 private:
  struct Held {
    std::uint32_t to_pass;  // later frames that it still waits for
    Instant deadline;
    PacketBuffer frame;
  };

  void adopt(const WireRules& rules);
  [[nodiscard]] bool is_lost(const RuleEffect& effect, ByteView frame);
  [[nodiscard]] bool is_too_long(ByteView frame);
  [[nodiscard]] bool is_lost_in_burst();
  [[nodiscard]] bool is_full() const;
  [[nodiscard]] Instant arrival(Instant sent);
  [[nodiscard]] bool spoil(PacketBuffer& frame, const RuleEffect& effect);
  [[nodiscard]] bool corrupt(PacketBuffer& frame, Damage how, bool by_rule);
  void copy(const PacketBuffer& frame, std::uint32_t copies, Duration extra, Instant now);
  void enter(Passenger passenger, Instant now);
  void launch(Passenger passenger);
  void depart(Instant due, PacketBuffer frame);
  void advance(Instant now);
  void serve_queue(Instant now);
  void let_pass_held(Instant due);
  void release_overdue(Instant now);

  Direction direction_;
  Profile profile_;
  std::vector<Change> changes_;  // of this direction, by time
  std::size_t next_change_ = 0;
  Instant start_ = kNever;  // kNever: not yet
  Chances chances_;
  BufferPool& pool_;
  LaneCounters counters_;
  Bottleneck bottleneck_{counters_};
  bool is_bad_ = false;                             // in the sense of Gilbert and Elliott
  Instant latest_arrival_ = Instant::min();         // without what rules add
  std::multimap<Instant, PacketBuffer> under_way_;  // equal times leave in the order of arrival
  std::vector<Held> held_;
  std::vector<PacketBuffer> reports_;
};

}  // namespace fourtuple::impair
