// When an ACK is sent (RFC 9293 3.8.6.3, RFC 5681 4.2). [RFC9293 MUST-40, MUST-58, MUST-59, SHLD-18, SHLD-19]
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "tests/support/conversation.hpp"

namespace fourtuple::test {
namespace {

TEST(DelayedAck, IsSentAfterAtMost40Milliseconds) {  // [RFC9293 MUST-40, SHLD-18] [RFC5681 4.2]
  Conversation c;
  c.establish();
  c.in("P. 1:101(100) ack 1");
  c.after(40ms, ". 1:1(0) ack 101");
  c.quiet_for(10s);
}

TEST(DelayedAck, FollowsTheConfiguration) {
  ConversationSetup setup;
  setup.config.delayed_ack = 100ms;
  Conversation c(setup);
  c.establish();
  c.in("P. 1:101(100) ack 1");
  c.after(100ms, ". 1:1(0) ack 101");
}

TEST(DelayedAck, IsNotPutOffByMoreSmallSegments) {
  Conversation c;
  c.establish();
  c.in("P. 1:11(10) ack 1");
  c.advance(20ms);
  c.in("P. 11:21(10) ack 1");
  if (c.waiting() == 0) c.advance(20ms);
  c.out(". 1:1(0) ack 21");
  c.quiet_for(1s);
}

TEST(DelayedAck, RidesOnDataOfOurs) {
  Conversation c;
  c.establish();
  c.in("P. 1:101(100) ack 1");
  c.quiet();
  c.receive(100);
  c.send(10);
  c.out("P. 1:11(10) ack 101");
  c.in(". 101:101(0) ack 11");
  c.quiet_for(1s);
}

TEST(DelayedAck, IsSentAtOnceForEverySecondFullSegment) {  // [RFC9293 SHLD-19] [RFC5681 4.2]
  Conversation c;
  c.establish();
  c.in(". 1:1461(1460) ack 1");
  c.quiet();
  c.in(". 1461:2921(1460) ack 1");
  c.out(". 1:1(0) ack 2921");
  c.in(". 2921:4381(1460) ack 1");
  c.quiet();
  c.in(". 4381:5841(1460) ack 1");
  c.out(". 1:1(0) ack 5841");
}

// Who has lost something has a small window, which an ACK that waits would hold up.
TEST(DelayedAck, IsNotDelayedForSixteenSegmentsBehindAGap) {
  Conversation c;
  c.establish();
  c.in(". 1461:2921(1460) ack 1");
  c.out(". 1:1(0) ack 1");
  c.in(". 1:1461(1460) ack 1");
  c.out(". 1:1(0) ack 2921");
  StreamOffset next = 2921;
  for (int segment = 0; segment < 16; ++segment, next += 1460) {
    c.in(fmt::format(". {}:{}(1460) ack 1", next, next + 1460));
    c.out(fmt::format(". 1:1(0) ack {}", next + 1460));
  }
  c.in(fmt::format(". {}:{}(1460) ack 1", next, next + 1460));
  c.quiet();
}

// [RFC9293 MUST-58, MUST-59] one ACK for all that arrived together
TEST(DelayedAck, CountsSmallSegmentsAsFullWhereOurSizeIsSmall) {  // [RFC9293 SHLD-19]
  ConversationSetup setup;
  setup.path = {256, 256, 0};
  Conversation c(setup);
  c.establish("<mss 256>");
  c.in(". 1:257(256) ack 1");
  c.quiet();
  c.in(". 257:513(256) ack 1");
  c.out(". 1:1(0) ack 513");
}

TEST(DelayedAck, IsOneForAWholeBatch) {  // [RFC9293 MUST-58, MUST-59]
  Conversation c;
  c.establish();
  c.in({". 1:1461(1460) ack 1", ". 1461:2921(1460) ack 1", ". 2921:4381(1460) ack 1", ". 4381:5841(1460) ack 1",
        ". 5841:7301(1460) ack 1"});
  c.out(". 1:1(0) ack 7301");
  c.quiet_for(1s);
}

TEST(Ack, IsSentAtOnceForASegmentOutOfOrder) {  // [RFC9293 MAY-13] [RFC5681 4.2(a)]
  Conversation c;
  c.establish();
  c.in(". 1461:2921(1460) ack 1");
  c.out(". 1:1(0) ack 1");
  c.in(". 2921:4381(1460) ack 1");
  c.out(". 1:1(0) ack 1");
  c.in(". 1:1461(1460) ack 1");
  c.out(". 1:1(0) ack 4381");
}

TEST(Ack, IsNeverSentForAnAck) {
  Conversation c;
  c.establish();
  c.send(100);
  c.out("P. 1:101(100) ack 1");
  c.in(". 1:1(0) ack 101");
  c.in(". 1:1(0) ack 101 win 1000");
  c.in(". 1:1(0) ack 101 win 2000");
  c.quiet_for(1s);
}

TEST(QuickAck, IsSentAtOnceWhenTheApplicationAsks) {
  Conversation c;
  c.establish();
  c.in("P. 1:101(100) ack 1");
  c.quiet();
  c.call([&](tcp::Layer& layer, tcp::Context& context) { layer.set_quick_ack(c.peer().connection, true, context); });
  c.out(". 1:1(0) ack 101");
  c.in("P. 101:201(100) ack 1");
  c.out(". 1:1(0) ack 201");
}

}  // namespace
}  // namespace fourtuple::test
