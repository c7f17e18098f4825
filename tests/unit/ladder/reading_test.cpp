#include "apps/ladder/reading.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "apps/ladder/picture.hpp"
#include "tests/unit/replay/conversation_maker.hpp"

namespace fourtuple::ladder {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

// What is said beside each frame behind the handshake.
std::vector<std::string> remarks(std::string_view lines) {
  const auto conversation = replay::make_open_conversation(lines);
  std::vector<std::string> said;
  for (const ReadFrame& read : read_conversation(*conversation))
    if (read.frame->number > 3) said.push_back(remark_on(read));
  return said;
}

TEST(CaptureReading, HasNothingToSayAboutAnOrdinaryConversation) {
  EXPECT_THAT(remarks(R"(
      +0.000 c P. 1:101(100) ack 1
      +0.010 s .  1:1(0) ack 101
      +0.000 s P. 1:1001(1000) ack 101
      +0.000 c .  101:101(0) ack 1001
      +0.000 c F. 101:101(0) ack 1001
      +0.010 s F. 1001:1001(0) ack 102
      +0.000 c .  102:102(0) ack 1002)"),
              ::testing::Each(IsEmpty()));
}

TEST(CaptureReading, TellsWhichFrameIsRepeatedAndHowLate) {
  EXPECT_THAT(remarks(R"(
      +0.000 c P. 1:101(100) ack 1
      +0.200 c P. 1:101(100) ack 1
      +0.010 s .  1:1(0) ack 101)"),
              ElementsAre("", "of 4, 200 ms later", ""));
}

TEST(CaptureReading, CountsDuplicateAcksUpToTheFastRetransmission) {
  EXPECT_THAT(remarks(R"(
      +0.000 s .  1:1001(1000) ack 1
      +0.000 s .  2001:3001(1000) ack 1
      +0.000 c .  1:1(0) ack 1001
      +0.000 s .  3001:4001(1000) ack 1
      +0.000 c .  1:1(0) ack 1001
      +0.000 s .  4001:5001(1000) ack 1
      +0.000 c .  1:1(0) ack 1001
      +0.000 c .  1:1(0) ack 1001
      +0.020 s .  1001:2001(1000) ack 1
      +0.000 c .  1:1(0) ack 5001)"),
              ElementsAre("", "behind a gap: 1,000 octets missing", "", "", "duplicate ACK 1", "", "duplicate ACK 2",
                          "duplicate ACK 3", "out of order: late, or lost ahead of here", ""));
}

TEST(CaptureReading, SaysWhatTheReceiverNeverGot) {
  EXPECT_THAT(remarks(R"(
      +0.000 c .  1:1001(1000) ack 1
      +0.000 c .  1001:2001(1000) ack 1
      +0.000 c .  2001:3001(1000) ack 1
      +0.000 c .  3001:4001(1000) ack 1
      +0.020 s .  1:1(0) ack 1 win 65160 <nop,nop,sack 1001:2001>
      +0.000 s .  1:1(0) ack 1 win 65160 <nop,nop,sack 1001:3001>
      +0.000 s .  1:1(0) ack 1 win 65160 <nop,nop,sack 1001:4001>
      +0.000 c .  1:1001(1000) ack 1
      +0.020 s .  1:1(0) ack 4001)"),
              ElementsAre("lost beyond here", "", "", "", "duplicate ACK 1", "duplicate ACK 2", "duplicate ACK 3",
                          "fast, of 4, 20 ms later", ""));
}

TEST(CaptureReading, TellsAClosedWindowItsProbesAndItsOpening) {
  EXPECT_THAT(remarks(R"(
      +0.000 c P. 1:101(100) ack 1
      +0.010 s .  1:1(0) ack 101 win 0
      +0.300 c .  100:101(1) ack 1
      +0.010 s .  1:1(0) ack 101 win 0
      +0.300 s .  1:1(0) ack 101 win 5000)"),
              ElementsAre("", "window closed", "window probe", "window closed", "window opened"));
}

TEST(CaptureReading, KnowsAKeepAliveByItsNumber) {
  EXPECT_THAT(remarks(R"(
      +0.000 c P. 1:101(100) ack 1
      +0.010 s .  1:1(0) ack 101
      +60    c .  100:100(0) ack 1
      +0.010 s .  1:1(0) ack 101)"),
              ElementsAre("", "", "keep-alive", ""));
}

TEST(CaptureReading, DoesNotCountWhatWasDamaged) {
  EXPECT_THAT(remarks(R"(
      +0.000 c P. 1:101(100) ack 1 # damaged
      +0.200 c P. 1:101(100) ack 1
      +0.010 s .  1:1(0) ack 101)"),
              ElementsAre("damaged: wrong checksum", "", ""));
}

TEST(CaptureReading, ScalesWindowsAsBothSynsAgreed) {
  const auto conversation = replay::make_conversation(R"(
      +0.000 c S  0:0(0) win 1000 <mss 1460,nop,wscale 7>
      +0.010 s S. 0:0(0) ack 1 win 2000 <mss 1460,nop,wscale 3>
      +0.000 c .  1:1(0) ack 1 win 100
      +0.000 s .  1:1(0) ack 1 win 100)");
  std::vector<std::uint64_t> windows;
  for (const ReadFrame& read : read_conversation(*conversation)) windows.push_back(read.line.window_bytes);
  EXPECT_THAT(windows, ElementsAre(1000U, 2000U, 12800U, 800U));
}

TEST(CaptureReading, CountsFromWhatIsAcknowledgedFirstWhereThereIsNoHandshake) {
  const auto conversation = replay::make_conversation(R"(
      +0.000 c P. 5001:5101(100) ack 7001
      +0.010 s P. 7001:7101(100) ack 5101
      +0.000 c .  5101:5101(0) ack 7101)");
  std::vector<std::string> lines;
  for (const ReadFrame& read : read_conversation(*conversation)) lines.push_back(observe::notation(read.line));
  EXPECT_THAT(lines, ElementsAre("P. 1:101(100) ack 1 win 65535", "P. 1:101(100) ack 101 win 65535",
                                 ". 101:101(0) ack 101 win 65535"));
}

}  // namespace
}  // namespace fourtuple::ladder
