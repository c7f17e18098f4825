// What stands around and between the events of a packet script: settings, comments, conditions, commands.
#include "tests/unit/apps/packet_script_reading.hpp"

namespace fourtuple::packet_script {
namespace {

TEST(PacketScriptLayout, SettingsComeFirst) {
  const Script script =
      read("// about\n--ip_version=ipv4 --mtu=1400\n--flag\n--path=/a//b#c\n--name=\"a b\"\n0 close(3) = 0");
  ASSERT_EQ(script.settings.size(), 5U);
  EXPECT_EQ(script.settings[0].name, "ip_version");
  EXPECT_EQ(script.settings[0].value, "ipv4");
  EXPECT_EQ(script.settings[1].position, (Position{2, 19}));
  EXPECT_EQ(script.settings[2].value, "");
  EXPECT_EQ(script.settings[3].value, "/a//b#c");
  EXPECT_EQ(script.settings[4].value, "a b");
}

TEST(PacketScriptLayout, CommentsAreOfThreeKinds) {
  const Script script = read("# one\n// two\n/* three\n #endif */ 0 close(3) = 0 // four\n# if this were C\n");
  EXPECT_EQ(script.events.size(), 1U);
}

TEST(PacketScriptLayout, LinesMayEndAsOnWindows) {
  const Script script = read("0 close(3) = 0\r\n#ifdef A\r\n#endif\r\n< . 1:1(0) ack 1\r\n");
  EXPECT_EQ(script.events.size(), 2U);
  EXPECT_EQ(script.lines.at(0), "0 close(3) = 0");
}

TEST(PacketScriptLayout, CommandsWithoutATimeStandBeforeAndAfter) {
  const Script script = read("`one\n two` `three`\n0 `four`\n+0 close(3) = 0\n`five`\n");
  ASSERT_EQ(script.first.size(), 2U);
  EXPECT_EQ(script.first[0].text, "one\n two");
  ASSERT_EQ(script.events.size(), 2U);
  EXPECT_EQ(std::get<Command>(script.events[0].action).text, "four");
  ASSERT_TRUE(script.last);
  EXPECT_EQ(script.last->text, "five");
}

TEST(PacketScriptLayout, BlocksAreKeptAsTheyAre) {
  const auto block = read_action_of<Assertions>("0 %{ assert tcpi_x == 1, \"# `\"\n# python }\n}%\n");
  EXPECT_EQ(block.text, " assert tcpi_x == 1, \"# `\"\n# python }\n");
}

TEST(PacketScriptLayout, ASourceLineIsKeptForMessages) {
  const Script script = read("0 close(3) = 0 // x\n\n+0 close(4) = 0");
  EXPECT_EQ(script.lines, (std::vector<std::string>{"0 close(3) = 0 // x", "", "+0 close(4) = 0"}));
  EXPECT_EQ(script.events.at(1).position, (Position{3, 1}));
  EXPECT_EQ(script.file, "test.pkt");
}

TEST(PacketScriptLayout, AnEmptyScriptIsAScript) {
  EXPECT_TRUE(read("").events.empty());
  EXPECT_TRUE(read("\n// nothing\n").events.empty());
}

std::size_t events_of(std::string_view text, const Definitions& definitions = {}) {
  return read(text, definitions).events.size();
}

TEST(PacketScriptCondition, ChoosesByWhatIsDefined) {
  const auto* text = "#ifdef A\n0 close(1)\n+0 close(2)\n#else\n0 close(3)\n#endif\n";
  EXPECT_EQ(events_of(text), 1U);
  EXPECT_EQ(events_of(text, {{"A", ""}}), 2U);
  const auto* inverse = "#ifndef A\n0 close(1)\n#endif\n";
  EXPECT_EQ(events_of(inverse), 1U);
  EXPECT_EQ(events_of(inverse, {{"A", "1"}}), 0U);
}

TEST(PacketScriptCondition, MayStandInAnother) {
  const auto* text =
      "#ifdef A\n #ifdef B\n0 close(1)\n #else\n0 close(2)\n+0 close(3)\n #endif\n#else\n#ifdef B\n#else\n0 "
      "close(4)\n+0 close(4)\n+0 close(4)\n#endif\n#endif\n";
  EXPECT_EQ(events_of(text, {{"A", "1"}, {"B", "1"}}), 1U);
  EXPECT_EQ(events_of(text, {{"A", "1"}}), 2U);
  EXPECT_EQ(events_of(text, {{"B", "1"}}), 0U);
  EXPECT_EQ(events_of(text), 3U);
}

TEST(PacketScriptCondition, WhatIsLeftOutNeedNotBeGood) {
  EXPECT_EQ(events_of("#ifdef A\n0 nonsense \"`%{ /*\n#define\n#endif\n0 close(3)"), 1U);
}

TEST(PacketScriptCondition, MayStandBetweenTheLinesOfAnEvent) {
  EXPECT_EQ(events_of("0 f(1,\n#ifdef A\n  2\n#else\n  3\n#endif\n  )"), 1U);
}

TEST(PacketScriptCondition, DefineGivesANameAValueUnlessTheCommandLineDid) {
  const auto* text = "#define N 5 // five\n0 close(N)";
  const auto number = [&](const Definitions& definitions) {
    return read_action_of<Call>(text, definitions).arguments.at(0).number;
  };
  EXPECT_EQ(number({}), 5);
  EXPECT_EQ(number({{"N", "7"}}), 7);
  EXPECT_EQ(events_of("#define A\n#ifdef A\n0 close(1)\n#endif"), 1U);
  EXPECT_EQ(events_of("#ifdef A\n0 close(1)\n#endif\n#define A"), 0U);
}

}  // namespace
}  // namespace fourtuple::packet_script
