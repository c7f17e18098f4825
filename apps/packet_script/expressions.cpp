#include "apps/packet_script/expressions.hpp"

#include <fmt/format.h>
#include <limits>
#include <utility>

#include "apps/packet_script/numbers.hpp"

namespace fourtuple::packet_script {
namespace {

using ExpressionKind = Expression::Kind;

Expression read_operand(Cursor& in, std::string_view what);

Expression expression_at(ExpressionKind kind, Position position) {
  Expression expression;
  expression.kind = kind;
  expression.position = position;
  return expression;
}

// a, b, c and the closing bracket.
template <typename Parts, typename ReadPart>
void read_parts(Cursor& in, Parts& parts, std::string_view close, std::string_view where, ReadPart read_part) {
  if (in.accept(close) || !in.enter()) return;
  do {
    if (parts.size() == kMaxParts) in.fail(in.position(), fmt::format("more than {} values in one bracket", kMaxParts));
    parts.push_back(read_part());
  } while (in.accept(","));
  in.expect(close, where);
  in.leave();
}

Expression read_integer(Cursor& in) {
  constexpr auto kLargest = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
  Expression expression = expression_at(ExpressionKind::kInteger, in.position());
  const bool is_negative = in.accept("-");
  const auto magnitude = static_cast<std::int64_t>(read_number(in, "a number", kLargest));
  expression.number = is_negative ? -magnitude : magnitude;
  return expression;
}

Expression read_text(Cursor& in) {
  Expression expression = expression_at(ExpressionKind::kString, in.position());
  while (in.peek() == '"') expression.text += read_string(in);  // "a" "b" is one, as in C
  in.accept("...");  // strace's mark of a string that it cut; scripts made from its output have it
  return expression;
}

Expression read_list(Cursor& in) {
  Expression list = expression_at(ExpressionKind::kList, in.position());
  in.take(1);
  read_parts(in, list.parts, "]", "or ',' in a list", [&] { return read_expression(in, "a value"); });
  return list;
}

// What a definition stands for. Names in it are not looked up again, so a definition can't grow without bounds.
Expression defined_expression(Cursor& in, Position position, std::string_view name, const std::string& value) {
  Cursor inside(value, {});
  Expression expression = read_expression(inside, "a value");
  in.count_values(inside.values());
  if (inside.failed() || !inside.at_end())
    in.fail(position, fmt::format("'{:.40}' is defined as '{:.40}', which is no value", name, value));
  expression.position = position;
  return expression;
}

// A name that was read already: a call, a symbol, or what it is defined as.
Expression after_name(Cursor& in, Position position, std::string_view name) {
  if (in.peek() == '(') {
    Expression call = expression_at(ExpressionKind::kCall, position);
    call.text = name;
    call.parts = read_arguments(in);
    return call;
  }
  if (const std::string* value = in.definition(name)) return defined_expression(in, position, name, *value);
  Expression symbol = expression_at(ExpressionKind::kSymbol, position);
  symbol.text = name;
  return symbol;
}

// The rest of a|b|c.
Expression with_alternatives(Cursor& in, Expression first) {
  if (in.peek() != '|') return first;
  Expression all = expression_at(ExpressionKind::kOr, first.position);
  all.parts.push_back(std::move(first));
  while (in.accept("|")) {
    if (all.parts.size() == kMaxParts)
      in.fail(in.position(), fmt::format("more than {} values joined by '|'", kMaxParts));
    all.parts.push_back(read_operand(in, "a value after '|'"));
  }
  return all;
}

// name=value, name(size)=value, or a value alone.
Expression::Field read_field(Cursor& in) {
  Expression::Field field;
  if (!in.at_word()) {
    field.value.push_back(read_expression(in, "a field"));
    return field;
  }
  const Position position = in.position();
  const std::string_view name = in.take_word();
  Expression alone = in.peek() == '=' ? Expression{} : after_name(in, position, name);
  if (in.accept("=")) {
    field.name = name;
    field.sizes = std::move(alone.parts);
    field.value.push_back(read_expression(in, "a value"));
  } else {
    field.value.push_back(with_alternatives(in, std::move(alone)));
  }
  return field;
}

Expression read_struct(Cursor& in) {
  Expression structure = expression_at(ExpressionKind::kStruct, in.position());
  in.take(1);
  read_parts(in, structure.fields, "}", "or ',' in a structure", [&] { return read_field(in); });
  return structure;
}

Expression read_operand(Cursor& in, std::string_view what) {
  const Position position = in.position();
  const char first = in.peek();
  in.count_values(1);
  if (in.accept("...")) return expression_at(ExpressionKind::kEllipsis, position);
  if (is_digit(first) || (first == '-' && is_digit(in.peek(1)))) return read_integer(in);
  if (first == '"') return read_text(in);
  if (first == '[') return read_list(in);
  if (first == '{') return read_struct(in);
  if (in.at_word()) return after_name(in, position, in.take_word());
  in.expected(what);
  return expression_at(ExpressionKind::kEllipsis, position);
}

}  // namespace

Expression read_expression(Cursor& in, std::string_view what) { return with_alternatives(in, read_operand(in, what)); }

std::vector<Expression> read_arguments(Cursor& in) {
  std::vector<Expression> arguments;
  in.take(1);
  read_parts(in, arguments, ")", "or ',' after an argument", [&] { return read_expression(in, "an argument"); });
  return arguments;
}

}  // namespace fourtuple::packet_script
