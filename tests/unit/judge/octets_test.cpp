#include <gtest/gtest.h>

#include "tests/unit/judge/openings.hpp"
#include "tests/unit/judge/trace_maker.hpp"

namespace fourtuple::test {
namespace {

TEST(SameOctetsAgain, HoweverTheyAreCut) {  // [RFC9293 3.4]
  const std::string again = called_and(R"(
    +0 write(2000)
    +0 > . 1:1001(1000) ack 1 win 30000
    +0 > P. 1001:2001(1000) ack 1 win 30000
    +1 > . 501:1501(1000) ack 1 win 30000
  )");
  EXPECT_EQ(judged_by("same-octets-again", again), "");
  Trace altered(again);
  altered.octet(5, 600) ^= 1U;
  EXPECT_EQ(judged_by("same-octets-again", altered), "#5: octet 1101 was sent with another value before");
}

TEST(SameOctetsAgain, IsNoMatterForTheGarbageOfAProbe) {
  Trace probe(called_and(R"(
    +0 write(10)
    +0 > P. 1:11(10) ack 1 win 30000
    +.01 < . 1:1(0) ack 11 win 20000
    +9 > . 10:11(1) ack 1 win 30000
  )"));
  probe.octet(5, 0) ^= 1U;
  EXPECT_EQ(judged_by("same-octets-again", probe), "");
}

// One rule that hears segments of one octet, which nobody acknowledges.
class OctetByOctet {
 public:
  OctetByOctet() {
    take(true, TcpFlags::kSyn, 0, {});
    take(false, TcpFlags::kSyn | TcpFlags::kAck, 0, {});
  }
  void send(std::uint32_t seq, std::uint8_t octet) { take(true, TcpFlags::kAck, seq, ByteView(&octet, 1)); }
  [[nodiscard]] std::size_t found() const { return judge_.findings().size(); }

 private:
  static judge::Rules only_rule() {
    judge::Rules rules = judge::all_rules();
    std::erase_if(rules, [](const auto& rule) { return rule->info().name != "same-octets-again"; });
    return rules;
  }
  void take(bool sent, std::uint8_t flags, std::uint32_t seq, ByteView octets) {
    judge::TracedSegment traced;
    traced.sent = sent;
    traced.segment.flags.bits = flags;
    traced.segment.seq = {seq};
    traced.segment.ack = {1};
    traced.segment.payload = octets;
    judge_.take(traced);
  }
  judge::Judge judge_{{}, only_rule()};
};

TEST(SameOctetsAgain, ForgetsTheOldestWhereTheyAreTooManyAndSaysNothingOfThem) {
  constexpr std::uint32_t kMany = 70'000;
  OctetByOctet sent;
  for (std::uint32_t seq = 1; seq <= kMany; ++seq) sent.send(seq, 7);
  sent.send(1, 8);
  EXPECT_EQ(sent.found(), 0U);
  sent.send(kMany, 8);
  EXPECT_EQ(sent.found(), 1U);
}

TEST(ChecksumIsRight, WhereItWasMade) {  // [RFC9293 MUST-2]
  Trace trace(called_and("+0 write(10)\n+0 > P. 1:11(10) ack 1 win 30000"));
  EXPECT_EQ(judged_by("checksum-is-right", trace), "");
  trace.segment(3).checksum_is_wrong = true;
  EXPECT_EQ(judged_by("checksum-is-right", trace), "#3: a segment is sent with a wrong checksum");
  trace.circumstances.is_near = false;
  EXPECT_EQ(judged_by("checksum-is-right", trace), "");
}

TEST(DamagedSegmentIsNotTaken, OrIsFound) {  // [RFC9293 MUST-3]
  const auto damaged = [](std::string_view rest) {
    return called_and("+0 < P. 1:101(100) ack 1 win 20000\n" + std::string(rest));
  };
  Trace taken(damaged("+0 > . 1:1(0) ack 101 win 30000"));
  taken.segment(3).checksum_is_wrong = true;
  EXPECT_EQ(judged_by("damaged-segment-is-not-taken", taken),
            "#4: acknowledges 101, but octet 1 came only in a damaged segment");
  Trace repeated(damaged("+.2 < P. 1:101(100) ack 1 win 20000\n+0 > . 1:1(0) ack 101 win 30000"));
  repeated.segment(3).checksum_is_wrong = true;
  EXPECT_EQ(judged_by("damaged-segment-is-not-taken", repeated), "");
}

TEST(DamagedSegmentIsNotTaken, IsSilentWhereMoreCameApartThanIsRemembered) {
  Trace damaged(called_and_many_holes("+0 < . 1:12(11) ack 1 win 20000\n+0 > . 1:1(0) ack 13 win 30000"));
  for (std::size_t i = 3; i < 3 + kManyHoles; ++i) damaged.segment(i).checksum_is_wrong = true;
  EXPECT_EQ(judged_by("damaged-segment-is-not-taken", damaged), "");
}

TEST(ReservedBitsAreZero, ButForEcnsSuccessors) {  // [RFC9293 3.1]
  Trace trace(calling_and("+0 write(10)\n+0 > P. 1:11(10) ack 1 win 30000"));
  EXPECT_EQ(judged_by("reserved-bits-are-zero", trace), "");
  trace.segment(3).reserved_bits = 0x5;
  EXPECT_EQ(judged_by("reserved-bits-are-zero", trace), "#3: the reserved bits are 0101");
  Trace accurate("+0 > SEW 0:0(0) win 100\n+.01 < S.E 0:0(0) ack 1 win 100\n+0 > . 1:1(0) ack 1 win 100");
  accurate.segment(0).reserved_bits = 0x1;
  EXPECT_EQ(judged_by("reserved-bits-are-zero", accurate), "");
}

TEST(PushEndsAWrite, WhereWritesAreKnown) {  // [RFC9293 MUST-61]
  const std::string written = called_and("+0 write(1500)\n+0 > . 1:1001(1000) ack 1 win 30000\n");
  EXPECT_EQ(judged_by("push-ends-a-write", written + "+0 > P. 1001:1501(500) ack 1 win 30000"), "");
  EXPECT_EQ(judged_by("push-ends-a-write", written + "+0 > . 1001:1501(500) ack 1 win 30000"),
            "#4: the last octet that was written is sent without PSH");
}

TEST(PushEndsAWrite, WhereAnAnswerShowsThatNothingMoreWasQueued) {
  const auto asked = [](std::string_view flags) {
    return called_and("+0 > " + std::string(flags) + " 1:101(100) ack 1 win 30000\n" + R"(
      +.01 < . 1:1(0) ack 101 win 20000
      +.7 < P. 1:11(10) ack 101 win 20000
    )");
  };
  Trace bad(asked("."));
  Trace good(asked("P."));
  for (Trace* const trace : {&bad, &good}) {
    trace->circumstances.calls_are_known = false;
    trace->circumstances.order_is_exact = false;
  }
  EXPECT_EQ(judged_by("push-ends-a-write", good), "");
  EXPECT_EQ(judged_by("push-ends-a-write", bad), "#3: the last octet that was written is sent without PSH");
}

TEST(UrgentPointerHasAPlace, BehindTheUrgentOctets) {  // [RFC9293 MUST-62]
  const auto urged = [](std::string_view urgent) {
    return called_and("+0 write(9)\n+0 pushurgent(1)\n+0 > PU. 1:11(10) ack 1 win 30000 urg " + std::string(urgent));
  };
  EXPECT_EQ(judged_by("urgent-pointer-has-a-place", urged("10")), "");
  EXPECT_EQ(judged_by("urgent-pointer-has-a-place", urged("11")),
            "#3: the urgent pointer names 12, behind the urgent octets that end at 11");
  EXPECT_EQ(judged_by("urgent-pointer-has-a-place", urged("0")),
            "#3: the urgent pointer is zero: there is nothing urgent ahead");
  EXPECT_EQ(judged_by("urgent-pointer-has-a-place", called_and("+0 > PU. 1:11(10) ack 1 win 30000 urg 10")),
            "#3: URG is set though no urgent octet was written");
}

TEST(UnknownOptions, ArePassedOver) {  // [RFC9293 MUST-6]
  const std::string came = called_and("+0 < P. 1:11(10) ack 1 win 100 <raw fd04abcd>\n");
  EXPECT_EQ(judged_by("unknown-options-are-passed-over", came + "+0 > . 1:1(0) ack 11 win 100"), "");
  EXPECT_EQ(judged_by("unknown-options-are-passed-over", came + "+0 > R 1:1(0) win 0"),
            "#4: a segment with an option of unknown kind is answered with RST");
}

}  // namespace
}  // namespace fourtuple::test
