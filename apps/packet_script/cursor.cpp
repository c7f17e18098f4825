#include "apps/packet_script/cursor.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <utility>

namespace fourtuple::packet_script {
namespace {

constexpr std::size_t kMaxQuoted = 40;  // octets of a script repeated in a message

}  // namespace

Cursor::Cursor(std::string_view text, Definitions definitions) : rest_(text), definitions_(std::move(definitions)) {
  skip();
}

std::string_view Cursor::peek_word() const { return at_word() ? leading_word(rest_) : std::string_view(); }

const std::string* Cursor::definition(std::string_view name) const {
  if (name.empty() || definitions_.empty()) return nullptr;
  const auto found = definitions_.find(std::string(name));
  return found == definitions_.end() ? nullptr : &found->second;
}

std::string_view Cursor::take(std::size_t count) {
  const std::string_view token = rest_.substr(0, count);
  if (token.empty()) return token;
  step(token.size());
  last_token_ = place_;
  skip();
  return token;
}

bool Cursor::accept(std::string_view token) {
  if (!at(token)) return false;
  take(token.size());
  return true;
}

bool Cursor::accept_word(std::string_view word) {
  if (peek_word() != word) return false;
  take(word.size());
  return true;
}

void Cursor::expect(std::string_view token, std::string_view where) {
  if (!accept(token)) expected_next(fmt::format("'{}' {}", token, where));
}

void Cursor::fail(Position position, std::string message) {
  if (!complaint_) complaint_ = Complaint{position, std::move(message)};
  rest_ = {};
}

void Cursor::expected(std::string_view what) {
  if (at_end()) return expected_next(what);
  fail(position(), fmt::format("expected {}, found {}", what, found()));
}

void Cursor::expected_next(std::string_view what) {
  if (at_end()) return fail(last_token_, fmt::format("expected {}, found the end of the script", what));
  if (at_new_line()) return fail(last_token_, fmt::format("expected {}, found the end of the line", what));
  expected(what);
}

void Cursor::expect_event_end(std::string_view more) {
  if (!at_end() && !at_new_line() && peek() != '+' && peek() != '*') expected(more);
}

bool Cursor::enter() {
  if (depth_ == kMaxDepth) fail(position(), fmt::format("more than {} brackets in another", kMaxDepth));
  return ++depth_ <= kMaxDepth;
}

void Cursor::count_values(std::size_t more) {
  values_ += more;
  if (values_ > kMaxValues) fail(position(), fmt::format("more than {} values in a script", kMaxValues));
}

std::string Cursor::found() const {
  if (at("...")) return "'...'";
  if (peek() == '"') return "a string";
  if (peek() == '`') return "a command";
  const std::string_view run = leading_word(rest_.substr(0, kMaxQuoted + 1));
  if (run.size() > kMaxQuoted) return fmt::format("'{}...'", run.substr(0, kMaxQuoted));
  if (!run.empty()) return fmt::format("'{}'", run);
  const auto octet = static_cast<unsigned char>(peek());
  return octet < 0x80 ? fmt::format("'{}'", peek()) : fmt::format("the octet {:#04x}", octet);
}

void Cursor::step(std::size_t count) {
  for (const char c : rest_.substr(0, count))
    place_ = c == '\n' ? Position{place_.line + 1, 1} : Position{place_.line, place_.column + 1};
  rest_.remove_prefix(count);
}

void Cursor::skip() {
  while (!at_end()) {
    if (is_blank(peek()))
      step(1);
    else if (peek() == '#')
      take_hash_line();
    else if (!conditions_.is_active() || at("//"))
      skip_line();
    else if (at("/*"))
      skip_block_comment();
    else
      return;
  }
  if (const auto complaint = conditions_.at_end()) fail(complaint->position, complaint->message);
}

void Cursor::skip_line() { step(std::min(rest_.find('\n'), rest_.size())); }

void Cursor::skip_block_comment() {
  const std::size_t end = rest_.find("*/", 2);
  if (end == std::string_view::npos) return fail(position(), "this comment has no '*/'");
  step(end + 2);
}

void Cursor::take_hash_line() {
  const std::string_view line = rest_.substr(0, rest_.find('\n'));
  if (at_new_line() && Conditions::is_directive(line)) {
    if (auto complaint = conditions_.take(line, position(), definitions_))
      return fail(complaint->position, std::move(complaint->message));
  }
  skip_line();
}

}  // namespace fourtuple::packet_script
