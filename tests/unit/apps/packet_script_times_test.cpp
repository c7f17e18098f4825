// When events of a packet script happen.
#include "tests/unit/apps/packet_script_reading.hpp"

namespace fourtuple::packet_script {
namespace {

When time_of(std::string_view text) {
  const Script script = read(text);
  return script.events.empty() ? When{} : script.events.back().when;
}

TEST(PacketScriptTime, IsAbsoluteWithoutASign) {
  const When when = time_of("0.100 close(3) = 0");
  EXPECT_EQ(when.kind, When::Kind::kAbsolute);
  EXPECT_EQ(when.at, 100ms);
  EXPECT_EQ(when.position, (Position{1, 1}));
  EXPECT_FALSE(when.latest || when.end);
}

TEST(PacketScriptTime, MayBeginOrEndWithThePoint) {
  EXPECT_EQ(time_of(".5 close(3) = 0").at, 500ms);
  EXPECT_EQ(time_of("5. close(3) = 0").at, 5s);
  EXPECT_EQ(time_of("0 close(3) = 0").at, 0s);
}

TEST(PacketScriptTime, CountsNanosecondsAndNothingBelow) {
  EXPECT_EQ(time_of("1.000000001 close(3) = 0").at, 1s + 1ns);
  EXPECT_EQ(time_of("1.0000000019 close(3) = 0").at, 1s + 1ns);
}

TEST(PacketScriptTime, IsRelativeWithAPlus) {
  const When when = time_of("+.1 close(3) = 0");
  EXPECT_EQ(when.kind, When::Kind::kRelative);
  EXPECT_EQ(when.at, 100ms);
}

TEST(PacketScriptTime, OfAnExpectedPacketMayBeARange) {
  const When relative = time_of("+.1~+.3 > . 1:1(0) ack 1");
  EXPECT_EQ(relative.kind, When::Kind::kRelative);
  EXPECT_EQ(relative.at, 100ms);
  EXPECT_EQ(relative.latest, Duration(300ms));
  const When absolute = time_of("0.1~0.3 > . 1:1(0) ack 1");
  EXPECT_EQ(absolute.kind, When::Kind::kAbsolute);
  EXPECT_EQ(absolute.latest, Duration(300ms));
}

TEST(PacketScriptTime, OfAnExpectedPacketMayBeAny) { EXPECT_EQ(time_of("* > . 1:1(0) ack 1").kind, When::Kind::kAny); }

TEST(PacketScriptTime, OfABlockingCallHasAnEnd) {
  for (const auto* text : {"0.1...0.2 read(4, ..., 10) = 10", "0.1 ... .2 read(4, ..., 10) = 10"}) {
    const When when = time_of(text);
    EXPECT_EQ(when.kind, When::Kind::kAbsolute);
    EXPECT_EQ(when.at, 100ms);
    EXPECT_EQ(when.end, Duration(200ms));
  }
}

TEST(PacketScriptTime, OfABlockingCallMayRepeatThePlus) {
  for (const auto* text : {"+0...0.2 accept(3, ..., ...) = 4", "+0...+0.2 accept(3, ..., ...) = 4"}) {
    const When when = time_of(text);
    EXPECT_EQ(when.kind, When::Kind::kRelative);
    EXPECT_EQ(when.at, 0s);
    EXPECT_EQ(when.end, Duration(200ms));
  }
}

TEST(PacketScriptTime, MayBeLeftOutAtTheBeginningOfALine) {
  const Script script = read("0 close(3) = 0\n< . 1:1(0) ack 1\n> . 1:1(0) ack 1\nclose(4) = 0\n%{ assert True }%\n");
  ASSERT_EQ(script.events.size(), 5U);
  for (const Event& event : script.events) EXPECT_EQ(event.when.at, 0s);
  EXPECT_EQ(script.events[1].when.kind, When::Kind::kRelative);
  EXPECT_EQ(script.events[3].position, (Position{4, 1}));
}

TEST(PacketScriptTime, MayBeADefinition) {
  const Script script = read("+RTT close(3) = 0", {{"RTT", "0.25"}});
  ASSERT_EQ(script.events.size(), 1U);
  EXPECT_EQ(script.events[0].when.at, 250ms);
}

TEST(PacketScriptTime, ThatGoesBackIsRefused) {
  EXPECT_EQ(mistake_line("0.1 close(3) = 0\n+.1 close(4) = 0\n.15 close(5) = 0"),
            "3:1: this time is before the last event's, 0.2 s");
}

TEST(PacketScriptTime, MayReachBackIntoABlockingCall) {
  EXPECT_EQ(mistake_line("0.1...0.5 read(4, ..., 10) = 10\n0.2 < P. 1:11(10) ack 1"), "");
}

TEST(PacketScriptTime, OfARangeThatEndsBeforeItBeginsIsRefused) {
  EXPECT_EQ(mistake_line("+.3~+.1 > . 1:1(0) ack 1"), "1:5: this range ends before it begins");
  EXPECT_EQ(mistake_line("+.3...0.1 close(3) = 0"), "1:7: this range ends before it begins");
}

TEST(PacketScriptTime, SuitsWhatHappens) {
  const std::string loose = "only a packet that is expected ('>') may come at any time or within a range";
  EXPECT_EQ(mistake_line("* close(3) = 0"), "1:1: " + loose);
  EXPECT_EQ(mistake_line("+0~+1 < . 1:1(0) ack 1"), "1:1: " + loose);
  EXPECT_EQ(mistake_line("+0...1 > . 1:1(0) ack 1"), "1:1: only a call may last from one time to another");
}

TEST(PacketScriptTime, HasABound) {
  EXPECT_EQ(mistake_line("1000000001 close(3) = 0"), "1:1: a time is at most 1000000000 seconds");
  EXPECT_EQ(mistake_line("+99999999999999999999 close(3) = 0"), "1:2: a time is at most 1000000000 seconds");
  EXPECT_EQ(mistake_line("+1000000000 close(3) = 0\n+1 close(3) = 0"),
            "2:1: with this the script lasts more than 1000000000 seconds");
}

TEST(PacketScriptTime, IsANumber) {
  EXPECT_EQ(mistake_line("+x close(3) = 0"), "1:2: expected a time in seconds, found 'x'");
  EXPECT_EQ(mistake_line("+. close(3) = 0"), "1:2: expected a time in seconds, found '.'");
  EXPECT_EQ(mistake_line("+RTT close(3) = 0", {{"RTT", "fast"}}), "1:2: expected a time in seconds, found 'RTT'");
}

}  // namespace
}  // namespace fourtuple::packet_script
