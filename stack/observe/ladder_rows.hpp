// Between events and the drawn ladder: the rows, which connections they belong to, and the runs that are elided.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "stack/observe/ladder_pen.hpp"
#include "stack/observe/segment_text.hpp"
#include "stack/wire/address.hpp"

namespace fourtuple::observe {

// One row before it is drawn. Segments are put into words only if the row is not elided.
struct LadderRow {
  enum class Kind : std::uint8_t { kArrow, kLostArrow, kMark };
  Kind kind = Kind::kArrow;
  Direction direction = Direction::kReceived;
  Tone tone = Tone::kPlain;
  bool plain = false;            // may be elided in a run of similar ones
  bool again = false;            // a retransmission
  std::uint64_t connection = 0;  // the ladder's own small number; 0: none
  Duration time{};
  std::optional<SegmentLine> segment;
  std::string text;   // where there is no segment
  std::string below;  // a second line, or empty
  std::string why;
  std::string rule;
};

// The small numbers (#1, #2, ...) that a ladder gives to connections, by name and by the engine's number. Bounded:
// the oldest connection makes room.
class LadderNames {
 public:
  struct Known {
    std::uint64_t number = 0;         // ours
    std::uint64_t engine_number = 0;  // trace::ConnectionNumber, 0 until known
    bool closed = false;              // a next life of the name gets a new number
    std::string_view congestion_phase;
  };
  static constexpr std::size_t kMaxKnown = 4096;

  // Finds or numbers; the flag is true for a new one. `opens`: a new connection begins with this event.
  std::pair<Known*, bool> meet(const FourTuple& name, std::uint64_t engine_number, bool opens);
  // nullptr for a number that no named event came with.
  [[nodiscard]] Known* find(std::uint64_t engine_number);

 private:
  void forget_oldest();

  std::map<FourTuple, Known> known_;
  std::map<std::uint64_t, FourTuple> names_;
  std::deque<FourTuple> order_;
  std::uint64_t last_number_ = 0;
};

// What was left out of a run of similar rows.
struct Elided {
  std::uint64_t rows = 0;
  std::uint64_t octets_sent = 0;
  std::uint64_t octets_received = 0;

  void add(const LadderRow& row);
  // "1,801,640 octets out, 1,200 in"; empty where no octets moved.
  [[nodiscard]] std::string in_words() const;
};

// Holds back the middle of a run of plain rows.
class LadderRun {
 public:
  LadderRun(std::size_t head, std::size_t tail) : head_(head), tail_(tail) {}

  // True where the row is to be drawn now; false where it is kept (and moved from).
  [[nodiscard]] bool admits(LadderRow& row);
  // What was left out since the last call, for a sign of life in a long run.
  [[nodiscard]] Elided take_elided() { return std::exchange(elided_, Elided{}); }
  struct Rest {
    Elided elided;  // rows == 0: nothing was left out
    std::deque<LadderRow> tail;
  };
  // The run is over: what is left of it, to be drawn now.
  [[nodiscard]] Rest end();

 private:
  [[nodiscard]] bool turns(const LadderRow& row);
  static constexpr std::size_t kMaxTurns = 4;

  std::size_t head_;
  std::size_t tail_;
  std::size_t shown_ = 0;
  std::size_t turns_ = 0;
  std::optional<Direction> data_direction_;
  std::deque<LadderRow> held_;
  Elided elided_;
};

}  // namespace fourtuple::observe
