// Scripts that are too much: refused with a message, and soon.
#include "tests/unit/apps/packet_script_reading.hpp"

namespace fourtuple::packet_script {
namespace {

std::string repeated(std::string_view piece, std::size_t times) {
  std::string text;
  text.reserve(piece.size() * times);
  for (std::size_t i = 0; i < times; ++i) text += piece;
  return text;
}

TEST(PacketScriptLimit, BinaryIsRefusedWithItsPlace) {
  EXPECT_EQ(mistake_in(std::string_view("+0 close(3)\n+0\0close(4)", 23)),
            "test.pkt:2:3: the octet 0x00 is not text; is this a script?");
  EXPECT_EQ(mistake_line("\x7f"
                         "ELF"),
            "1:1: the octet 0x7f is not text; is this a script?");
}

TEST(PacketScriptLimit, ACommentMayBeInAnyEncoding) { EXPECT_EQ(mistake_line("// \xfc \xc3\xbc\n"), ""); }

TEST(PacketScriptLimit, OctetsAreBounded) {
  EXPECT_EQ(mistake_line(std::string(kMaxScriptBytes, '\t')), "");
  EXPECT_EQ(mistake_line(std::string(kMaxScriptBytes + 1, '\t')),
            "1:1: this file has 4194305 octets; a script has at most 4194304");
}

TEST(PacketScriptLimit, LinesAreBounded) {
  EXPECT_EQ(mistake_line(std::string(kMaxLines - 1, '\n')), "");
  EXPECT_EQ(mistake_line(std::string(kMaxLines, '\n')), "1:1: a script has at most 500000 lines");
}

TEST(PacketScriptLimit, EventsAreBounded) {
  EXPECT_EQ(mistake_line(repeated("+0 a()", kMaxEvents + 1)), "1:1200001: more than 200000 events");
}

TEST(PacketScriptLimit, NestingIsBounded) {
  EXPECT_EQ(mistake_line("0 f(" + repeated("[", kMaxDepth - 1) + "1" + repeated("]", kMaxDepth - 1) + ")"), "");
  EXPECT_EQ(mistake_line("0 f(" + repeated("[", kMaxScriptBytes / 2)), "1:69: more than 64 brackets in another");
  EXPECT_EQ(mistake_line("0 f(" + repeated("{a=", 1'000'000)), "1:195: more than 64 brackets in another");
  EXPECT_EQ(mistake_line("0 " + repeated("f(", 1'000'000)), "1:133: more than 64 brackets in another");
}

TEST(PacketScriptLimit, ConditionsAreBounded) {
  EXPECT_EQ(mistake_line(repeated("#ifdef A\n", kMaxDepth) + repeated("#endif\n", kMaxDepth)), "");
  EXPECT_EQ(mistake_line(repeated("#ifdef A\n", 400'000)), "65:1: more than 64 #ifdef in another");
}

TEST(PacketScriptLimit, ValuesAreBounded) {
  EXPECT_EQ(mistake_line("0 f(" + repeated("1,", kMaxParts) + "1)"), "1:2053: more than 1024 values in one bracket");
  EXPECT_EQ(mistake_line("0 f(" + repeated("1|", kMaxParts) + "1)"), "1:2053: more than 1024 values joined by '|'");
  EXPECT_NE(
      mistake_line(repeated("+0 f(X,X,X,X)\n", 200'000), {{"X", "[1,1,1,1,1,1]"}}).find("more than 1000000 values"),
      std::string::npos);
}

TEST(PacketScriptLimit, DefinitionsAreBounded) {
  const std::string large(kMaxDefinitionBytes + 1, '7');
  EXPECT_EQ(mistake_line("", {{"X", large}}), "1:1: the value of -D X has more than 256 octets");
  EXPECT_EQ(mistake_line("#define X " + large), "1:1: a definition has at most 256 octets");
}

TEST(PacketScriptLimit, RepetitionOnOneLineTakesLinearTime) {
  // Any of these would take minutes if something looked for the line's end, or the text's, again and again.
  EXPECT_EQ(mistake_line(repeated("+0 a()=0 (x)", 100'000)), "");
  EXPECT_EQ(mistake_line(repeated("/**/", kMaxScriptBytes / 4)), "");
  EXPECT_EQ(mistake_line(repeated("``", kMaxEvents)), "");
  EXPECT_EQ(mistake_line("+0 " + repeated("a", 1'000'000)).substr(0, 20), "1:1000004: expected ");
  EXPECT_EQ(mistake_line("+0 a(\"" + repeated("b", 1'000'000) + "\")"), "");
  EXPECT_EQ(mistake_line("+0 < . 1:1(0) <raw " + repeated("00", 2'000'000) + ">"),
            "1:16: with this the options take more than 40 octets, all that a header has");
}

}  // namespace
}  // namespace fourtuple::packet_script
