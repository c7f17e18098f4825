#include "apps/drill/assertions.hpp"

#include <cctype>
#include <charconv>
#include <cmath>
#include <fmt/format.h>
#include <vector>

namespace fourtuple::drill {
namespace {

constexpr int kMaxDepth = 64;
constexpr double kLargestWhole = 9007199254740992.0;  // 2^53

struct NotUnderstood {
  std::string message;
};

// Numbers as Python's: `/` may leave the integers.
using Value = double;

// One expression, from its first character to where it ends.
class Evaluator {
 public:
  Evaluator(std::string_view text, const LookUp& look_up) : text_(text), look_up_(look_up) {}

  Value expression() { return any(); }
  [[nodiscard]] std::string_view rest() {
    skip_blanks();
    return text_;
  }

 private:
  void skip_blanks() {
    while (!text_.empty() && std::isspace(static_cast<unsigned char>(text_.front())) != 0) text_.remove_prefix(1);
  }
  bool take(std::string_view sign) {
    skip_blanks();
    if (!text_.starts_with(sign)) return false;
    text_.remove_prefix(sign.size());
    return true;
  }
  bool peek(std::string_view sign) {
    skip_blanks();
    return text_.starts_with(sign);
  }
  static bool is_name_character(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; }
  bool take_word(std::string_view word) {
    skip_blanks();
    if (!text_.starts_with(word) || (text_.size() > word.size() && is_name_character(text_[word.size()]))) return false;
    text_.remove_prefix(word.size());
    return true;
  }

  Value any() {
    if (++depth_ > kMaxDepth) throw NotUnderstood{"it is nested too deeply"};
    Value value = all();
    while (take_word("or") || take("||")) {
      const Value right = all();
      value = value != 0 ? value : right;
    }
    --depth_;
    return value;
  }
  Value all() {
    Value value = negation();
    while (take_word("and") || take("&&")) {
      const Value right = negation();
      value = value == 0 ? value : right;
    }
    return value;
  }
  Value negation() {
    bool is_negated = false;
    bool is_plain = true;
    while (take_word("not")) {
      is_negated = !is_negated;
      is_plain = false;
    }
    const Value value = comparison();
    if (is_plain) return value;
    return (value == 0) == is_negated ? 1 : 0;
  }
  // a < b < c is a < b and b < c.
  Value comparison() {
    Value left = bits();
    bool holds = true;
    bool compares = false;
    for (std::string sign = comparison_sign(); !sign.empty(); sign = comparison_sign()) {
      const Value right = bits();
      holds = holds && compare(left, sign, right);
      left = right;
      compares = true;
    }
    return compares ? Value(holds ? 1 : 0) : left;
  }
  std::string comparison_sign() {
    if (peek("<<") || peek(">>")) return {};
    for (const std::string_view sign : {"==", "!=", "<=", ">=", "<", ">"}) {
      if (take(sign)) return std::string(sign);
    }
    return {};
  }
  static bool compare(Value left, std::string_view sign, Value right) {
    if (sign == "==") return left == right;
    if (sign == "!=") return left != right;
    if (sign == "<=") return left <= right;
    if (sign == ">=") return left >= right;
    return sign == "<" ? left < right : left > right;
  }
  // Python's bit operators, as one floor: scripts put parentheses.
  Value bits() {
    Value value = sum();
    for (;;) {
      if (take("<<")) {
        value = static_cast<Value>(whole(value) << (whole(sum()) & 63U));
      } else if (take(">>")) {
        value = static_cast<Value>(whole(value) >> (whole(sum()) & 63U));
      } else if (!peek("&&") && take("&")) {
        value = static_cast<Value>(whole(value) & whole(sum()));
      } else if (!peek("||") && take("|")) {
        value = static_cast<Value>(whole(value) | whole(sum()));
      } else {
        return value;
      }
    }
  }
  Value sum() {
    Value value = product();
    for (;;) {
      if (take("+")) {
        value += product();
      } else if (take("-")) {
        value -= product();
      } else {
        return value;
      }
    }
  }
  static Value divisor(Value value) {
    if (value == 0) throw NotUnderstood{"it divides by zero"};
    return value;
  }
  Value product() {
    Value value = factor();
    for (;;) {
      if (take("*")) {
        value *= factor();
      } else if (take("//")) {
        value = std::floor(value / divisor(factor()));
      } else if (take("/")) {
        value /= divisor(factor());
      } else if (take("%")) {
        const Value by = divisor(factor());
        value -= by * std::floor(value / by);
      } else {
        return value;
      }
    }
  }
  Value factor() {
    if (take("-")) return -nested_factor();
    if (take("+")) return nested_factor();
    if (take("(")) {
      const Value value = any();
      if (!take(")")) throw NotUnderstood{"a ')' is missing"};
      return value;
    }
    skip_blanks();
    if (!text_.empty() && std::isdigit(static_cast<unsigned char>(text_.front())) != 0) return literal();
    return name();
  }
  Value nested_factor() {
    if (++depth_ > kMaxDepth) throw NotUnderstood{"it is nested too deeply"};
    const Value value = factor();
    --depth_;
    return value;
  }
  static std::uint64_t whole(Value value) {
    if (value < 0 || value > kLargestWhole) throw NotUnderstood{"bits are asked of what is no natural number"};
    return static_cast<std::uint64_t>(value);
  }
  Value literal() {
    if (text_.starts_with("0x")) {
      std::uint64_t value = 0;
      const auto read = std::from_chars(text_.data() + 2, text_.data() + text_.size(), value, 16);
      text_.remove_prefix(static_cast<std::size_t>(read.ptr - text_.data()));
      return static_cast<Value>(value);
    }
    Value value = 0;
    const auto read = std::from_chars(text_.data(), text_.data() + text_.size(), value);
    text_.remove_prefix(static_cast<std::size_t>(read.ptr - text_.data()));
    return value;
  }
  Value name() {
    std::size_t length = 0;
    while (length < text_.size() && is_name_character(text_[length])) ++length;
    if (length == 0) throw NotUnderstood{fmt::format("a number or a name belongs before '{}'", text_.substr(0, 12))};
    const std::string_view word = text_.substr(0, length);
    text_.remove_prefix(length);
    if (word == "True") return 1;
    if (word == "False") return 0;
    if (const auto value = look_up_(word)) return *value;
    throw NotUnderstood{fmt::format("the name {} is not known", word)};
  }

