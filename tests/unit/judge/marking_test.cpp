#include <gtest/gtest.h>

#include "tests/unit/judge/openings.hpp"
#include "tests/unit/judge/trace_maker.hpp"

namespace fourtuple::test {
namespace {

TEST(EceOnlyIfNegotiated, OrIsFound) {  // [RFC3168 6.1]
  EXPECT_EQ(judged_by("ece-only-if-negotiated", calling_and("+0 > P.E 1:11(10) ack 1 win 30000")),
            "#3: the flags P.E on a connection without ECN");
  EXPECT_EQ(judged_by("ece-only-if-negotiated",
                      "+0 > SEW 0:0(0) win 100\n+.01 < S.E 0:0(0) ack 1 win 100\n"
                      "+0 > P.E 1:11(10) ack 1 win 100"),
            "");
}

std::string marked_and(std::string_view syn_ack, std::string_view rest) {
  return "+0 < SEW 0:0(0) win 20000\n+0 > " + std::string(syn_ack) + " 0:0(0) ack 1 win 30000\n" + R"(
    +.01 < . 1:1(0) ack 1 win 20000
    +0   < [ce] P. 1:101(100) ack 1 win 20000
  )" + std::string(rest);
}

TEST(MarkIsEchoed, OnTheAckOfMarkedOctets) {  // [RFC3168 6.1.3]
  EXPECT_EQ(judged_by("mark-is-echoed", marked_and("S.E", "+0 > .E 1:1(0) ack 101 win 30000")), "");
  EXPECT_EQ(judged_by("mark-is-echoed", marked_and("S.E", "+0 > . 1:1(0) ack 101 win 30000")),
            "#4: acknowledges 101 without ECE, and octets below came marked");
}

TEST(MarkIsEchoed, IsSilentWhereEcnWasNotAgreedOn) {
  EXPECT_EQ(judged_by("mark-is-echoed", marked_and("S.", "+0 > . 1:1(0) ack 101 win 30000")), "");
  Trace newer(marked_and("S.E", "+0 > . 1:1(0) ack 101 win 30000"));
  newer.segment(0).reserved_bits = 1;
  EXPECT_EQ(judged_by("mark-is-echoed", newer), "");
}

TEST(MarkIsEchoed, IsSilentWhereCwrHasComeOrTheMarkIsNotAcknowledgedYet) {  // [RFC3168 6.1.3]
  EXPECT_EQ(judged_by("mark-is-echoed", marked_and("S.E", R"(
              +0 > . 1:1(0) ack 1 win 30000
              +0 < P.W 101:201(100) ack 1 win 20000
              +0 > . 1:1(0) ack 201 win 30000
            )")),
            "");
}

}  // namespace
}  // namespace fourtuple::test
