// What one script works on: a laboratory, its descriptors and the turns of its threads.
#pragma once

#include <memory>

#include "apps/laboratory/laboratory.hpp"
#include "apps/packetdrill/descriptors.hpp"
#include "apps/packetdrill/handoff.hpp"

namespace fourtuple::packetdrill {

class Session {
 public:
  // The thread that calls this is the main one.
  explicit Session(laboratory::Setup setup);
  // No thread may be in a call any more; what is still open is closed.
  ~Session();
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  // The brackets around a call on sockets.
  void begin_call();
  void end_call();

  void give(ByteView datagram);
  // The oldest datagram that left; where there is none, time moves on until there is. Nothing where nothing will ever
  // happen.
  [[nodiscard]] std::optional<laboratory::Emitted> receive();
  void sleep(Duration time);
  // The time; it then moves on by a microsecond, because packetdrill waits for a moment by asking for the time.
  [[nodiscard]] Instant look_at_clock();
  void end() { handoff_.end(); }

  [[nodiscard]] Descriptors& descriptors() { return descriptors_; }
  [[nodiscard]] laboratory::Laboratory& bench() { return bench_; }
  [[nodiscard]] bool is_main() const { return handoff_.is_main(); }

 private:
  // Of time passing with nothing leaving: more is taken for silence.
  static constexpr int kMaxSilentMoments = 100'000;

  [[nodiscard]] bool wait(Instant limit);
  [[nodiscard]] Instant next_moment() const;
  // Time passes until `moment`; all that is due before happens at its own time, one thread after the other.
  void pass_until(Instant moment);

  Handoff handoff_;
  Descriptors descriptors_;
  laboratory::Laboratory bench_;
};

}  // namespace fourtuple::packetdrill
