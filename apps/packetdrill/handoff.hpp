// How the threads of a script take turns. One of them, the main thread, gives packets and moves time; the others sit in
// calls that block. Whoever is woken by a packet or a timer must be done, and must have looked at the clock, before
// time goes on, or the moment when its call returned could not be told.
//
//   main thread      netdev_send -> packet given ----- let_others_run() ------------------------> returns
//   another thread   read() ... asleep ........................ woken, read() returns, gettimeofday() ...
#pragma once

#include <condition_variable>
#include <cstdint>
#include <map>
#include <mutex>
#include <thread>

#include "stack/base/time.hpp"

namespace fourtuple::packetdrill {

class Handoff {
 public:
  [[nodiscard]] bool is_main() const { return std::this_thread::get_id() == main_; }

  // --- Of other threads: a call begins, sleeps until something happened, ends; then the thread asks for the time.
  void enter();
  // False when the script is over. The sleeper wants to be woken at `limit` at the latest.
  [[nodiscard]] bool sleep(Instant limit);
  void leave();
  void look_at_clock();

  // --- Of the main thread.
  // Waits until every other thread sleeps or is out of its call.
  void await_others();
  // Something happened: wakes the sleepers, then the same. No sleeper: costs next to nothing.
  void let_others_run();
  // When a sleeper wants to be woken; kNever where none does.
  [[nodiscard]] Instant earliest_limit() const;
  // The script is over: sleep() answers false from now on. Waits like await_others().
  void end();

 private:
  // A thread that is late by more real time than this is not waited for any more.
  static constexpr std::chrono::seconds kPatience{5};

  enum class Phase : std::uint8_t {
    kRunning,   // in a call
    kAsleep,    // in a call that waits
    kReturned,  // out of a call that has waited, but not at the clock yet
  };
  struct Guest {
    Phase phase = Phase::kRunning;
    bool has_slept = false;
    std::uint64_t seen = 0;  // the round that it has looked at
    Instant limit = kNever;
  };
  using Lock = std::unique_lock<std::mutex>;

  [[nodiscard]] bool all_are_settled() const;
  void await_others(Lock& lock);

  const std::thread::id main_ = std::this_thread::get_id();
  mutable std::mutex mutex_;
  std::condition_variable moved_;    // a round began
  std::condition_variable settled_;  // a guest changed its phase
  std::map<std::thread::id, Guest> guests_;
  std::uint64_t round_ = 0;
  bool ended_ = false;
};

}  // namespace fourtuple::packetdrill
