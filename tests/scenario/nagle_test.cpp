// When small data leaves: Nagle (RFC 9293 3.7.4), TCP_NODELAY, TCP_CORK, MSG_MORE, PSH. [RFC9293 SHLD-7, MUST-17]
#include <gtest/gtest.h>

#include "tests/support/conversation.hpp"

namespace fourtuple::test {
namespace {

TEST(Nagle, LetsTheFirstSmallSegmentGoAtOnce) {  // S43
  Conversation c;
  c.establish();
  c.send(10);
  c.out("P. 1:11(10) ack 1");
}

TEST(Nagle, GathersSmallWritesWhileDataIsUnacknowledged) {  // S44 [RFC9293 SHLD-7]
  Conversation c;
  c.establish();
  c.send(10);
  c.out("P. 1:11(10) ack 1");
  for (int i = 0; i < 20; ++i) c.send(10);
  c.quiet();
  c.in(". 1:1(0) ack 11");
  c.out("P. 11:211(200) ack 1");
}

TEST(Nagle, LetsFullSegmentsGo) {
  Conversation c;
  c.establish();
  c.send(10);
  c.out("P. 1:11(10) ack 1");
  c.send(1500);
  c.out(". 11:1471(1460) ack 1");
  c.quiet();
  c.in(". 1:1(0) ack 1471");
  c.out("P. 1471:1511(40) ack 1");
}

// The rule is about small writes that follow each other, not about the end of a large one.
TEST(Nagle, LetsTheRestOfALargeWriteGo) {  // [RFC9293 SHLD-7]
  Conversation c;
  c.establish();
  c.send(1500);
  c.out(". 1:1461(1460) ack 1");
  c.out("P. 1461:1501(40) ack 1");
  c.send(40);
  c.quiet();
  c.in(". 1:1(0) ack 1501");
  c.out("P. 1501:1541(40) ack 1");
}

TEST(NoDelay, LetsEveryWriteGoAtOnce) {  // S45 [RFC9293 MUST-17]
  tcp::ConnectionOptions options;
  options.no_delay = true;
  Conversation c;
  c.establish("<mss 1460>", options);
  c.send(10);
  c.out("P. 1:11(10) ack 1");
  c.send(10);
  c.out("P. 11:21(10) ack 1");
  c.send(10);
  c.out("P. 21:31(10) ack 1");
}

TEST(NoDelay, IsInheritedFromTheListener) {  // S47
  tcp::ConnectionOptions options;
  options.no_delay = true;
  Conversation c;
  c.establish("<mss 1460>", options);
  const auto* inherited =
      c.layer().inspect(c.peer().connection) != nullptr
          ? c.call([&](tcp::Layer& layer, tcp::Context&) { return layer.options(c.peer().connection); })
          : nullptr;
  ASSERT_NE(inherited, nullptr);
  EXPECT_TRUE(inherited->no_delay);
}

TEST(NoDelay, SwitchedOnLetsGoWhatWaits) {
  Conversation c;
  c.establish();
  c.send(10);
  c.out("P. 1:11(10) ack 1");
  c.send(10);
  c.quiet();
  tcp::ConnectionOptions options;
  options.no_delay = true;
  c.set_options(options);
  c.out("P. 11:21(10) ack 1");
}

TEST(Cork, HoldsPartialSegmentsFor200Milliseconds) {  // [RFC9293 MUST-60, MAY-16]
  tcp::ConnectionOptions options;
  options.cork = true;
  Conversation c;
  c.establish("<mss 1460>", options);
  c.send(100);
  c.quiet_for(190ms);
  c.advance(20ms);
  c.out("P. 1:101(100) ack 1");
}

TEST(Cork, LetsFullSegmentsGo) {
  tcp::ConnectionOptions options;
  options.cork = true;
  Conversation c;
  c.establish("<mss 1460>", options);
  c.send(1000);
  c.quiet();
  c.send(1000);
  c.out(". 1:1461(1460) ack 1");
  c.quiet();
  options.cork = false;
  c.set_options(options);
  c.advance(0ms);
  c.in(". 1:1(0) ack 1461");
  c.out("P. 1461:2001(540) ack 1");
}

TEST(Cork, RemovedLetsGoWhatWaits) {
  tcp::ConnectionOptions options;
  options.cork = true;
  Conversation c;
  c.establish("<mss 1460>", options);
  c.send(100);
  c.quiet();
  options.cork = false;
  c.set_options(options);
  c.out("P. 1:101(100) ack 1");
}

TEST(MoreToCome, HoldsAPartialSegmentBack) {  // [RFC9293 MAY-16]
  Conversation c;
  c.establish();
  c.send(100, {.more = true});
  c.quiet();
  c.send(100);
  c.out("P. 1:201(200) ack 1");
}

// [RFC9293 MUST-61] the last segment of what was written is pushed, [SHLD-27] the ones before it need not be
TEST(Push, MarksTheLastSegmentOfWhatWasWritten) {  // [RFC9293 SHLD-27]
  Conversation c;
  c.establish();
  c.send(4000);
  EXPECT_FALSE(c.take().header.flags.psh());
  EXPECT_FALSE(c.take().header.flags.psh());
  const auto last = c.take();
  EXPECT_TRUE(last.header.flags.psh());
  EXPECT_EQ(last.payload.size(), 1080U);
}

// [RFC9293 SHLD-28] as large as it may be
TEST(Segments, AreAsLargeAsPossible) {
  Conversation c;
  c.establish("<mss 1460>", {}, 1000);
  c.send(1000);
  c.out("P. 1:1001(1000) ack 1");
  for (int i = 0; i < 50; ++i) c.send(100);
  c.in(". 1:1(0) ack 1001 win 65535");
  c.out(". 1001:2461(1460) ack 1");
  c.out(". 2461:3921(1460) ack 1");
  c.out(". 3921:5381(1460) ack 1");
  c.out("P. 5381:6001(620) ack 1");
}

}  // namespace
}  // namespace fourtuple::test
