// F14: packet scripts. Any text is a script or has a mistake with a place in it; what is read agrees with itself, keeps
// its limits, and reads the same a second time.
#include <algorithm>
#include <string>

#include "apps/packet_script/script.hpp"
#include "tests/fuzz/support.hpp"

namespace fourtuple::fuzz {
namespace {

using namespace packet_script;

bool is_inside(Position position, const std::vector<std::string>& lines) {
  return position.line >= 1 && position.column >= 1 && position.line <= lines.size() + 1;
}

void check_expression(const Expression& expression, std::size_t depth) {
  using Kind = Expression::Kind;
  require(depth <= kMaxDepth, "expressions are not too deep");
  require(expression.parts.size() <= kMaxParts + 1 && expression.fields.size() <= kMaxParts + 1, "nor too wide");
  require(expression.fields.empty() || expression.kind == Kind::kStruct, "only a structure has fields");
  require(expression.kind != Kind::kOr || expression.parts.size() >= 2, "alternatives are at least two");
  for (const Expression& part : expression.parts) check_expression(part, depth + 1);
  for (const Expression::Field& field : expression.fields) {
    require(field.value.size() == 1, "a field has one value");
    for (const Expression& size : field.sizes) check_expression(size, depth + 1);
    check_expression(field.value.front(), depth + 1);
  }
}

void check_action(const Call& call) {
  require(!call.name.empty(), "a call has a name");
  for (const Expression& argument : call.arguments) check_expression(argument, 1);
  require(call.result || call.error.empty(), "an error comes with a result");
}

void check_action(const Packet& packet) {
  const auto* tcp = std::get_if<TcpPacket>(&packet.content);
  if (tcp == nullptr) return;
  require(tcp->sequence.first + tcp->sequence.length == tcp->sequence.end, "sequence numbers agree");
  require(tcp->options.size() <= 40, "options fit a header");
  require(!tcp->any_options || tcp->options.empty(), "any options are not also some");
}

void check_action(const Command& command) {
  require(command.text.find('`') == std::string::npos, "a command ends at its mark");
}

void check_action(const Assertions& block) { require(block.text.find("}%") == std::string::npos, "so does a block"); }

void check_script(const Script& script) {
  require(script.events.size() <= kMaxEvents, "events are bounded");
  Position last{1, 1};
  for (const Event& event : script.events) {
    require(is_inside(event.position, script.lines) && event.position >= last, "events stand in order");
    require(event.when.at >= Duration{} && event.when.latest.value_or(event.when.at) >= event.when.at, "times too");
    std::visit([](const auto& action) { check_action(action); }, event.action);
    last = event.position;
  }
}

void check_mistake(const SyntaxError& error, std::string_view text) {
  const auto lines = static_cast<std::uint32_t>(std::ranges::count(text, '\n')) + 1;
  require(error.position.line >= 1 && error.position.line <= lines, "a mistake is on a line of the text");
  require(error.position.column >= 1 && error.position.column <= text.size() + 1, "at a column of it");
  require(!error.message.empty() && error.message.size() < 400, "it is told in a sentence");
  require(error.to_string().starts_with("fuzz.pkt:"), "with the file's name");
}

void check(std::string_view text, const Definitions& definitions) {
  const auto script = parse(text, "fuzz.pkt", definitions);
  const auto again = parse(text, "fuzz.pkt", definitions);
  require(script.has_value() == again.has_value(), "the same text reads the same");
  if (!script) {
    check_mistake(script.error(), text);
    require(script.error().to_string() == again.error().to_string(), "and is wrong for the same reason");
  } else {
    check_script(*script);
    require(script->events.size() == again->events.size(), "as often as one likes");
  }
}

}  // namespace
}  // namespace fourtuple::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto octets = fourtuple::fuzz::exact_copy({data, size});
  const std::string text(octets.begin(), octets.end());
  fourtuple::fuzz::check(text, {});
  fourtuple::fuzz::check(text, {{"A", ""}, {"N", "17"}, {"FLAGS", "O_RDWR|0x8"}, {"T", ".5"}});
  return 0;
}
