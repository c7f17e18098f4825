// Super-segments: many segments handed down as one, which a device or the flush cuts. On the wire nothing differs.
#include <gtest/gtest.h>

#include "tests/support/conversation.hpp"

namespace fourtuple::test {
namespace {

ConversationSetup offloading() {
  ConversationSetup setup;
  setup.path.max_super_segment = 65'000;
  return setup;
}

TEST(SuperSegment, CarriesAWholeWindow) {
  Conversation c(offloading());
  c.establish();
  c.send(100'000);
  EXPECT_EQ(c.waiting(), 10U);  // the initial window, as ever
  std::int64_t next = 1;
  while (c.waiting() != 0) {
    const auto sent = c.take();
    EXPECT_TRUE(sent.from_super_segment);
    EXPECT_FALSE(sent.header.flags.psh());
    EXPECT_EQ(c.peer().describe(sent).seq, next);
    EXPECT_EQ(sent.payload.size(), 1460U);
    next += 1460;
  }
  EXPECT_EQ(c.info().segments_sent, 11U);  // with the SYN-ACK: segments are counted as on the wire
  c.ignore_rest();
}

TEST(SuperSegment, EndsWithThePushedRest) {
  Conversation c(offloading());
  c.establish();
  c.send(3000);
  c.out(". 1:1461(1460) ack 1");
  c.out(". 1461:2921(1460) ack 1");
  c.out("P. 2921:3001(80) ack 1");
}

TEST(SuperSegment, LeavesTheCornerOfTheWindowEmpty) {  // [RFC9293 MUST-38]
  Conversation c(offloading());
  c.establish("<mss 1460>", {}, 4000);
  c.send(10'000);
  c.out(". 1:1461(1460) ack 1");
  c.out(". 1461:2921(1460) ack 1");
  c.quiet();
  c.ignore_rest();
}

TEST(SuperSegment, StopsAtThePeersWindow) {
  Conversation c(offloading());
  c.establish("<mss 1460>", {}, 5000);
  c.send(20'000);
  std::int64_t end = 0;
  while (c.waiting() != 0) {
    const auto segment = c.peer().describe(c.take());
    end = segment.seq + segment.length;
  }
  EXPECT_LE(end, 5001);
  EXPECT_GE(end, 4381);
  c.ignore_rest();
}

TEST(SuperSegment, IsRepeatedInSegments) {
  Conversation c(offloading());
  c.establish();
  c.send(14'600);
  c.forget_sent();
  c.after(200ms, ". 1:1461(1460) ack 1");
  c.quiet();
  c.in(". 1:1(0) ack 5841");
  c.advance(1s);
  c.out(". 5841:7301(1460) ack 1");
  c.ignore_rest();
}

TEST(SuperSegment, MayBeAcknowledgedInTheMiddle) {
  Conversation c(offloading());
  c.establish();
  c.send(14'600);
  c.forget_sent();
  c.in(". 1:1(0) ack 2000");
  EXPECT_EQ(c.status().unacknowledged_bytes, 12'601U);
  c.in(". 1:1(0) ack 14601");
  EXPECT_EQ(c.status().unacknowledged_bytes, 0U);
  c.quiet_for(10s);
}

TEST(SuperSegment, LeavesRoomForOptionsInEverySegment) {
  Conversation c(offloading());
  c.establish("<mss 1460,TS val 0 ecr 0>");
  c.send(5000);
  EXPECT_EQ(c.take().payload.size(), 1448U);
  c.ignore_rest();
}

}  // namespace
}  // namespace fourtuple::test
