// One direction of a bad wire: takes frames, and gives back what is left of them when their time has come.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <vector>

#include "drivers/impair/rule_book.hpp"
#include "stack/base/packet_buffer.hpp"
#include "stack/base/random.hpp"
#include "stack/base/time.hpp"

namespace fourtuple::impair {

struct LaneCounters {
  std::uint64_t passed = 0;  // frames given back, copies included
  std::uint64_t lost_by_chance = 0;
  std::uint64_t dropped_by_rule = 0;
  std::uint64_t duplicated = 0;
  std::uint64_t corrupted = 0;
  std::uint64_t reordered = 0;
  std::uint64_t delayed_by_rule = 0;
  std::uint64_t dropped_queue_full = 0;  // the rate's queue, or too many frames under way
  std::uint64_t dropped_no_buffer = 0;
};

class Lane {
 public:
  // Frames under way at once, held and delayed ones together.
  static constexpr std::size_t kMaxUnderWay = 100'000;
  // Frames held for reordering at once; beyond that a frame is not held.
  static constexpr std::size_t kMaxHeld = 256;

  Lane(Direction direction, const Profile& profile, RandomSource random, BufferPool& pool)
      : direction_(direction), profile_(profile), random_(random), pool_(pool) {}

  // A single packet (no super-segment) enters the wire.
  void take(PacketBuffer frame, RuleBook& rules, Instant now);
  // The next frame whose time has come; an empty buffer if there is none.
  [[nodiscard]] PacketBuffer pop_due(Instant now);
  // When pop_due() has something; kNever when nothing is under way.
  [[nodiscard]] Instant next_due() const;

  void note_no_buffer() { ++counters_.dropped_no_buffer; }
  [[nodiscard]] const LaneCounters& counters() const { return counters_; }

 private:
  struct Held {
    std::uint32_t to_pass;  // later frames that it still waits for
    Instant deadline;
    PacketBuffer frame;
  };

  [[nodiscard]] bool happens(PartsPerMillion chance);
  [[nodiscard]] bool is_lost(const RuleEffect& effect);
  [[nodiscard]] std::optional<Duration> wait_for_rate(std::size_t size, Instant now);
  [[nodiscard]] Duration varied_delay();
  void corrupt(PacketBuffer& frame);
  void launch(PacketBuffer frame, Duration extra, Instant now);
  void let_pass_held(Instant due);
  void release_overdue(Instant now);
  [[nodiscard]] bool is_full() const { return under_way_.size() + held_.size() >= kMaxUnderWay; }

  Direction direction_;
  Profile profile_;
  RandomSource random_;
  BufferPool& pool_;
  std::multimap<Instant, PacketBuffer> under_way_;  // equal times leave in the order of arrival
  std::vector<Held> held_;
  std::deque<Instant> sending_;  // when each frame in the rate's queue has left it
  LaneCounters counters_;
};

}  // namespace fourtuple::impair
