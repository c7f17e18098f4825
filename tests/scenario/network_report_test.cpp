// What the network says about our segments (RFC 9293 3.9.2.2, RFC 5927, RFC 1191): believed only when it quotes what
// is in flight. [RFC9293 MUST-54, MUST-55, MUST-56]
#include <array>
#include <gtest/gtest.h>

#include "tests/support/conversation.hpp"

namespace fourtuple::test {
namespace {

using Kind = tcp::NetworkReport::Kind;

TEST(HardError, RefusesAConnectionThatIsOpening) {  // [RFC9293 SHLD-26]
  Conversation c;
  c.connect();
  c.out("S 0:0(0) <...>");
  c.report(Kind::kHard, std::errc::connection_refused, 0);
  c.expect_state(TcpState::kClosed);
  c.expect_error(std::errc::connection_refused);
  c.quiet_for(60s);
}

TEST(HardError, IsSoftOnceSynchronized) {  // [RFC5927 4.1, 5.2]
  Conversation c;
  c.establish();
  c.send(100);
  c.out("P. 1:101(100) ack 1");
  c.report(Kind::kHard, std::errc::connection_refused, 1);
  c.expect_state(TcpState::kEstablished);
  c.expect_blocked();
  c.in(". 1:1(0) ack 101");
}

TEST(SoftError, DoesNotEndAnOpening) {  // [RFC9293 MUST-56]
  Conversation c;
  c.connect();
  c.out("S 0:0(0) <...>");
  c.report(Kind::kSoft, std::errc::host_unreachable, 0);
  c.expect_state(TcpState::kSynSent);
  c.after(1s, "S 0:0(0) <...>");
  c.in("S. 0:0(0) ack 1 win 65535 <mss 1460>");
  c.out(". 1:1(0) ack 1");
  c.expect_blocked();
}

TEST(SoftError, IsToldWhenTheOpeningFailsInTheEnd) {  // [RFC9293 MUST-47, SHLD-25]
  tcp::ConnectionOptions options;
  options.syn_retries = 1;
  Conversation c;
  c.connect(options);
  c.report(Kind::kSoft, std::errc::host_unreachable, 0);
  c.advance(60s);
  c.expect_state(TcpState::kClosed);
  c.expect_error(std::errc::host_unreachable);
  c.ignore_rest();
}

TEST(ForgedReport, ThatQuotesNothingInFlightIsIgnored) {  // [RFC5927 4.1]
  Conversation c;
  c.connect();
  c.out("S 0:0(0) <...>");
  c.report(Kind::kHard, std::errc::connection_refused, 1);
  c.report(Kind::kHard, std::errc::connection_refused, -1);
  c.report(Kind::kHard, std::errc::connection_refused, 1'000'000);
  c.expect_state(TcpState::kSynSent);
}

TEST(PacketTooBig, CutsSegmentsAndRepeatsThem) {  // RFC 1191 6.5 [RFC1191 6.4]
  Conversation c;
  c.establish();
  c.send(2920);
  c.out(". 1:1461(1460) ack 1");
  c.out("P. 1461:2921(1460) ack 1");
  c.report(Kind::kPacketTooBig, {}, 1, 1000);
  c.out(". 1:1001(1000) ack 1");
  c.ignore_rest();
}

TEST(PacketTooBig, LimitsLaterSegments) {
  Conversation c;
  c.establish();
  c.send(1460);
  c.out("P. 1:1461(1460) ack 1");
  c.report(Kind::kPacketTooBig, {}, 1, 1000);
  c.forget_sent();
  c.in(". 1:1(0) ack 1461");
  c.forget_sent();
  c.send(3000);
  c.out(". 1461:2461(1000) ack 1");
  c.ignore_rest();
}

// Fewer octets a segment is no sign of congestion (RFC 1191 6.5): the window stays.
TEST(PacketTooBig, IsNoCongestion) {  // [RFC1191 6.4]
  Conversation c;
  c.establish();
  c.send(14'600);
  c.forget_sent();
  const auto before = c.info().congestion_window_bytes;
  c.report(Kind::kPacketTooBig, {}, 1, 1000);
  EXPECT_GE(c.info().congestion_window_bytes, before * 9 / 10);
  c.ignore_rest();
}

TEST(PacketTooBig, IsIgnoredWhenItQuotesNothingInFlight) {
  Conversation c;
  c.establish();
  c.send(1460);
  c.out("P. 1:1461(1460) ack 1");
  c.report(Kind::kPacketTooBig, {}, 5000, 600);
  c.report(Kind::kPacketTooBig, {}, -70'000, 600);
  c.quiet();
  c.in(". 1:1(0) ack 1461");
  c.send(2920);
  c.out(". 1461:2921(1460) ack 1");
  c.ignore_rest();
}

TEST(PacketTooBig, IsIgnoredWhenItIsNotSmaller) {
  Conversation c;
  c.establish();
  c.send(1460);
  c.out("P. 1:1461(1460) ack 1");
  c.report(Kind::kPacketTooBig, {}, 1, 1460);
  c.report(Kind::kPacketTooBig, {}, 1, 9000);
  c.quiet();
  c.ignore_rest();
}

TEST(PacketTooBig, NeverMakesSillySegments) {  // [RFC5927 7]
  for (const auto mss : std::to_array<std::uint16_t>({0, 1, 28})) {
    Conversation c;
    c.establish();
    c.send(1460);
    c.out("P. 1:1461(1460) ack 1");
    c.report(Kind::kPacketTooBig, {}, 1, mss);
    c.advance(1s);
    for (; c.waiting() > 1; c.take()) {
    }
    c.forget_sent();
    c.in(". 1:1(0) ack 1461");
    c.send(1000);
    EXPECT_GE(c.take().payload.size(), 48U);
    c.ignore_rest();
  }
}

TEST(PathMtuDiscovery, SetsTheDontFragmentBitUnlessSwitchedOff) {  // [RFC9293 MUST-48, SHLD-21]
  Conversation c;
  c.establish();
  c.send(10);
  EXPECT_TRUE(c.take().dont_fragment);
  tcp::ConnectionOptions options;
  options.path_mtu_discovery = false;
  options.ttl = 3;
  options.tos = 0x10;
  c.set_options(options);
  c.in(". 1:1(0) ack 11");
  c.send(10);
  const auto sent = c.take();
  EXPECT_FALSE(sent.dont_fragment);
  EXPECT_EQ(sent.ttl, 3);  // [RFC9293 MUST-49]
  EXPECT_EQ(sent.tos, 0x10);
}

}  // namespace
}  // namespace fourtuple::test
