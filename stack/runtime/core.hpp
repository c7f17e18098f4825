// What a Runtime and its sockets share, and what outlives neither quietly: a socket that is destroyed after its runtime
// finds a core that has ended.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "drivers/driver.hpp"
#include "stack/core/stack.hpp"
#include "stack/runtime/clock.hpp"
#include "stack/runtime/registry.hpp"
#include "stack/runtime/signal.hpp"
#include "stack/runtime/turn.hpp"

namespace fourtuple {

struct RuntimeOptions;

// The side of the pump that the core sees. All are called with the token held.
class PumpPort {
 public:
  virtual ~PumpPort() = default;
  virtual void watch(std::size_t interface_index, int descriptor) = 0;
  // Something is due at `deadline`: wake up then or earlier. kNever asks for nothing.
  virtual void schedule(Instant deadline) = 0;
  virtual void stop() = 0;
};

class RuntimeCore : public std::enable_shared_from_this<RuntimeCore> {
 public:
  explicit RuntimeCore(const RuntimeOptions& options);
  ~RuntimeCore();
  RuntimeCore(const RuntimeCore&) = delete;
  RuntimeCore& operator=(const RuntimeCore&) = delete;

  [[nodiscard]] const Clock& clock() const { return *clock_; }
  // Who drives: nobody but poll() and blocked calls where there is no pump.
  void set_pump(std::shared_ptr<PumpPort> pump) { pump_ = std::move(pump); }
  // Where a thread of ours runs the pump, blocked calls need not drive the links themselves.
  void set_has_thread(bool has_thread) { has_thread_ = has_thread; }

  // Waits until `signal` is raised, at the latest until `deadline`; false where that came first. Never with the token.
  bool block(Signal& signal, Instant deadline);
  // See Runtime::poll().
  bool poll();
  // Ends everything but this object: sockets, connections (served until delivered or `drain` is over), links.
  void shut_down(Duration drain);

  // --- With the token held.
  [[nodiscard]] bool alive() const { return stack_.has_value(); }
  [[nodiscard]] Stack& stack() { return *stack_; }
  [[nodiscard]] Registry& registry() { return registry_; }
  std::size_t attach(Driver& driver, std::unique_ptr<Driver> owned, const InterfaceConfig& config);
  // Reads a link until it is empty, within bounds that leave room for others. Answers whether there was anything.
  bool receive(std::size_t interface_index, Instant now);
  // The same for a link that polled readable and will be asked again: takes what fits the processor's cache, so that
  // the application copies it while it is there, and only one frame where more are not likely.
  void receive_some(std::size_t interface_index, Instant now);
  // Reads the links that have something by now, and lets timers fire.
  bool run_due(Instant now);
  [[nodiscard]] Instant next_deadline() const;
  [[nodiscard]] std::string link_failure() const;
  [[nodiscard]] bool link_is_gone(std::size_t interface_index) const;

 private:
  friend class Turn;
  static constexpr int kMaxRounds = 4;  // batches in a row from one link
  static constexpr std::size_t kEnoughBytes = 128 * 1024;
  static constexpr Duration kQuietGap = std::chrono::microseconds(5);

  struct Link {
    Driver* driver = nullptr;
    std::unique_ptr<Driver> owned;
    Instant last_look{};
    std::size_t last_count = 0;  // frames found then
  };

  // Hands the stack's notices to whom they concern, until there are none; then sets the pump's alarm.
  void settle(Turn& turn);
  bool block_driving(Signal& signal, Instant deadline);
  bool block_virtually(Signal& signal, Instant deadline);
  [[nodiscard]] int take_nudge();
  void give_back_nudge(int nudge);
  void sleep_on_links(int nudge, Instant deadline);
  [[nodiscard]] bool has_undelivered() const;

  std::mutex token_;
  std::shared_ptr<Clock> clock_;
  std::function<bool(Instant)> while_blocked_;
  std::shared_ptr<PumpPort> pump_;
  std::atomic<bool> has_thread_{false};
  std::vector<Link> links_;
  std::optional<Stack> stack_;  // after links_: ends before the drivers do
  Registry registry_;
  std::vector<Notice> notices_;
  std::vector<int> nudges_;  // eventfds for threads that block while driving
};

}  // namespace fourtuple
