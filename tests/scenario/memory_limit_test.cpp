// What all connections together may hold: whoever fills it, strangers or applications, gets no further than the limit,
// and those who behave go on.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "tests/support/conversation.hpp"

namespace fourtuple::test {
namespace {

constexpr std::size_t kPressure = 200'000;
constexpr std::size_t kLimit = 400'000;
constexpr std::size_t kOneBuffer = 65'536;  // a door may go over the limit by what it was handed
constexpr Port kFirstPort = 1000;
constexpr Port kCrowd = 100;

ConversationSetup little_memory() {
  ConversationSetup setup;
  setup.config.memory_pressure_bytes = kPressure;
  setup.config.memory_limit_bytes = kLimit;
  setup.config.receive_buffer_bytes = 65535;
  setup.config.send_buffer_bytes = 65535;
  setup.config.max_out_of_order_segments = 1000;
  return setup;
}

struct Crowded {
  Crowded() : c(little_memory()) { c.listen(kCrowd); }
  ~Crowded() { c.ignore_rest(); }

  void open(Port port, std::uint16_t window = 65535, std::string_view options = "<mss 1000,sackOK>") {
    c.talk_to(port);
    c.establish(options, {}, window);
  }
  void peer_sends(std::int64_t begin, std::int64_t end) {
    c.in(fmt::format(". {}:{}({}) ack 1", begin, end, end - begin));
    c.forget_sent();
  }
  [[nodiscard]] tcp::Layer::Memory memory() const { return c.layer().memory(); }
  // A connection that opens now is served: its peer sends, the application reads, whatever the others hold.
  void expect_service(Port port) {
    open(port);
    for (std::int64_t begin = 1; begin < 10'001; begin += 500) {
      peer_sends(begin, begin + 500);
      c.receive(500);
    }
  }
  void abort_all() {
    for (Port port = kFirstPort; port < kFirstPort + kCrowd; ++port) {
      c.talk_to(port);
      c.abort();
      c.forget_sent();
    }
  }

