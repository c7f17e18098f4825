#include <gtest/gtest.h>

#include "tests/unit/judge/openings.hpp"
#include "tests/unit/judge/trace_maker.hpp"

namespace fourtuple::test {
namespace {

TEST(RightEdgeStays, WhereItWasOffered) {  // [RFC9293 SHLD-14]
  const std::string came = called_and("+0 < P. 1:101(100) ack 1 win 20000\n");
  EXPECT_EQ(judged_by("right-edge-stays", came + "+0 > . 1:1(0) ack 101 win 29900"), "");
  EXPECT_EQ(judged_by("right-edge-stays", came + "+0 > . 1:1(0) ack 101 win 29899"),
            "#4: the right edge moves from 30001 to 30000: 1 octets back");
}

TEST(RightEdgeStays, ButForTheRoundingOfItsScale) {
  const auto scaled = [](std::string_view window) {
    return "+0 < S 0:0(0) win 100 <wscale 4>\n+0 > S. 0:0(0) ack 1 win 1600 <wscale 4>\n+.01 < . 1:1(0) ack 1 win 100\n"
           "+0 < P. 1:11(10) ack 1 win 100\n+0 > . 1:1(0) ack 11 win " +
           std::string(window);
  };
  EXPECT_EQ(judged_by("right-edge-stays", scaled("99")), "");  // 1595 of 1601
  EXPECT_EQ(judged_by("right-edge-stays", scaled("98")), "#4: the right edge moves from 1601 to 1579: 22 octets back");
}

TEST(StaysInTheWindow, ButForTheOctetOfAProbe) {
  const std::string full = called_and(R"(
    +0  write(300)
    +0  < . 1:1(0) ack 1 win 100
    +0  > P. 1:101(100) ack 1 win 30000
  )");
  Trace small(
      "+0 < S 0:0(0) win 100\n+0 > S. 0:0(0) ack 1 win 100\n+.01 < . 1:1(0) ack 1 win 100\n"
      "+0 > . 1:102(101) ack 1 win 100");
  EXPECT_EQ(judged_by("stays-in-the-window", small), "#3: sends up to 102, but the peer offered only up to 101");
  Trace probe(
      "+0 < S 0:0(0) win 100\n+0 > S. 0:0(0) ack 1 win 100\n+.01 < . 1:1(0) ack 1 win 100\n"
      "+0 > . 1:101(100) ack 1 win 100\n+.01 < . 1:1(0) ack 101 win 0\n+1 > . 101:102(1) ack 1 win 100");
  EXPECT_EQ(judged_by("stays-in-the-window", probe), "");
  EXPECT_EQ(judged_by("stays-in-the-window", full), "");
}

TEST(KeepsToThePeersSize, WithItsOptions) {  // [RFC9293 MUST-16]
  const auto sent = [](std::string_view end, std::string_view options) {
    return "+0 < S 0:0(0) win 20000 <mss 1000,TS val 1 ecr 0>\n+0 > S. 0:0(0) ack 1 win 100 <TS val 5 ecr 1>\n"
           "+.01 < . 1:1(0) ack 1 win 20000 <TS val 2 ecr 5>\n+0 > . 1:" +
           std::string(end) + " ack 1 win 100 " + std::string(options);
  };
  EXPECT_EQ(judged_by("keeps-to-the-peers-size", sent("989(988)", "<TS val 5 ecr 2>")), "");
  EXPECT_EQ(judged_by("keeps-to-the-peers-size", sent("1001(1000)", "<TS val 5 ecr 2>")),
            "#3: 1012 octets of payload and options, but the peer's MSS is 1000");
  Trace super(sent("1001(1000)", "<TS val 5 ecr 2>"));
  super.segment(3).cut_from_super_segment = true;
  EXPECT_EQ(judged_by("keeps-to-the-peers-size", super), "");
}

TEST(KeepsToTheDefaultSize, WhereThePeerNamedNone) {  // [RFC9293 MUST-15(a)]
  const std::string nameless =
      "+0 < S 0:0(0) win 20000\n+0 > S. 0:0(0) ack 1 win 100\n+.01 < . 1:1(0) ack 1 win 20000\n";
  EXPECT_EQ(judged_by("keeps-to-the-default-size", nameless + "+0 > . 1:537(536) ack 1 win 100"), "");
  EXPECT_EQ(judged_by("keeps-to-the-default-size", nameless + "+0 > . 1:538(537) ack 1 win 100"),
            "#3: 537 octets of payload and options to a peer that named no MSS");
}

}  // namespace
}  // namespace fourtuple::test
