#include "drivers/impair/rule_lexer.hpp"

#include <algorithm>

#include "drivers/impair/rule_words.hpp"

namespace fourtuple::impair {
namespace {

constexpr std::string_view kSeparators = ";,\n";
constexpr std::string_view kBlanks = " \t\r";

bool is_one_of(char letter, std::string_view set) { return set.find(letter) != std::string_view::npos; }

}  // namespace

RuleError error_at(const Word& word, std::string expected) {
  return {.position = word.position, .found = std::string(word.text), .expected = std::move(expected)};
}

bool Words::is_remark(std::size_t at) const {
  if (at >= text_.size() || text_[at] != '#') return false;
  return at + 1 == text_.size() || text_[at + 1] == '\n' || is_one_of(text_[at + 1], kBlanks);
}

std::size_t Words::skip_blanks(std::size_t from) const {
  while (from < text_.size() && is_one_of(text_[from], kBlanks)) ++from;
  return is_remark(from) ? std::min(text_.find('\n', from), text_.size()) : from;
}

// Behind the closing quotation mark, or at the end of the line where there is none.
std::size_t Words::end_of_quotation(std::size_t begin) const {
  const std::size_t end = std::min(text_.find_first_of("\"\n", begin + 1), text_.size());
  return end < text_.size() && text_[end] == '"' ? end + 1 : end;
}

Word Words::peek() const {
  const std::size_t begin = skip_blanks(at_);
  std::size_t end = begin;
  if (begin < text_.size() && text_[begin] == '"') {
    end = end_of_quotation(begin);
  } else {
    while (end < text_.size() && !is_one_of(text_[end], kSeparators) && !is_one_of(text_[end], kBlanks)) {
      if (text_[end++] == ':') break;
    }
  }
  return {text_.substr(begin, end - begin), begin};
}

Word Words::take() {
  const Word word = peek();
  at_ = word.position + word.text.size();
  return word;
}

bool Words::take_if(std::string_view wanted) { return peek().text == wanted && (take(), true); }

void Words::skip_separators() {
  at_ = skip_blanks(at_);
  while (at_ < text_.size() && is_one_of(text_[at_], kSeparators)) at_ = skip_blanks(at_ + 1);
}

bool Words::next_is_digit() const {
  const std::string_view text = peek().text;
  return !text.empty() && text.front() >= '0' && text.front() <= '9';
}

Result<Duration, RuleError> Words::take_duration() {
  const Word word = take();
  const auto value = parse_quantity(word.text, kTimeUnits, kLongestDelay);
  if (!value) return failure(error_at(word, kDurationWords));
  return Duration(static_cast<std::int64_t>(*value));
}

Result<PartsPerMillion, RuleError> Words::take_percent() {
  const Word word = take();
  const auto value = parse_quantity(word.text, kPercentUnits, kAlways);
  if (!value) return failure(error_at(word, kPercentWords));
  return static_cast<PartsPerMillion>(*value);
}

Result<std::uint64_t, RuleError> Words::take_number(std::uint64_t least, std::uint64_t most, const char* expected) {
  const Word word = take();
  const auto value = parse_number(word.text, most);
  if (!value || *value < least) return failure(error_at(word, expected));
  return *value;
}

Outcome Words::read(Duration& target) {
  const auto value = take_duration();
  if (!value) return failure(value.error());
  target = *value;
  return Done{};
}

Outcome Words::read(PartsPerMillion& target) {
  const auto value = take_percent();
  if (!value) return failure(value.error());
  target = *value;
  return Done{};
}

}  // namespace fourtuple::impair