  Conversation c;
};

TEST(MemoryLimit, HoldsAgainstOctetsOutOfOrderFromACrowd) {
  Crowded t;
  for (Port port = kFirstPort; port < kFirstPort + kCrowd; ++port) {
    t.open(port);
    for (std::int64_t i = 0; i < 30; ++i) t.peer_sends(3 + 2 * i, 4 + 2 * i);
  }
  EXPECT_LE(t.memory().peak_bytes, kLimit + kOneBuffer);
  EXPECT_GT(t.memory().peak_bytes, kPressure);
  t.expect_service(99);
}

TEST(MemoryLimit, TakesBackWhatLiesBehindGapsWhenAllMemoryIsTaken) {
  Crowded t;
  for (Port port = kFirstPort; port < kFirstPort + kCrowd; ++port) {
    t.open(port);
    for (std::int64_t i = 0; i < 30 && t.memory().times_full == 0; ++i) t.peer_sends(1001 + 1500 * i, 2001 + 1500 * i);
  }
  EXPECT_EQ(t.memory().times_full, 1U);
  EXPECT_FALSE(t.memory().is_full);
  EXPECT_LT(t.memory().held_bytes, kPressure) << "all of it was behind gaps";
  t.c.talk_to(kFirstPort);
  for (std::int64_t begin = 1; begin < 5001; begin += 1000) t.peer_sends(begin, begin + 1000);
  t.c.receive(5000);  // the peer had kept what it was told of by SACK
}

TEST(MemoryLimit, HoldsWhereNoApplicationReads) {
  Crowded t;
  for (Port port = kFirstPort; port < kFirstPort + kCrowd; ++port) {
    t.open(port);
    for (std::int64_t begin = 1; begin < 30'001; begin += 1000) t.peer_sends(begin, begin + 1000);
  }
  EXPECT_TRUE(t.memory().is_full);
  EXPECT_LE(t.memory().peak_bytes, kLimit + kOneBuffer + kCrowd * 2048U) << "one segment each for those with nothing";
  t.expect_service(99);
}

TEST(MemoryLimit, RefusesTextThatMayWaitAndSaysWhereItStands) {
  Crowded t;
  for (Port port = kFirstPort; !t.memory().is_full; ++port) {
    t.open(port);
    for (std::int64_t begin = 1; begin < 30'001; begin += 1000) t.peer_sends(begin, begin + 1000);
  }
  t.open(99);
  t.peer_sends(1, 501);
  t.c.in(". 501:1001(500) ack 1");
  t.c.expect_drop(DropReason::kTcpNoBuffer);
  t.c.out(". 1:1(0) ack 501");
  t.c.in(". 1501:2001(500) ack 1");
  t.c.expect_drop(DropReason::kTcpNoBuffer);
  t.c.out(". 1:1(0) ack 501");
  t.c.in("F. 1001:1001(0) ack 1");
  t.c.receive(500);
  t.c.forget_sent();
  t.peer_sends(501, 1001);
  t.c.receive(500);
}

TEST(MemoryLimit, HoldsWherePeersDoNotRead) {
  Crowded t;
  for (Port port = kFirstPort; port < kFirstPort + kCrowd; ++port) {
    t.open(port, 0);
    while (t.c.try_send(10'000)) {
    }
    t.c.forget_sent();
  }
  EXPECT_TRUE(t.memory().is_full);
  EXPECT_LE(t.memory().peak_bytes, kLimit + kOneBuffer);
  EXPECT_EQ(t.c.status().writable_bytes, 0U);
  EXPECT_FALSE(t.c.status().is_writable);
  t.expect_service(99);
}

TEST(MemoryLimit, WakesWritersWhenThereIsMemoryAgain) {
  Crowded t;
  for (Port port = kFirstPort; port < kFirstPort + kCrowd; ++port) {
    t.open(port);
    while (t.c.try_send(10'000)) {
    }
    t.c.forget_sent();
  }
  const auto result = t.c.try_send(1);
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error(), std::errc::operation_would_block);
  static_cast<void>(t.c.take_readiness(Conversation::kConnectionOwner));
  t.c.talk_to(kFirstPort);
  t.c.abort();
  t.c.talk_to(kFirstPort + 1);
  t.c.abort();
  EXPECT_FALSE(t.memory().is_full);
  EXPECT_NE(t.c.take_readiness(Conversation::kConnectionOwner) & Readiness::kWritable, 0);
  t.c.talk_to(kFirstPort + kCrowd - 1);
  EXPECT_EQ(t.c.try_send(1), std::size_t{1});
}

TEST(MemoryLimit, EndsAtNothingWhenAllAreGone) {
  Crowded t;
  for (Port port = kFirstPort; port < kFirstPort + kCrowd; ++port) {
    t.open(port);
    static_cast<void>(t.c.try_send(3000));
    t.peer_sends(1, 1001);
    t.peer_sends(2001, 3001);
  }
  EXPECT_GT(t.memory().held_bytes, 0U);
  t.abort_all();
  EXPECT_EQ(t.memory().held_bytes, 0U);
}

TEST(MemoryPressure, OpensWindowsHalfWay) {
  Crowded t;
  for (Port port = kFirstPort; !t.memory().is_under_pressure; ++port) {
    t.open(port, 0);
    static_cast<void>(t.c.try_send(30'000));
    t.c.forget_sent();
  }
  t.open(99);
  for (std::int64_t begin = 1; begin < 60'001; begin += 1000) t.peer_sends(begin, begin + 1000);
  t.c.receive(60'000);
  t.c.advance(100ms);
  EXPECT_LE(t.c.info().receive_window_bytes, 65535U / 2);
  EXPECT_GT(t.c.info().receive_window_bytes, 65535U / 2 - 2000);
}

TEST(MemoryPressure, StopsBuffersFromGrowingUntilItIsOver) {
  ConversationSetup setup = little_memory();
  setup.config.memory_limit_bytes = 1'000'000;
  setup.config.send_buffer_bytes = 150'000;
  setup.config.receive_buffer_bytes = 20'000;
  Conversation c(setup);
  c.listen();
  c.talk_to(1);
  c.establish("<mss 1000,nop,wscale 7>", {}, 0);
  c.send(149'000);
  c.talk_to(2);
  c.establish("<mss 1000,nop,wscale 7>", {}, 0);
  c.send(149'000);
  ASSERT_TRUE(c.layer().memory().is_under_pressure);
  c.forget_sent();
  c.talk_to(3);
  c.in("S 0:0(0) win 65535 <mss 1000,nop,wscale 7>");
  c.advance(10ms);
  c.in(". 1:1(0) ack 1 win 65535");
  c.accept();
  std::int64_t heard = 1;
  const auto round_trips = [&](int count) {
    for (int round = 0; round < count; ++round) {
      std::size_t waiting = 0;
      for (; c.info().receive_window_bytes >= 1000; heard += 1000, waiting += 1000) {
        c.in(fmt::format(". {}:{}(1000) ack 1", heard, heard + 1000));
      }
      c.receive(waiting);
      c.advance(10ms);
      c.forget_sent();
    }
  };
  round_trips(5);
  EXPECT_EQ(c.info().receive_buffer_bytes, 20'000U);
  c.talk_to(1);
  c.abort();
  c.talk_to(2);
  c.abort();
  c.talk_to(3);
  round_trips(5);
  EXPECT_GT(c.info().receive_buffer_bytes, 20'000U);
  c.ignore_rest();
}

}  // namespace
}  // namespace fourtuple::test