  std::string_view text_;
  const LookUp& look_up_;
  int depth_ = 0;
};

struct Statement {
  std::uint32_t line = 0;
  std::string text;
};

// Ends of lines and semicolons part statements, but not inside parentheses or strings; `#` begins a comment.
std::vector<Statement> statements_of(std::string_view text) {
  std::vector<Statement> statements(1);
  std::uint32_t line = 0;
  int open = 0;
  char mark = 0;
  bool is_comment = false;
  for (const char c : text) {
    if (c == '\n') is_comment = false;
    if (mark == 0 && c == '#') is_comment = true;
    if (!is_comment && (mark == 0 ? c == '"' || c == '\'' : c == mark)) mark = mark == 0 ? c : char{0};
    if (mark == 0 && !is_comment) open += c == '(' ? 1 : c == ')' ? -1 : 0;
    const bool ends = !is_comment && mark == 0 && open <= 0 && (c == '\n' || c == ';');
    if (c == '\n') ++line;
    if (ends) {
      statements.push_back({line, {}});
    } else if (!is_comment) {
      statements.back().text += c;
    }
  }
  return statements;
}

std::string_view trimmed_statement(std::string_view text) {
  const auto first = text.find_first_not_of(" \t\r\n");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1);
}

// What stands behind the comma, unless it says what is known already: a number, a string in quotes, or nothing.
std::string explanation(std::string_view rest, const std::string& known, const LookUp& look_up) {
  if (!rest.starts_with(',')) return {};
  rest = trimmed_statement(rest.substr(1));
  if (rest.starts_with('"') || rest.starts_with('\'')) return fmt::format(" ({})", rest);
  try {
    const std::string value = fmt::format("{} is {}", rest, Evaluator(rest, look_up).expression());
    return known.find(value) == std::string::npos ? fmt::format(" ({})", value) : "";
  } catch (const NotUnderstood&) {
    return fmt::format(" ({})", rest);
  }
}

// Names and their values, for the message.
std::string values_in(std::string_view text, const LookUp& look_up) {
  std::string found;
  for (std::size_t at = text.find("tcpi_"); at != std::string_view::npos; at = text.find("tcpi_", at + 1)) {
    const auto end = std::min(text.find_first_not_of("abcdefghijklmnopqrstuvwxyz_0123456789", at), text.size());
    const std::string_view name = text.substr(at, end - at);
    const auto value = look_up(name);
    if (value && found.find(name) == std::string::npos)
      found += fmt::format("{}{} is {}", found.empty() ? "" : ", ", name, *value);
  }
  return found;
}

std::optional<std::string> fault_of(std::string_view statement, const LookUp& look_up) {
  static constexpr std::string_view kAssert = "assert";
  if (statement.empty() || statement.starts_with("print") || statement.starts_with("import ")) return std::nullopt;
  if (!statement.starts_with(kAssert))
    return fmt::format("only assertions are understood here, not '{}'", statement.substr(0, 40));
  statement.remove_prefix(kAssert.size());
  try {
    Evaluator evaluator(statement, look_up);
    const Value value = evaluator.expression();
    const std::string_view rest = evaluator.rest();
    if (!rest.empty() && !rest.starts_with(','))
      throw NotUnderstood{fmt::format("unexpected '{}'", rest.substr(0, 20))};
    if (value != 0) return std::nullopt;
    const std::string_view condition = trimmed_statement(statement.substr(0, statement.size() - rest.size()));
    const std::string values = values_in(condition, look_up);
    return fmt::format("{} does not hold: {}{}", condition, values, explanation(rest, values, look_up));
  } catch (const NotUnderstood& why) {
    return fmt::format("the assertion '{}' is not understood: {}", trimmed_statement(statement), why.message);
  }
}

}  // namespace

std::optional<AssertionFault> check_assertions(std::string_view text, const LookUp& look_up) {
  for (const Statement& statement : statements_of(text)) {
    if (auto fault = fault_of(trimmed_statement(statement.text), look_up))
      return AssertionFault{statement.line, std::move(*fault)};
  }
  return std::nullopt;
}

}  // namespace fourtuple::drill
