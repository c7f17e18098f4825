// The wire between the two hosts, in the world's time. A frame that a host sends is shown to a stranger, meets its fate
// (loss, damage, delay, copies: fates.hpp), and then what the wire is by its nature: a cable that may be out, an MTU, a
// slow link with its queue, and the way's length (drivers/impair).
#pragma once

#include <array>
#include <functional>
#include <map>
#include <memory>
#include <vector>

#include "apps/simulate/fates.hpp"
#include "apps/simulate/plan.hpp"
#include "drivers/driver.hpp"
#include "drivers/impair/lane.hpp"

namespace fourtuple::simulate {

// Who sees every frame as a host sends it, and what becomes of it. Super-segments are seen whole.
class Stranger {
 public:
  virtual ~Stranger() = default;
  virtual void on_frame(int from, ByteView frame, const OffloadInfo& offload, Instant now) = 0;
  // About the packets of the frame seen last, one after the other.
  virtual void on_fate(int from, std::uint32_t frame, const Fate& fate, ByteView packet) = 0;
};

class Wire {
 public:
  Wire(const Plan& plan, BufferPool& pool, Stranger& stranger, Instant begin);
  ~Wire();
  Wire(const Wire&) = delete;
  Wire& operator=(const Wire&) = delete;

  // The driver of host 0 or 1. It belongs to the wire.
  [[nodiscard]] Driver& end(int host);
  // The world's time, before anything of that time happens.
  void set_now(Instant now) { now_ = now; }
  // When end(host).receive() has something, or should be asked; kNever when nothing is under way to it.
  [[nodiscard]] Instant next_due(int host) const;
  // The wire becomes a good one: no faults, a millisecond. What is under way under the old one is lost.
  void heal();

  [[nodiscard]] std::vector<Fault> faults() const;
  [[nodiscard]] std::uint64_t frames_from(int host) const { return ways_[index(host)].fates.frames(); }

 private:
  class End;
  // From one host to the other.
  struct Way {
    Way(const Plan& plan, std::uint8_t from, BufferPool& pool);
    Fates fates;
    std::unique_ptr<impair::Lane> lane;
    std::multimap<Instant, PacketBuffer> held;  // delayed frames and copies, before they enter the lane
  };

  static std::size_t index(int host) { return static_cast<std::size_t>(host); }
  void take(int from, PacketBuffer frame);
  void hold(Way& way, Instant until, PacketBuffer frame);
  void enter_lane(int from);
  std::size_t deliver(int to, std::vector<PacketBuffer>& frames, std::size_t limit);

  const Plan& plan_;
  BufferPool& pool_;
  Stranger& stranger_;
  Instant now_;
  impair::RuleBook rules_;
  std::array<Way, 2> ways_;  // by the host that sends
  std::array<std::unique_ptr<End>, 2> ends_;
  std::vector<std::uint8_t> headers_;
};

}  // namespace fourtuple::simulate
