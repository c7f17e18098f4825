#include "stack/observe/pcapng.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <string>
#include <vector>

#include "tests/unit/observe/story.hpp"

namespace fourtuple::observe {
namespace {

using testing::HasSubstr;
using testing::Not;

std::uint32_t word_at(const std::string& block, std::size_t at) {
  std::uint32_t word = 0;
  for (std::size_t i = 4; i-- > 0;) word = word << 8 | static_cast<std::uint8_t>(block.at(at + i));
  return word;
}

// The blocks that `tell` makes.
template <class Tell>
std::vector<std::string> blocks(Tell&& tell, const PcapngOptions& options = {}) {
  std::vector<std::string> written;
  PcapngSink sink([&](ByteView block) { written.emplace_back(block.begin(), block.end()); }, options);
  tell(sink);
  sink.flush();
  return written;
}

const std::vector<std::uint8_t> kFrame(61, 0xab);

TEST(Pcapng, FramesEveryBlockByItsLength) {
  const auto written = blocks([](trace::Sink& sink) {
    sink.on_event({Instant{}, 0, trace::FrameReceived{kFrame, 0}});
    sink.on_event({Instant{}, 0, trace::FrameSent{kFrame, 1000, 0, Cause::kDatagram}});
  });
  ASSERT_EQ(written.size(), 4U);
  for (const std::string& block : written) {
    EXPECT_EQ(block.size() % 4, 0U);
    EXPECT_EQ(word_at(block, 4), block.size());
    EXPECT_EQ(word_at(block, block.size() - 4), block.size());
  }
  EXPECT_EQ(word_at(written[0], 0), 0x0a0d0d0aU);
  EXPECT_EQ(word_at(written[0], 8), 0x1a2b3c4dU);
  EXPECT_EQ(word_at(written[1], 0), 1U);
}

TEST(Pcapng, TellsTimeLengthsAndDirection) {
  const auto written = blocks([](trace::Sink& sink) {
    sink.on_event({Instant{} + 5s, 0, trace::FrameSent{kFrame, 1000, 0, Cause::kDatagram}});
  });
  const std::string& packet = written.at(2);
  EXPECT_EQ(word_at(packet, 0), 6U);
  EXPECT_EQ(word_at(packet, 12), 5000000000U >> 32);
  EXPECT_EQ(word_at(packet, 16), 5000000000U & 0xffffffffU);
  EXPECT_EQ(word_at(packet, 20), 61U);
  EXPECT_EQ(word_at(packet, 24), 1061U);
  EXPECT_EQ(word_at(packet, packet.size() - 12), 2U);  // outbound
}

TEST(Pcapng, CommentsAFrameWithWhatItCaused) {
  const auto written = blocks([](trace::Sink& sink) {
    Teller story(sink, kServerSide, 7);
    story.tell(trace::FrameReceived{kFrame, 0}).gets(kS, {}).becomes(TcpState::kListen, TcpState::kSynReceived);
    story.tell(trace::FrameSent{kFrame, 0, 0, Cause::kHandshake});
    story.tell(trace::FrameReceived{kFrame, 0}).drops(kA, {}, DropReason::kTcpFutureAck);
  });
  EXPECT_THAT(written.at(2), HasSubstr("LISTEN -> SYN-RECEIVED"));
  EXPECT_THAT(written.at(3), HasSubstr("because of handshake [RFC9293 3.5]: "));
  EXPECT_THAT(written.at(3), Not(HasSubstr("LISTEN")));
  EXPECT_THAT(written.at(4), HasSubstr("dropped: tcp-future-ack [RFC5961 5.2]: "));
}

TEST(Pcapng, CommentsASentFrameWithTheTimerThatMadeIt) {
  const auto written = blocks([](trace::Sink& sink) {
    Teller story(sink, kServerSide, 7);
    story.tell(trace::TimerFired{trace::Timer::kRetransmission});
    story.tell(trace::FrameSent{kFrame, 0, 0, Cause::kRetransmissionTimeout});
  });
  EXPECT_THAT(written.at(2), HasSubstr("retransmission timer ran out\nbecause of retransmission-timeout"));
}

TEST(Pcapng, WaitsForTheWholeFrameAndKeepsTheOrder) {
  std::vector<std::string> written;
  PcapngSink sink([&](ByteView block) { written.emplace_back(block.begin(), block.end()); },
                  {.waits_for_frames = true});
  std::vector<std::uint8_t> whole(kFrame);
  whole.resize(100, 0xcd);
  sink.on_event({Instant{}, 0, trace::FrameSent{kFrame, 39, 0, Cause::kDatagram}});
  sink.on_event({Instant{}, 0, trace::FrameReceived{kFrame, 0}});
  EXPECT_EQ(written.size(), 2U);
  sink.complete(whole);
  sink.flush();
  ASSERT_EQ(written.size(), 4U);
  EXPECT_EQ(word_at(written[2], 20), 100U);
  EXPECT_EQ(word_at(written[2], 24), 100U);
  EXPECT_THAT(written[2], HasSubstr("because of datagram"));
  EXPECT_EQ(word_at(written[3], 20), 61U);
}

TEST(Pcapng, WritesWhatNeverLeavesAsItIs) {
  std::vector<std::string> written;
  PcapngSink sink([&](ByteView block) { written.emplace_back(block.begin(), block.end()); },
                  {.waits_for_frames = true});
  const std::vector<std::uint8_t> other(80, 0x11);
  sink.on_event({Instant{}, 0, trace::FrameSent{kFrame, 1000, 0, Cause::kDatagram}});
  sink.on_event({Instant{}, 0, trace::FrameSent{other, 0, 0, Cause::kDatagram}});
  sink.complete(other);
  ASSERT_EQ(written.size(), 4U);
  EXPECT_EQ(word_at(written[2], 20), 61U);
  EXPECT_EQ(word_at(written[3], 20), 80U);
}

TEST(Pcapng, BoundsItsComments) {
  const auto written = blocks(
      [](trace::Sink& sink) {
        Teller story(sink, kServerSide, 7);
        story.tell(trace::FrameReceived{kFrame, 0});
        for (int i = 0; i < 1000; ++i) story.tell(trace::TimerFired{trace::Timer::kPersist});
      },
      {.max_comment = 100});
  EXPECT_LT(written.at(2).size(), 61U + 100U + 64U);
}

}  // namespace
}  // namespace fourtuple::observe
