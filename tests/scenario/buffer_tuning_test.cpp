// Buffers whose size the application left to us: the receive buffer follows what is read in a round trip, the send
// buffer follows the congestion window.
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <vector>

#include "tests/support/conversation.hpp"

namespace fourtuple::test {
namespace {

struct Growths final : trace::Sink {
  void on_event(const trace::Event& event) override {
    if (const auto* tuned = std::get_if<trace::BufferTuned>(&event.body)) all.push_back(*tuned);
  }
  std::vector<trace::BufferTuned> all;
};

ConversationSetup small_buffers() {
  ConversationSetup setup;
  setup.config.receive_buffer_bytes = 20'000;
  setup.config.send_buffer_bytes = 20'000;
  setup.config.tuned_receive_bytes = 200'000;
  setup.config.tuned_send_bytes = 100'000;
  return setup;
}

// A conversation over a path of 100 ms, as the handshake tells.
struct Tuned {
  explicit Tuned(const ConversationSetup& setup = small_buffers(), const tcp::ConnectionOptions& options = {},
                 std::string_view syn_options = "<mss 1000,nop,wscale 7>")
      : c(setup) {
    c.add_sink(growths);
    c.listen(16, options);
    c.in(fmt::format("S 0:0(0) win 65535 {}", syn_options));
    c.out("S. 0:0(0) ack 1 <...>");
    c.advance(100ms);
    c.in(". 1:1(0) ack 1 win 65535");
    c.accept();
  }
  ~Tuned() { c.ignore_rest(); }

  // The peer sends so much within the window.
  void peer_sends(std::size_t bytes) {
    for (; bytes > 0; bytes -= std::min<std::size_t>(bytes, 1000)) {
      const auto end = heard + static_cast<std::int64_t>(std::min<std::size_t>(bytes, 1000));
      c.in(fmt::format(". {}:{}({}) ack 1", heard, end, end - heard));
      heard = end;
    }
    c.forget_sent();
  }
  // A round trip in which the peer fills the window and all of it is read.
  void full_round_trip() {
    const auto window = static_cast<std::size_t>(c.info().receive_window_bytes);
    peer_sends(window);
    c.receive(window);
    c.advance(100ms);
    c.forget_sent();
  }
  [[nodiscard]] std::uint64_t receive_buffer() { return c.info().receive_buffer_bytes; }

