// Urgent data (RFC 9293 3.8.5, RFC 6093). [RFC9293 MUST-30, MUST-31, MUST-32, MUST-33, MUST-62]
#include <gtest/gtest.h>

#include "tests/support/conversation.hpp"
#include "tests/support/pattern.hpp"

namespace fourtuple::test {
namespace {

Result<std::uint8_t> receive_urgent(Conversation& c, bool peek = false) {
  return c.call([&](tcp::Layer& layer, tcp::Context& context) {
    return layer.receive_urgent(c.peer().connection, peek, context);
  });
}

TEST(UrgentReceive, StopsReadingAtTheMarkAndHandsOutTheOctet) {  // [RFC9293 MUST-30, MUST-33] [RFC6093 3.1, 4]
  Conversation c;
  c.establish();
  c.in("PU. 1:4(3) ack 1 urg 3");
  EXPECT_NE(c.take_readiness(Conversation::kConnectionOwner) & Readiness::kUrgent, 0);  // [RFC9293 MUST-32]
  EXPECT_TRUE(c.status().urgent_announced);
  EXPECT_EQ(c.status().readable_bytes, 2U);
  c.in("P. 4:14(10) ack 1");
  EXPECT_EQ(c.try_receive(100), 2U);
  EXPECT_TRUE(c.status().at_mark);
  EXPECT_EQ(receive_urgent(c, true), pattern_octet(Direction::kPeers, 2));
  EXPECT_EQ(receive_urgent(c), pattern_octet(Direction::kPeers, 2));
  c.peer().octets_read += 1;
  c.receive(10);
  EXPECT_FALSE(c.status().urgent_announced);
  c.ignore_rest();
}

TEST(UrgentReceive, AnswersOnceAndOnlyWhereThereIsUrgentData) {
  Conversation c;
  c.establish();
  EXPECT_EQ(receive_urgent(c).error(), std::errc::invalid_argument);
  c.in("PU. 1:2(1) ack 1 urg 1");
  EXPECT_TRUE(receive_urgent(c));
  EXPECT_EQ(receive_urgent(c).error(), std::errc::invalid_argument);
  c.ignore_rest();
}

TEST(UrgentReceive, IsAnnouncedBeforeTheOctetArrives) {  // [RFC9293 MUST-32]
  Conversation c;
  c.establish();
  c.in("U. 1:11(10) ack 1 urg 20");
  EXPECT_NE(c.take_readiness(Conversation::kConnectionOwner) & Readiness::kUrgent, 0);
  EXPECT_EQ(receive_urgent(c).error(), std::errc::operation_would_block);
  c.receive(10);
  c.in("P. 11:31(20) ack 1");
  EXPECT_EQ(receive_urgent(c), pattern_octet(Direction::kPeers, 19));
  EXPECT_EQ(c.try_receive(100), 9U);
  c.peer().octets_read += 1;
  c.receive(10);
  c.ignore_rest();
}

TEST(UrgentReceive, StaysInTheStreamWhenItIsInline) {  // [RFC9293 MUST-33] [RFC6093 4]
  tcp::ConnectionOptions options;
  options.urgent_inline = true;
  Conversation c;
  c.establish("<mss 1460>", options);
  c.in("PU. 1:11(10) ack 1 urg 5");
  EXPECT_EQ(c.try_receive(100), 4U);
  EXPECT_TRUE(c.status().at_mark);
  EXPECT_EQ(receive_urgent(c).error(), std::errc::invalid_argument);
  EXPECT_EQ(c.try_receive(100), 6U);
  c.ignore_rest();
}

TEST(UrgentReceive, IgnoresAPointerOfZeroAndOldPointers) {
  Conversation c;
  c.establish();
  c.in("U. 1:11(10) ack 1 urg 0");
  EXPECT_FALSE(c.status().at_mark && !c.status().urgent_announced);
  c.receive(10);
  c.in("U. 1:11(10) ack 1 urg 5");  // an old duplicate
  c.expect_blocked();
  EXPECT_FALSE(c.status().urgent_announced);
  c.ignore_rest();
}

TEST(UrgentReceive, KeepsTheLaterOfTwoMarks) {  // [RFC9293 MUST-31] RCV.UP <- max(RCV.UP, SEG.UP)
  Conversation c;
  c.establish();
  c.in("U. 1:11(10) ack 1 urg 10");
  c.in("U. 11:21(10) ack 1 urg 10");
  EXPECT_TRUE(c.status().urgent_announced);
  EXPECT_EQ(c.status().readable_bytes, 19U) << "the octet at the first mark is ordinary again";
  EXPECT_EQ(receive_urgent(c, true), pattern_octet(Direction::kPeers, 19));
  std::size_t total = 0;
  for (int i = 0; i < 4; ++i) total += c.try_receive(100, {.discard = true}).value_or(0);
  EXPECT_GE(total, 18U);
  EXPECT_LE(total, 20U);
  c.ignore_rest();
}

TEST(UrgentSend, PointsBehindTheUrgentOctet) {  // [RFC9293 MUST-62]
  Conversation c;
  c.establish();
  c.send(10, {.urgent = true});
  c.out("PU. 1:11(10) ack 1 urg 10");
}

TEST(UrgentSend, IsAnnouncedOnEverySegmentUpToTheMark) {  // [RFC9293 MUST-30, MUST-31]
  Conversation c;
  c.establish();
  c.send(4000, {.urgent = true});
  c.out("U. 1:1461(1460) ack 1 urg 4000");
  c.out("U. 1461:2921(1460) ack 1 urg 2540");
  c.in(". 1:1(0) ack 2921");
  c.out("PU. 2921:4001(1080) ack 1 urg 1080");
  c.in(". 1:1(0) ack 4001");
  c.send(10);
  c.out("P. 4001:4011(10) ack 1");
}

TEST(UrgentSend, IsRepeatedInARetransmission) {
  Conversation c;
  c.establish();
  c.send(10, {.urgent = true});
  c.out("PU. 1:11(10) ack 1 urg 10");
  c.after(200ms, "PU. 1:11(10) ack 1 urg 10");
}

// [RFC9293 MUST-66] although the window is closed
TEST(UrgentReceive, IsAnnouncedByASegmentThatFindsTheWindowClosed) {
  tcp::ConnectionOptions options;
  options.receive_buffer_bytes = 1000;
  Conversation c;
  c.listen(16, options);
  c.in("S 0:0(0) win 65535 <mss 1460>");
  const auto window = c.take().header.window;
  c.in(". 1:1(0) ack 1");
  c.accept();
  const auto next = std::to_string(window + 1);
  c.in(". 1:" + next + "(" + std::to_string(window) + ") ack 1");
  static_cast<void>(c.take_readiness(Conversation::kConnectionOwner));
  c.in("U. " + next + ":" + std::to_string(window + 2) + "(1) ack 1 urg 1");
  EXPECT_TRUE(c.status().urgent_announced);
  EXPECT_NE(c.take_readiness(Conversation::kConnectionOwner) & Readiness::kUrgent, 0);
  c.ignore_rest();
}

}  // namespace
}  // namespace fourtuple::test
