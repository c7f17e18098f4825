// A queue in front of a slow link: tail drop by frames or octets, CoDel, marks.
#pragma once

#include <deque>
#include <optional>

#include "drivers/impair/counters.hpp"
#include "drivers/impair/link_rate.hpp"
#include "stack/base/packet_buffer.hpp"

namespace fourtuple::impair {

// A frame on its way through the wire; `extra` is the delay that a rule wants for it.
struct Passenger {
  PacketBuffer frame;
  Duration extra{};
  Instant since{};  // in the queue; when given back by next(): when it has left the link
};

class Bottleneck {
 public:
  // `counters` outlives this.
  explicit Bottleneck(LaneCounters& counters) : counters_(counters) {}

  // What is queued stays. The moments of a trace count from `start`.
  void set(const Profile& profile, Instant start);
  // Frames that come now must queue up; otherwise they may pass by.
  [[nodiscard]] bool is_needed() const { return link_.is_limited() || !waiting_.empty(); }
  // A frame at the end of the queue, or dropped. next(now) was called before until it gave nothing.
  void take(Passenger passenger, Instant now);
  // The next frame that the link begins to send not after `until`; nothing when there is none.
  [[nodiscard]] std::optional<Passenger> next(Instant until);
  // When next() has something; kNever while nothing waits.
  [[nodiscard]] Instant next_begin() const;
  [[nodiscard]] std::size_t size() const { return waiting_.size(); }

 private:
  [[nodiscard]] std::optional<Passenger> pop();
  [[nodiscard]] std::optional<Passenger> pop_after_codel(Instant now);
  [[nodiscard]] bool is_standing(const Passenger& passenger, Instant now);
  [[nodiscard]] bool is_spared(Passenger& passenger);
  [[nodiscard]] std::optional<Passenger> go_on_dropping(Passenger passenger, bool standing, Instant now);
  [[nodiscard]] std::optional<Passenger> begin_dropping(Passenger passenger, Instant now);
  [[nodiscard]] Instant control_law(Instant from) const;

  LaneCounters& counters_;
  LinkRate link_;
  std::uint32_t limit_frames_ = 0;
  std::uint64_t limit_bytes_ = 0;
  std::uint32_t mark_above_ = 0;
  CodelSettings codel_;
  std::deque<Passenger> waiting_;
  std::uint64_t waiting_bytes_ = 0;
  std::size_t sending_bytes_ = 0;  // of the frame that leaves until link_.free_at()

  // CoDel's memory, named as in RFC 8289 5.
  bool dropping_ = false;
  Instant first_above_time_ = kNever;  // kNever where the RFC has 0
  Instant drop_next_{};
  std::uint32_t count_ = 0;
  std::uint32_t last_count_ = 0;
};

}  // namespace fourtuple::impair
