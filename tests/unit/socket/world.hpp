// Two runtimes on a wire in virtual time, one thread: 10.0.0.4 (near) and 10.0.0.5 (far). A blocking call that has to
// wait lets the world turn, so the C API's blocking calls are deterministic too.
#pragma once

#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>
#include <memory>

#include "drivers/memory/memory.hpp"
#include "fourtuple/runtime.hpp"

namespace fourtuple::test {

class World {
 public:
  static constexpr Ipv4Address kNear = Ipv4Address::from_octets(10, 0, 0, 4);
  static constexpr Ipv4Address kFar = Ipv4Address::from_octets(10, 0, 0, 5);

  explicit World(StackConfig config = {}) : near(options(config, 1)), far(options(config, 2)) {
    auto opened = MemoryWire::open({}, pool_);
    attach(near, opened->end(0), kNear);
    attach(far, opened->end(1), kFar);
  }

  // Lets everything happen that can happen now; otherwise moves time to what is next, `limit` at the latest. False
  // where nothing will ever happen again.
  bool step(Instant limit = kNever) {
    bool any = near.poll();
    any |= far.poll();
    any |= io.poll() != 0;
    if (io.stopped()) io.restart();
    if (any) return true;
    const Instant next = std::min({near.next_deadline(), far.next_deadline(), limit});
    if (next == kNever) return false;
    clock->advance_to(next);
    return next < limit;
  }
  // Turns the world until `is_done()`, for an hour of its time at most.
  template <class Condition>
  [[nodiscard]] bool turn_until(Condition&& is_done) {
    const Instant end = clock->now() + std::chrono::hours(1);
    while (!is_done()) {
      if (!step(end)) return is_done();
    }
    return true;
  }
  // Lets `time` pass.
  void pass(Duration time) {
    const Instant end = clock->now() + time;
    while (step(end)) {
    }
  }
  // What can happen now.
  void settle() { pass(Duration::zero()); }

  std::shared_ptr<ManualClock> clock = std::make_shared<ManualClock>();

 private:
  RuntimeOptions options(const StackConfig& config, std::uint64_t seed) {
    RuntimeOptions chosen;
    chosen.stack = config;
    chosen.stack.tcp.check_invariants = true;
    chosen.seed = RandomSource::Seed{seed, 2, 3, 4};
    chosen.clock = clock;
    chosen.while_blocked = [this](Instant limit) { return step(limit) || clock->now() >= limit; };
    return chosen;
  }
  static void attach(Runtime& runtime, std::unique_ptr<Driver> end, Ipv4Address address) {
    const auto last = static_cast<std::uint8_t>(address.value);
    InterfaceConfig config;
    config.mac = {{2, 0, 0, 0, 0, last}};
    config.address = {address, 24};
    runtime.attach(std::move(end), config);
  }

  BufferPool pool_;

 public:
  boost::asio::io_context io;
  Runtime near;
  Runtime far;
};

}  // namespace fourtuple::test
