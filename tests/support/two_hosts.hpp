// Two of our stacks on one bad wire, in virtual time: 10.0.0.1 (host 0, the client) and 10.0.0.2 (host 1, the server).
// Every connection of both is judged by what its stack says that it did.
#pragma once

#include <array>
#include <functional>
#include <memory>
#include <string>

#include "drivers/impair/impair.hpp"
#include "drivers/memory/memory.hpp"
#include "stack/core/stack.hpp"
#include "stack/observe/fanout.hpp"
#include "tests/support/judged.hpp"
#include "tests/support/watched_driver.hpp"
#include "tests/support/wire_observer.hpp"

namespace fourtuple::test {

struct TwoHostsSetup {
  std::uint64_t seed = 1;
  impair::WireRules rules;
  MemoryWireOptions wire;
  std::array<tcp::TcpConfig, 2> tcp;
};

class TwoHosts {
 public:
  explicit TwoHosts(const TwoHostsSetup& setup);

  static constexpr Ipv4Address address(int host) { return {0x0a000001U + static_cast<std::uint32_t>(host)}; }
  [[nodiscard]] Stack& stack(int host) { return *stacks_[static_cast<std::size_t>(host)]; }
  [[nodiscard]] WireObserver& observer() { return observer_; }
  [[nodiscard]] Instant now() const { return now_; }
  void set_plugged(bool plugged);
  // Hears of what that stack does, too.
  void add_sink(int host, trace::Sink& sink) { sinks_[static_cast<std::size_t>(host)].add(sink); }

  // Runs the two stacks until `done` or `limit`; `act` is called after every event, and answers when it wants to be
  // called again whatever happens (kNever: only after events). Answers whether `done` came true. Stops early when
  // problem() is not empty.
  using Act = std::function<Instant(Instant now)>;
  bool run(Duration limit, const Act& act, const std::function<bool()>& done);

  // What is wrong: a violation on the wire, a broken rule, a broken invariant, a deadline that stays in the past.
  // Empty: nothing.
  [[nodiscard]] std::string problem() const;

 private:
  bool settle();
  [[nodiscard]] Instant next_deadline() const;

  WireObserver observer_;
  BufferPool pool_;
  MemoryWire wire_;
  std::array<std::unique_ptr<WatchedDriver>, 2> drivers_;
  std::array<judge::Listener, 2> judges_{judge_of_ours(), judge_of_ours()};
  std::array<observe::Fanout, 2> sinks_;
  std::array<std::unique_ptr<Stack>, 2> stacks_;
  Instant now_{std::chrono::hours(1)};
  std::string problem_;
};

}  // namespace fourtuple::test
