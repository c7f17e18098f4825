#include "apps/packet_script/calls.hpp"

#include <fmt/format.h>

#include "apps/packet_script/expressions.hpp"

namespace fourtuple::packet_script {
namespace {

// (Resource temporarily unavailable): words for people, brackets in pairs, on one line.
std::string read_note(Cursor& in) {
  const Position position = in.position();
  in.take(1);
  std::size_t depth = 1;
  for (std::size_t i = 0; in.peek(i) != '\n' && in.peek(i) != '\0'; ++i) {
    if (in.peek(i) == '(') ++depth;
    if (in.peek(i) == ')' && --depth == 0) {
      const std::string_view note = in.take(i);
      in.expect(")", "after the note");
      return std::string(note);
    }
  }
  in.fail(position, "this note has no ')' on its line");
  return {};
}

void read_result(Cursor& in, Call& call) {
  call.result = read_expression(in, "a result");
  const bool failed = call.result->kind == Expression::Kind::kInteger && call.result->number < 0;
  if (failed && in.at_word() && !in.at_new_line()) call.error = in.take_word();
  if (in.peek() == '(' && !in.at_new_line()) {
    call.note = read_note(in);
  } else {
    in.expect_event_end("'(' or the end of the line after the result");
  }
}

}  // namespace

Call read_call(Cursor& in) {
  Call call;
  call.name = in.take_word();
  if (in.peek() != '(') {
    in.expected_next(fmt::format("'(' after '{:.40}'", call.name));
    return call;
  }
  call.arguments = read_arguments(in);
  if (in.accept("=")) {
    read_result(in, call);
  } else {
    in.expect_event_end("'=' or the end of the line after the call");
  }
  return call;
}

}  // namespace fourtuple::packet_script
