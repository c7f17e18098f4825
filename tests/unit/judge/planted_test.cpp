// Recordings with one thing altered: the rule that is broken then says so about the host that broke it, and no rule
// says anything about the other one.
#include <fmt/format.h>
#include <functional>
#include <gtest/gtest.h>
#include <set>

#include "tests/support/captures.hpp"
#include "tests/unit/judge/captured_traces.hpp"

namespace fourtuple::test {
namespace {

using capture::Host;
using capture::TcpFrame;

// A recording of our own whose frames may be altered.
class Planted {
 public:
  explicit Planted(const std::string& file) : file_(file), original_(read_capture(own_captures() / file)) {
    EXPECT_FALSE(original_.conversations.empty()) << file;
    if (!original_.conversations.empty()) altered_ = *original_.conversations.front();
  }
  [[nodiscard]] TcpFrame& frame(std::uint32_t number) {
    const auto at = std::ranges::find(altered_.frames, number, &TcpFrame::number);
    EXPECT_NE(at, altered_.frames.end()) << number;
    return *at;
  }
  [[nodiscard]] TcpFrame& first_with_sack() {
    return *std::ranges::find_if(altered_.frames, [](const TcpFrame& f) { return f.segment.options.sack_count > 0; });
  }
  // This frame and all behind it come later.
  void delay_from(std::uint32_t number, Duration by) {
    for (TcpFrame& frame : altered_.frames)
      if (frame.number >= number) frame.time += by;
  }
  // The frame is there once more, some time later, with the number that follows the last.
  void repeat(std::uint32_t number, Duration later) {
    TcpFrame copy = frame(number);
    copy.time += later;
    copy.number = altered_.frames.back().number + 1;
    const auto place = std::ranges::upper_bound(altered_.frames, copy.time, {}, &TcpFrame::time);
    altered_.frames.insert(place, copy);
  }
  // Rules by host that speak now and had been silent: "client: a b".
  [[nodiscard]] std::string news() const {
    std::string text;
    for (const Host host : {Host::kClient, Host::kServer}) {
      const auto before = broken(*original_.conversations.front(), host);
      std::string names;
      for (const std::string& name : broken(altered_, host))
        if (!before.contains(name)) names += " " + name;
      if (!names.empty()) text += (host == Host::kClient ? "client:" : "server:") + names;
    }
    return text;
  }

 private:
  [[nodiscard]] std::set<std::string> broken(const capture::Conversation& conversation, Host host) const {
    std::set<std::string> names;
    for (const auto& finding : judge_host(file_, conversation, host).findings) names.emplace(finding.rule->name);
    return names;
  }
  std::string file_;
  ReadCapture original_;  // owns the octets
  capture::Conversation altered_;
};

TEST(Planted, NothingIsNoNews) { EXPECT_EQ(Planted("echo-plain.pcap").news(), ""); }

TEST(Planted, ASegmentWithoutTimestamps) {  // [RFC7323 3.2]
  Planted planted("echo-plain.pcap");
  planted.frame(6).segment.options.timestamps.reset();
  EXPECT_EQ(planted.news(), "server: timestamp-on-every-segment");
}

TEST(Planted, TwoHostsNearOneWithATimestampThatGoesBack) {  // [RFC7323 5.2]
  Planted planted("echo-plain.pcap");
  planted.frame(6).segment.options.timestamps->value -= 100'000;
  EXPECT_EQ(planted.news(), "server: timestamp-never-goes-back");
}

TEST(Planted, ASegmentSentTwiceAtOnce) {  // [RFC6298 5]
  Planted planted("echo-plain.pcap");
  planted.repeat(8, 50us);
  EXPECT_EQ(planted.news(), "client: retransmission-is-not-early");
}

TEST(Planted, ATimestampThatGoesBack) {  // [RFC7323 5.2]
  Planted planted("loss-fast-retransmit.client.pcap");
  planted.frame(16).segment.options.timestamps->value -= 1000;
  EXPECT_EQ(planted.news(), "client: timestamp-never-goes-back");
}

TEST(Planted, AnEchoOfWhatNeverCame) {  // [RFC7323 3.2]
  Planted planted("loss-fast-retransmit.client.pcap");
  planted.frame(16).segment.options.timestamps->echo_reply += 5000;
  EXPECT_EQ(planted.news(), "client: timestamp-echo-has-come timestamp-echo-is-ts-recent");
}

TEST(Planted, ABlockThatNamesWhatHasNotCome) {  // [RFC2018 3]
  Planted planted("loss-fast-retransmit.client.pcap");
  SackBlock& block = planted.first_with_sack().segment.options.sack[0];
  block.left = block.left - 500;
  block.right = block.right + 90000;
  EXPECT_EQ(planted.news(), "server: sack-is-truthful");
}

TEST(Planted, AnAckThatIsLate) {  // [RFC9293 MUST-40]
  Planted planted("echo-plain.pcap");
  planted.delay_from(5, 700ms);
  EXPECT_EQ(planted.news(), "server: ack-within-half-a-second");
}

TEST(Planted, ASynThatIsRepeatedTooSoon) {  // [RFC6298 2.1]
  Planted planted("echo-plain.pcap");
  planted.delay_from(2, 300ms);
  planted.repeat(1, 200ms);
  planted.frame(15).segment.options.timestamps->value += 200;
  EXPECT_EQ(planted.news(), "client: first-syn-timeout-is-a-second");
}

TEST(Planted, ARetransmissionWithoutReason) {  // [RFC6298 5]
  Planted planted("loss-fast-retransmit.client.pcap");
  planted.repeat(9, 20ms);
  EXPECT_EQ(planted.news(), "client: retransmission-is-not-early");
}

TEST(Planted, OctetsThatWereAcknowledgedLongAgo) {  // [RFC9293 3.10.7.4]
  Planted planted("echo-plain.pcap");
  planted.delay_from(6, 2s);
  planted.repeat(4, 1s);
  planted.repeat(5, 1s + 1ms);  // and the server answers it
  EXPECT_EQ(planted.news(), "client: acknowledged-is-not-repeated");
}

TEST(Planted, SackToAPeerThatHadNotPermittedIt) {  // [RFC2018 4(c)]
  Planted planted("loss-fast-retransmit.client.pcap");
  planted.frame(1).segment.options.sack_permitted = false;
  EXPECT_NE(planted.news().find("server: sack-only-if-permitted"), std::string::npos) << planted.news();
}

// What changes nothing that a rule could be about.
TEST(Planted, OtherPortsNumbersAndTimeBringNoNews) {
  Planted planted("loss-fast-retransmit.client.pcap");
  planted.delay_from(1, 5s);
  for (std::uint32_t number = 1; number < 60; ++number) planted.frame(number).ttl = 12;
  EXPECT_EQ(planted.news(), "");
}

}  // namespace
}  // namespace fourtuple::test
