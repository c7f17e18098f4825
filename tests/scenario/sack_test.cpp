// SACK blocks that we report (RFC 2018): what is held behind a gap, newest first.
#include <gtest/gtest.h>

#include "tests/support/conversation.hpp"

namespace fourtuple::test {
namespace {

constexpr std::string_view kWithSack = "<mss 1460,sackOK>";

TEST(Sack, IsPermittedWhenBothOfferIt) {  // [RFC2018 2]
  Conversation c;
  c.listen();
  c.in("S 0:0(0) win 65535 <mss 1460,sackOK>");
  c.out("S. 0:0(0) ack 1 <mss 1460,sackOK>");
}

TEST(Sack, IsNotReportedUnlessPermitted) {  // [RFC2018 4(c)]
  Conversation c;
  c.establish();
  c.in(". 1461:2921(1460) ack 1");
  c.out(". 1:1(0) ack 1");
}

TEST(Sack, TellsWhatIsHeldBehindAGap) {  // [RFC2018 4]
  Conversation c;
  c.establish(kWithSack);
  c.in(". 1461:2921(1460) ack 1");
  c.out(". 1:1(0) ack 1 <sack 1461:2921>");
  c.in(". 1:1461(1460) ack 1");
  c.out(". 1:1(0) ack 2921");
  c.receive(2920);
  c.ignore_rest();
}

TEST(Sack, GrowsTheBlockThatASegmentTouches) {
  Conversation c;
  c.establish(kWithSack);
  c.in(". 1461:2921(1460) ack 1");
  c.out(". 1:1(0) ack 1 <sack 1461:2921>");
  c.in(". 2921:4381(1460) ack 1");
  c.out(". 1:1(0) ack 1 <sack 1461:4381>");
}

TEST(Sack, NamesTheBlockWithTheNewestSegmentFirst) {  // RFC 2018 4 [RFC2018 4(a), 4(b)]
  Conversation c;
  c.establish(kWithSack);
  c.in(". 2001:3001(1000) ack 1");
  c.out(". 1:1(0) ack 1 <sack 2001:3001>");
  c.in(". 4001:5001(1000) ack 1");
  c.out(". 1:1(0) ack 1 <sack 4001:5001 2001:3001>");
  c.in(". 3001:3501(500) ack 1");
  c.out(". 1:1(0) ack 1 <sack 2001:3501 4001:5001>");
  c.in(". 1001:1501(500) ack 1");
  c.out(". 1:1(0) ack 1 <sack 1001:1501 2001:3501 4001:5001>");
}

TEST(Sack, FitsThreeBlocksBesideTimestamps) {  // [RFC2018 3, 4(b)]
  Conversation c;
  c.establish("<mss 1460,sackOK,TS val 0 ecr 0>");
  for (int block = 1; block <= 5; ++block) {
    const int seq = block * 2000 + 1;
    c.in(". " + std::to_string(seq) + ":" + std::to_string(seq + 1000) + "(1000) ack 1 <TS val 2 ecr 0>");
  }
  Sent last;
  while (c.waiting() != 0) last = c.take();
  const auto blocks = c.peer().describe(last).options.sack;
  ASSERT_EQ(blocks.size(), 3U);
  EXPECT_EQ(blocks.front(), std::make_pair(std::int64_t{10'001}, std::int64_t{11'001}));
  EXPECT_LE(last.header.options.encoded_size(), 40U);
}

TEST(Sack, FitsFourBlocksWithoutTimestamps) {
  Conversation c;
  c.establish(kWithSack);
  for (int block = 1; block <= 6; ++block) {
    const int seq = block * 2000 + 1;
    c.in(". " + std::to_string(seq) + ":" + std::to_string(seq + 1000) + "(1000) ack 1");
  }
  Sent last;
  while (c.waiting() != 0) last = c.take();
  EXPECT_EQ(last.header.options.sack_count, 4);
}

TEST(Sack, EndsWhenTheGapIsFilled) {
  Conversation c;
  c.establish(kWithSack);
  c.in(". 1001:2001(1000) ack 1");
  c.out(". 1:1(0) ack 1 <sack 1001:2001>");
  c.in(". 3001:4001(1000) ack 1");
  c.out(". 1:1(0) ack 1 <sack 3001:4001 1001:2001>");
  c.in(". 1:1001(1000) ack 1");
  c.out(". 1:1(0) ack 2001 <sack 3001:4001>");
  c.in(". 2001:3001(1000) ack 1");
  c.out(". 1:1(0) ack 4001");
}

TEST(DuplicateSack, NamesWhatWasReceivedBefore) {  // [RFC2883 4.1.1]
  Conversation c;
  c.establish(kWithSack);
  c.in("P. 1:1001(1000) ack 1");
  c.after(std::chrono::milliseconds(40), ". 1:1(0) ack 1001");
  c.in("P. 1:1001(1000) ack 1");
  c.out(". 1:1(0) ack 1001 <sack 1:1001>");
  c.in("P. 1001:2001(1000) ack 1");
  c.after(std::chrono::milliseconds(40), ". 1:1(0) ack 2001");
  c.receive(2000);
}

TEST(DuplicateSack, ComesBeforeTheBlocksBehindAGap) {  // [RFC2883 4.1.2]
  Conversation c;
  c.establish(kWithSack);
  c.in("P. 1:1001(1000) ack 1");
  c.in("P. 2001:3001(1000) ack 1");
  c.out(". 1:1(0) ack 1001 <sack 2001:3001>");
  c.in("P. 1:1001(1000) ack 1");
  c.out(". 1:1(0) ack 1001 <sack 1:1001 2001:3001>");
  c.in("P. 3001:4001(1000) ack 1");
  c.out(". 1:1(0) ack 1001 <sack 2001:4001>");
  c.receive(1000);
}

TEST(DuplicateSack, OfHeldOctetsIsFollowedByTheBlockTheyLieIn) {  // [RFC2883 4.2.1]
  Conversation c;
  c.establish(kWithSack);
  c.in("P. 1001:2001(1000) ack 1");
  c.out(". 1:1(0) ack 1 <sack 1001:2001>");
  c.in("P. 3001:5001(2000) ack 1");
  c.out(". 1:1(0) ack 1 <sack 3001:5001 1001:2001>");
  c.in("P. 3501:4001(500) ack 1");
  c.out(". 1:1(0) ack 1 <sack 3501:4001 3001:5001 1001:2001>");
}

TEST(DuplicateSack, NamesTheOldPartOfASegmentThatIsPartlyNew) {  // [RFC2883 4.2]
  Conversation c;
  c.establish(kWithSack);
  c.in("P. 1:1001(1000) ack 1");
  c.after(std::chrono::milliseconds(40), ". 1:1(0) ack 1001");
  c.in("P. 501:1501(1000) ack 1");
  c.after(std::chrono::milliseconds(40), ". 1:1(0) ack 1501 <sack 501:1001>");
  c.in("P. 2001:2501(500) ack 1");
  c.out(". 1:1(0) ack 1501 <sack 2001:2501>");
  c.in("P. 1801:2301(500) ack 1");
  c.out(". 1:1(0) ack 1501 <sack 2001:2301 1801:2501>");
  c.in("P. 1501:2001(500) ack 1");
  c.out(". 1:1(0) ack 2501 <sack 1801:2001>");
  c.receive(2500);
}

TEST(DuplicateSack, IsNotToldWithoutSack) {
  Conversation c;
  c.establish();
  c.in("P. 1:1001(1000) ack 1");
  c.in("P. 1:1001(1000) ack 1");
  c.out(". 1:1(0) ack 1001");
  c.receive(1000);
}

TEST(DuplicateSack, CanBeSwitchedOff) {
  ConversationSetup setup;
  setup.config.duplicate_sack = false;
  Conversation c(setup);
  c.establish(kWithSack);
  c.in("P. 1:1001(1000) ack 1");
  c.in("P. 1:1001(1000) ack 1");
  c.out(". 1:1(0) ack 1001");
  c.receive(1000);
}

TEST(DuplicateSack, TakesItsRoomFromTheTextOfTheSegmentThatCarriesIt) {  // [RFC6691]
  Conversation c;
  c.establish(kWithSack);
  c.in("P. 1:1001(1000) ack 1");
  c.after(std::chrono::milliseconds(40), ". 1:1(0) ack 1001");
  c.in("P. 501:1501(1000) ack 1");  // its ACK may wait, and so rides on our text
  c.send(1460);
  c.out(". 1:1425(1424) ack 1501 <sack 501:1001>");
  c.in(". 1501:1501(0) ack 1425");
  c.out("P. 1425:1461(36) ack 1501");
  c.receive(1500);
}

}  // namespace
}  // namespace fourtuple::test
