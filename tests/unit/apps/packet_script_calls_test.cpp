// Socket calls of a packet script: arguments, structures, results.
#include "tests/unit/apps/packet_script_reading.hpp"

namespace fourtuple::packet_script {
namespace {

using Kind = Expression::Kind;

Call call_in(std::string_view text, const Definitions& definitions = {}) {
  return read_action_of<Call>(text, definitions);
}

// The only argument of f(...).
Expression argument(std::string_view text, const Definitions& definitions = {}) {
  Call call = call_in("0 f(" + std::string(text) + ")", definitions);
  if (call.arguments.size() == 1) return std::move(call.arguments.front());
  ADD_FAILURE() << "not one argument: " << text;
  return {};
}

TEST(PacketScriptCall, HasNameArgumentsAndResult) {
  const Call call = call_in("0 socket(..., SOCK_STREAM, 0) = 3");
  EXPECT_EQ(call.name, "socket");
  ASSERT_EQ(call.arguments.size(), 3U);
  EXPECT_TRUE(call.arguments[0].is_ellipsis());
  EXPECT_EQ(call.arguments[1].kind, Kind::kSymbol);
  EXPECT_EQ(call.arguments[1].text, "SOCK_STREAM");
  EXPECT_EQ(call.arguments[1].position, (Position{1, 15}));
  EXPECT_EQ(call.arguments[2].kind, Kind::kInteger);
  ASSERT_TRUE(call.result);
  EXPECT_EQ(call.result->number, 3);
}

TEST(PacketScriptCall, MayHaveNoArgumentsAndNoResult) {
  const Call call = call_in("0 fork()");
  EXPECT_TRUE(call.arguments.empty());
  EXPECT_FALSE(call.result);
}

TEST(PacketScriptCall, MayFailWithAnErrorAndItsText) {
  const Call call = call_in("0 read(4, ..., 1) = -1 EAGAIN (Resource (temporarily) unavailable) // none yet");
  EXPECT_EQ(call.result.value_or(Expression{}).number, -1);
  EXPECT_EQ(call.error, "EAGAIN");
  EXPECT_EQ(call.note, "Resource (temporarily) unavailable");
}

TEST(PacketScriptCall, ThatFailsIsNotTakenTogetherWithTheNextLine) {
  const Script script = read("0 close(9) = -1\nclose(3) = 0");
  ASSERT_EQ(script.events.size(), 2U);
  EXPECT_EQ(std::get<Call>(script.events[0].action).error, "");
}

TEST(PacketScriptCall, MayReturnFlagsWithANote) {
  const Call call = call_in("0 fcntl(3, F_GETFL) = 0x02 (flags O_RDWR)");
  EXPECT_EQ(call.result.value_or(Expression{}).number, 2);
  EXPECT_EQ(call.error, "");
  EXPECT_EQ(call.note, "flags O_RDWR");
}

TEST(PacketScriptCall, MayReturnAnythingOrASymbol) {
  EXPECT_TRUE(call_in("0 fcntl(3, F_GETFL) = ...").result.value_or(argument("1")).is_ellipsis());
  EXPECT_EQ(call_in("0 fcntl(3, F_GETFL) = O_RDWR").result.value_or(Expression{}).text, "O_RDWR");
}

TEST(PacketScriptCall, MayGoOnOverSeveralLines) {
  const Call call = call_in("0 send(4,  // where\n  \"abc\", /* what */ 3,\n  0)\n  = 3");
  EXPECT_EQ(call.arguments.size(), 4U);
  EXPECT_TRUE(call.result);
}

TEST(PacketScriptExpression, IsANumberOfEitherSignOrBase) {
  EXPECT_EQ(argument("17").number, 17);
  EXPECT_EQ(argument("-1").number, -1);
  EXPECT_EQ(argument("0x1F").number, 31);
  EXPECT_EQ(argument("010").number, 10);  // decimal, as packetdrill reads it
  EXPECT_EQ(argument("9223372036854775807").number, INT64_MAX);
}

TEST(PacketScriptExpression, IsAStringWithItsEscapesResolved) {
  EXPECT_EQ(argument(R"("a\tb\n\\\"\x41\101")").text, "a\tb\n\\\"AA");
  EXPECT_EQ(argument(R"("a\0b")").text, std::string("a\0b", 3));
  EXPECT_EQ(argument(R"("// no # comment `")").text, "// no # comment `");
  EXPECT_EQ(argument(R"("one " "two")").text, "one two");
  EXPECT_EQ(argument(R"("cut"...)").kind, Kind::kString);
}

TEST(PacketScriptExpression, IsAListOfValues) {
  const Expression list = argument("[1, [2], ...]");
  EXPECT_EQ(list.kind, Kind::kList);
  ASSERT_EQ(list.parts.size(), 3U);
  EXPECT_EQ(list.parts[1].kind, Kind::kList);
  EXPECT_TRUE(argument("[]").parts.empty());
}

TEST(PacketScriptExpression, JoinsFlags) {
  const Expression flags = argument("O_RDWR | O_NONBLOCK|0x8");
  EXPECT_EQ(flags.kind, Kind::kOr);
  ASSERT_EQ(flags.parts.size(), 3U);
  EXPECT_EQ(flags.parts[1].text, "O_NONBLOCK");
  EXPECT_EQ(flags.parts[2].number, 8);
}

TEST(PacketScriptExpression, IsAStructureOfNamedFields) {
  const Expression address =
      argument(R"({sa_family = AF_INET, sin_port = htons(8080), sin_addr = inet_addr("192.0.2.1")})");
  EXPECT_EQ(address.kind, Kind::kStruct);
  ASSERT_EQ(address.fields.size(), 3U);
  EXPECT_EQ(address.fields[0].name, "sa_family");
  ASSERT_EQ(address.fields[1].value.size(), 1U);
  const Expression& port = address.fields[1].value[0];
  EXPECT_EQ(port.kind, Kind::kCall);
  EXPECT_EQ(port.text, "htons");
  ASSERT_EQ(port.parts.size(), 1U);
  EXPECT_EQ(port.parts[0].number, 8080);
}

TEST(PacketScriptExpression, KnowsTheStructuresOfSendmsg) {
  const Expression message = argument(
      "{msg_name(...)=..., msg_iov(2)=[{..., 1000}, {..., 24}], msg_flags=MSG_EOR|0, "
      "msg_control=[{cmsg_level=SOL_SOCKET, cmsg_type=1, cmsg_data=2}]}");
  ASSERT_EQ(message.fields.size(), 4U);
  EXPECT_EQ(message.fields[0].name, "msg_name");
  ASSERT_EQ(message.fields[0].sizes.size(), 1U);
  EXPECT_TRUE(message.fields[0].sizes[0].is_ellipsis());
  EXPECT_EQ(message.fields[1].sizes.at(0).number, 2);
  const Expression& vectors = message.fields[1].value.at(0);
  ASSERT_EQ(vectors.parts.size(), 2U);
  EXPECT_EQ(vectors.parts[1].fields.at(1).name, "");
  EXPECT_EQ(vectors.parts[1].fields.at(1).value.at(0).number, 24);
  EXPECT_EQ(message.fields[2].value.at(0).kind, Kind::kOr);
  EXPECT_EQ(message.fields[3].value.at(0).parts.at(0).fields.at(2).name, "cmsg_data");
}

TEST(PacketScriptExpression, MayBeACallOrASymbolInAFieldWithoutName) {
  const Expression pair = argument("{htons(80), A|B, \"x\"}");
  ASSERT_EQ(pair.fields.size(), 3U);
  EXPECT_EQ(pair.fields[0].value.at(0).kind, Kind::kCall);
  EXPECT_TRUE(pair.fields[0].sizes.empty());
  EXPECT_EQ(pair.fields[1].value.at(0).kind, Kind::kOr);
  EXPECT_EQ(pair.fields[2].value.at(0).kind, Kind::kString);
}

TEST(PacketScriptExpression, TakesTheValueOfADefinition) {
  const Definitions definitions = {{"SIZE", "1000"}, {"FLAGS", "A|B"}, {"SELF", "SELF"}};
  EXPECT_EQ(argument("SIZE", definitions).number, 1000);
  EXPECT_EQ(argument("FLAGS", definitions).kind, Kind::kOr);
  EXPECT_EQ(argument("SELF", definitions).text, "SELF");
  EXPECT_EQ(argument("SIZE", definitions).position, (Position{1, 5}));
  EXPECT_EQ(argument("{SIZE=SIZE}", definitions).fields.at(0).name, "SIZE");
}

TEST(PacketScriptExpression, RefusesADefinitionThatIsNoValue) {
  EXPECT_EQ(mistake_line("0 f(X)", {{"X", "1 2"}}), "1:5: 'X' is defined as '1 2', which is no value");
  EXPECT_EQ(mistake_line("0 f(X)", {{"X", ""}}), "1:5: 'X' is defined as '', which is no value");
}

}  // namespace
}  // namespace fourtuple::packet_script