  Growths growths;
  Conversation c;
  std::int64_t heard = 1;
};

TEST(ReceiveBuffer, GrowsWithWhatTheApplicationTakesInARoundTrip) {
  Tuned t;
  for (int round = 0; round < 2; ++round) t.full_round_trip();
  EXPECT_GE(t.receive_buffer(), 40'000U) << "twice the 20,000 that were read";
  for (int round = 0; round < 5; ++round) t.full_round_trip();
  EXPECT_EQ(t.receive_buffer(), 200'000U) << "and no further than the configuration allows";
}

TEST(ReceiveBuffer, OpensTheWindowOnTheWire) {
  Tuned t;
  for (int round = 0; round < 3; ++round) t.full_round_trip();
  t.c.in(fmt::format(". {}:{}(1000) ack 1", t.heard, t.heard + 1000));
  t.c.in(fmt::format(". {}:{}(1000) ack 1", t.heard + 1000, t.heard + 2000));
  const std::uint64_t told = std::uint64_t{t.c.take().header.window} << t.c.info().receive_window_scale;
  EXPECT_GE(told + 2000, 40'000U);
}

TEST(ReceiveBuffer, TellsEachGrowth) {
  Tuned t;
  for (int round = 0; round < 8; ++round) t.full_round_trip();
  ASSERT_GE(t.growths.all.size(), 2U);
  std::uint64_t size = 20'000;
  for (const trace::BufferTuned& growth : t.growths.all) {
    EXPECT_TRUE(growth.receive);
    EXPECT_EQ(growth.from_bytes, size);
    EXPECT_GE(growth.to_bytes, size + size / 4 < 200'000 ? size + size / 4 : 200'000);
    size = growth.to_bytes;
  }
  EXPECT_EQ(size, t.receive_buffer());
}

TEST(ReceiveBuffer, StaysWhereTheApplicationChoseIt) {
  tcp::ConnectionOptions options;
  options.receive_buffer_bytes = 20'000;
  Tuned t(small_buffers(), options);
  for (int round = 0; round < 6; ++round) t.full_round_trip();
  EXPECT_EQ(t.receive_buffer(), 20'000U);
  EXPECT_TRUE(t.growths.all.empty());
}

TEST(ReceiveBuffer, StaysWhereTuningIsOff) {
  ConversationSetup setup = small_buffers();
  setup.config.tune_buffers = false;
  Tuned t(setup);
  for (int round = 0; round < 6; ++round) t.full_round_trip();
  EXPECT_EQ(t.receive_buffer(), 20'000U);
}

TEST(ReceiveBuffer, StaysForAnApplicationThatReadsSlowly) {
  Tuned t;
  for (int second = 0; second < 10; ++second) {
    t.peer_sends(static_cast<std::size_t>(t.c.info().receive_window_bytes));
    t.c.advance(1s);
    static_cast<void>(t.c.try_receive(5000));
  }
  EXPECT_EQ(t.receive_buffer(), 20'000U);
}

TEST(ReceiveBuffer, StaysForASleeperThatReadsAllAtOnce) {
  Tuned t;
  for (int second = 0; second < 10; ++second) {
    const auto window = static_cast<std::size_t>(t.c.info().receive_window_bytes);
    t.peer_sends(window);
    t.c.advance(1s);
    t.c.receive(window);
  }
  EXPECT_EQ(t.receive_buffer(), 20'000U) << "20,000 a second are 2000 a round trip";
}

TEST(ReceiveBuffer, NeverShrinks) {
  Tuned t;
  for (int round = 0; round < 4; ++round) t.full_round_trip();
  const std::uint64_t grown = t.receive_buffer();
  tcp::ConnectionOptions options;
  options.no_delay = true;
  t.c.set_options(options);
  for (int round = 0; round < 10; ++round) {
    t.peer_sends(100);
    t.c.receive(100);
    t.c.advance(100ms);
  }
  EXPECT_EQ(t.receive_buffer(), grown);
}

TEST(ReceiveBuffer, TakesTheSizeThatTheApplicationChoosesLater) {
  Tuned t;
  for (int round = 0; round < 4; ++round) t.full_round_trip();
  tcp::ConnectionOptions options;
  options.receive_buffer_bytes = 30'000;
  t.c.set_options(options);
  for (int round = 0; round < 4; ++round) t.full_round_trip();
  EXPECT_EQ(t.receive_buffer(), 30'000U);
}

TEST(ReceiveBuffer, GrowsNoFurtherThanTheWindowFieldCanTell) {
  Tuned t(small_buffers(), {}, "<mss 1000>");
  for (int round = 0; round < 8; ++round) t.full_round_trip();
  EXPECT_EQ(t.receive_buffer(), 65535U);
}

TEST(ReceiveBuffer, GrowsNoFurtherThanTheClamp) {
  tcp::ConnectionOptions options;
  options.window_clamp = 50'000;
  Tuned t(small_buffers(), options);
  for (int round = 0; round < 8; ++round) t.full_round_trip();
  EXPECT_EQ(t.receive_buffer(), 50'000U);
}

TEST(ReceiveBuffer, IsTimedByTheTimestampsThatComeBack) {
  Tuned t;
  EXPECT_EQ(t.c.info().receive_round_trip, 0ms) << "nothing was read";
  t.full_round_trip();
  EXPECT_EQ(t.c.info().receive_round_trip, 100ms) << "the handshake's";
  t.full_round_trip();
  EXPECT_GT(t.c.info().read_per_round_trip, 0U);
}

TEST(WindowScale, LeavesRoomForTheLargestTunedBuffer) {
  for (const auto& [most, scale] : {std::pair{std::size_t{6} << 20, 7},
                                    {std::size_t{15} << 20, 8},
                                    {std::size_t{64} << 20, 11},
                                    {std::size_t{65535} << 7, 7}}) {
    ConversationSetup setup;
    setup.config.tuned_receive_bytes = most;
    Conversation c(setup);
    c.listen();
    c.in("S 0:0(0) win 65535 <mss 1460,nop,wscale 7>");
    EXPECT_EQ(c.take().header.options.window_scale, scale) << most;
  }
}

// --- The send buffer.

// Writes what fits, and has it acknowledged a round trip later.
void write_round_trip(Tuned& t, std::int64_t& acked) {
  while (t.c.try_send(10'000)) {
  }
  std::int64_t end = acked;
  t.c.advance(100ms);
  while (t.c.waiting() > 0) {
    const Sent sent = t.c.take();
    const auto begin = static_cast<std::int64_t>(distance(t.c.peer().our_initial(), sent.header.seq));
    end = std::max(end, begin + static_cast<std::int64_t>(sent.payload.size()));
    if (end > acked) t.c.in(fmt::format(". {0}:{0}(0) ack {1} win 65535", t.heard, end));
    acked = end;
  }
}

TEST(SendBuffer, GrowsWithTheCongestionWindow) {
  Tuned t;
  std::int64_t acked = 1;
  for (int round = 0; round < 6; ++round) write_round_trip(t, acked);
  const tcp::Info info = t.c.info();
  EXPECT_GE(info.send_buffer_bytes, std::min<std::uint64_t>(2 * info.congestion_window_bytes, 100'000U));
  EXPECT_GT(info.send_buffer_bytes, 20'000U);
  EXPECT_LE(info.send_buffer_bytes, 100'000U);
  ASSERT_FALSE(t.growths.all.empty());
  EXPECT_FALSE(t.growths.all.front().receive);
}

TEST(SendBuffer, StaysWhereTheApplicationChoseIt) {
  tcp::ConnectionOptions options;
  options.send_buffer_bytes = 20'000;
  Tuned t(small_buffers(), options);
  std::int64_t acked = 1;
  for (int round = 0; round < 6; ++round) write_round_trip(t, acked);
  EXPECT_EQ(t.c.info().send_buffer_bytes, 20'000U);
}

TEST(SendBuffer, ThatGrewWakesTheWriterAtAThirdOfItsNewSize) {
  Tuned t;
  std::int64_t acked = 1;
  for (int round = 0; round < 6; ++round) write_round_trip(t, acked);
  while (t.c.try_send(10'000)) {
  }
  EXPECT_FALSE(t.c.status().is_writable);
  static_cast<void>(t.c.take_readiness(Conversation::kConnectionOwner));
  t.c.advance(100ms);
  const auto size = static_cast<std::int64_t>(t.c.status().send_buffer_bytes);
  t.c.in(fmt::format(". {0}:{0}(0) ack {1} win 65535", t.heard, acked + size / 4));
  EXPECT_FALSE(t.c.status().is_writable);
  t.c.forget_sent();
}

}  // namespace
}  // namespace fourtuple::test
