// The runtime: who drives, who wakes, what keeps an io_context running, what a virtual clock means.
#include "fourtuple/runtime.hpp"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <gtest/gtest.h>
#include <thread>

#include "drivers/memory/memory.hpp"
#include "stack/runtime/core.hpp"
#include "stack/runtime/registry.hpp"

namespace fourtuple {
namespace {

constexpr Ipv4Address kNear = Ipv4Address::from_octets(10, 0, 0, 4);
constexpr Ipv4Address kFar = Ipv4Address::from_octets(10, 0, 0, 5);

[[nodiscard]] InterfaceConfig interface(Ipv4Address address) {
  InterfaceConfig config;
  config.mac = {{2, 0, 0, 0, 0, static_cast<std::uint8_t>(address.value)}};
  config.address = {address, 24};
  return config;
}

class Target final : public NoticeTarget {
 public:
  void on_notice(Readiness changed, Turn&) override { bits |= changed.bits; }
  void on_shutdown(Turn&) override { shut_down = true; }
  std::uint8_t bits = 0;
  bool shut_down = false;
};

// A wire with descriptors, real time.
class RealTime : public ::testing::Test {
 protected:
  BufferPool pool;
  MemoryWire wire = *MemoryWire::open({.real_time = true}, pool);
};

// Asks `runtime` for an ICMP echo of the other end and leaves the owner's number on the raw socket.
RawId ping(Stack& stack, Instant now, OwnerId owner) {
  const auto raw = stack.raw_open(1, {}, owner);
  static constexpr std::array<std::uint8_t, 8> kEcho{8, 0, 0xf7, 0xf7, 0, 7, 0, 1};
  const ByteView piece(kEcho);
  EXPECT_TRUE(stack.raw_send(*raw, {&piece, 1}, IpAddress(kFar), now).has_value());
  return *raw;
}

TEST(Registry, NeverTellsAStranger) {
  Registry registry;
  Target first;
  Target second;
  const OwnerId old = registry.add(first);
  EXPECT_NE(old, 0U);
  registry.remove(old);
  const OwnerId fresh = registry.add(second);
  EXPECT_NE(fresh, old);
  EXPECT_EQ(registry.find(old), nullptr);
  EXPECT_EQ(registry.find(fresh), &second);
  EXPECT_EQ(registry.find(0), nullptr);
  EXPECT_EQ(registry.find(12345), nullptr);
}

TEST(ManualClock, DoesNotRunBackwards) {
  ManualClock clock;
  const Instant start = clock.now();
  clock.advance_to(start - std::chrono::seconds(1));
  EXPECT_EQ(clock.now(), start);
  clock.advance(std::chrono::seconds(1));
  EXPECT_EQ(clock.now(), start + std::chrono::seconds(1));
}

TEST(Runtime, MakesTheSamePacketsFromTheSameSeed) {
  const auto first_ports = [](std::uint64_t seed) {
    RuntimeOptions options;
    options.seed = RandomSource::Seed{seed, 0, 0, 0};
    options.clock = std::make_shared<ManualClock>();
    Runtime runtime(options);
    return runtime.with_stack([](Stack& stack, Instant now) {
      return stack.with_tcp(now, [](tcp::Layer& layer, tcp::Context& context) {
        return layer.bound_name(*layer.bind(Endpoint(), false, false, context)).port;
      });
    });
  };
  EXPECT_EQ(first_ports(1), first_ports(1));
}

TEST(Runtime, DoesNotKeepAnIoContextRunning) {
  boost::asio::io_context io;
  BufferPool pool;
  const MemoryWire wire = *MemoryWire::open({.real_time = true}, pool);
  Runtime runtime(io);
  runtime.attach(wire.end(0), interface(kNear));
  io.run();
  EXPECT_TRUE(io.stopped());
}

TEST(Runtime, IsOneOfAnIoContext) {
  boost::asio::io_context io;
  Runtime runtime(io);
  EXPECT_EQ(Runtime::of(io), &runtime);
  EXPECT_THROW(Runtime second(io), std::logic_error);
  boost::asio::io_context other;
  EXPECT_EQ(Runtime::of(other), nullptr);
  runtime.serve(other);
  EXPECT_EQ(Runtime::of(other), &runtime);
}

TEST(Runtime, TellsItsSocketsWhenItEnds) {
  Target target;
  {
    RuntimeOptions options;
    options.clock = std::make_shared<ManualClock>();
    Runtime runtime(options);
    runtime.with_stack([&](Stack&, Instant) { (void)runtime.core()->registry().add(target); });
  }
  EXPECT_TRUE(target.shut_down);
}

TEST_F(RealTime, PumpsInTheUsersIoContext) {
  boost::asio::io_context io;
  Runtime near(io);
  Runtime far;
  near.attach(wire.end(0), interface(kNear));
  far.attach(wire.end(1), interface(kFar));
  far.start_thread();
  Target target;
  OwnerId owner = 0;
  near.with_stack([&](Stack& stack, Instant now) {
    owner = near.core()->registry().add(target);
    (void)ping(stack, now, owner);
  });
  const auto work = boost::asio::make_work_guard(io);
  const Instant end = near.clock().now() + std::chrono::seconds(10);
  while (target.bits == 0 && near.clock().now() < end) io.run_one_for(std::chrono::milliseconds(100));
  EXPECT_NE(target.bits & Readiness::kReadable, 0);
  near.with_stack([&](Stack&, Instant) { near.core()->registry().remove(owner); });
}

TEST_F(RealTime, SleepsWhileNothingHappens) {
  boost::asio::io_context io;
  Runtime near(io);
  near.attach(wire.end(0), interface(kNear));
  const auto work = boost::asio::make_work_guard(io);
  io.run_for(std::chrono::milliseconds(50));
  io.restart();
  // With no traffic and no timers there is nothing to run: not one handler in a quarter of a second.
  EXPECT_EQ(io.run_for(std::chrono::milliseconds(250)), 0U);
  EXPECT_EQ(near.next_deadline(), kNever);
}

TEST_F(RealTime, SurvivesAnIoContextThatEndsFirstInItsHandlers) {
  auto io = std::make_unique<boost::asio::io_context>();
  auto near = std::make_unique<Runtime>(*io);
  near->attach(wire.end(0), interface(kNear));
  io->poll();
  near.reset();
  io->restart();
  io->poll();
  io.reset();
}

TEST_F(RealTime, TakesTurnsBetweenManyThreads) {
  Runtime near;
  Runtime far;
  near.attach(wire.end(0), interface(kNear));
  far.attach(wire.end(1), interface(kFar));
  near.start_thread();
  far.start_thread();
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&near] {
      for (int round = 0; round < 100; ++round) {
        near.with_stack([](Stack& stack, Instant now) {
          const RawId raw = ping(stack, now, 0);
          stack.raw_close(raw);
        });
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  const auto sent = near.with_stack([](Stack& stack, Instant) { return stack.counters().frames_sent; });
  EXPECT_GE(sent, 1U);
}

}  // namespace
}  // namespace fourtuple
