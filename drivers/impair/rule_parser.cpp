#include <string>

#include "drivers/impair/rule_words.hpp"
#include "drivers/impair/rules.hpp"

namespace fourtuple::impair {
namespace {

constexpr std::string_view kSeparators = ";,\n";
constexpr std::string_view kBlanks = " \t\r";

struct Word {
  std::string_view text;  // empty: the statement ends here
  std::size_t position = 0;
};

// Words of one statement after the other. A ':' ends a word and belongs to it ("out:").
class Words {
 public:
  explicit Words(std::string_view text) : text_(text) {}

  [[nodiscard]] Word peek() const {
    const std::size_t begin = skip(at_, kBlanks);
    std::size_t end = begin;
    while (end < text_.size() && !is_one_of(text_[end], kSeparators) && !is_one_of(text_[end], kBlanks)) {
      if (text_[end++] == ':') break;
    }
    return {text_.substr(begin, end - begin), begin};
  }
  Word take() {
    const Word word = peek();
    at_ = word.position + word.text.size();
    return word;
  }
  bool take_if(std::string_view wanted) { return peek().text == wanted && (take(), true); }
  void skip_separators() {
    while (at_ != skip(at_, kBlanks) || at_ != skip(at_, kSeparators)) at_ = skip(skip(at_, kBlanks), kSeparators);
  }
  [[nodiscard]] bool at_end() const { return skip(at_, kBlanks) == text_.size(); }

 private:
  static bool is_one_of(char letter, std::string_view set) { return set.find(letter) != std::string_view::npos; }
  [[nodiscard]] std::size_t skip(std::size_t from, std::string_view set) const {
    while (from < text_.size() && is_one_of(text_[from], set)) ++from;
    return from;
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

RuleError error_at(const Word& word, std::string expected) {
  return {.position = word.position, .found = std::string(word.text), .expected = std::move(expected)};
}

struct Done {};
using Outcome = Result<Done, RuleError>;

constexpr const char* kDurationWords = "a time such as 20ms, 1.5s or 300us";
constexpr const char* kPercentWords = "a percentage such as 5% or 0.1%, at most 100%";
constexpr const char* kKindWords = "a kind of frame: data, ack, syn, synack, fin, rst, arp, icmp, udp or any";

class Parser {
 public:
  explicit Parser(std::string_view text) : words_(text) {}

  Result<WireRules, RuleError> run() {
    for (words_.skip_separators(); !words_.at_end(); words_.skip_separators()) {
      if (auto done = statement(); !done) return failure(done.error());
      if (const Word rest = words_.peek(); !rest.text.empty()) {
        return failure(error_at(rest, "the end of the statement (';', ',' or a new line)"));
      }
    }
    return result_;
  }

 private:
  Outcome statement() {
    direction_ = Direction::kBoth;
    if (words_.take_if("in:")) direction_ = Direction::kInbound;
    if (words_.take_if("out:")) direction_ = Direction::kOutbound;
    const Word verb = words_.take();
    if (verb.text == "drop") return rule(Action::kDrop);
    if (verb.text == "delay") return next_is_digit() ? duration(&Profile::delay) : rule(Action::kDelay);
    if (verb.text == "duplicate") return next_is_digit() ? percent(&Profile::duplicate) : rule(Action::kDuplicate);
    if (verb.text == "corrupt") return next_is_digit() ? percent(&Profile::corrupt) : rule(Action::kCorrupt);
    if (verb.text == "loss") return percent(&Profile::loss);
    if (verb.text == "jitter") return duration(&Profile::jitter);
    if (verb.text == "reorder") return reorder();
    if (verb.text == "rate") return rate();
    if (verb.text == "queue") return queue();
    if (verb.text == "seed") return seed(verb);
    return failure(error_at(verb, std::string(direction_ == Direction::kBoth ? "in:, out:, " : "") +
                                      "drop, delay, duplicate, corrupt, loss, reorder, jitter, rate, queue or seed"));
  }

  [[nodiscard]] bool next_is_digit() const {
    const std::string_view text = words_.peek().text;
    return !text.empty() && text.front() >= '0' && text.front() <= '9';
  }

  // Sets the member in the profiles that the statement's direction names.
  template <class Value>
  void assign(Value Profile::*member, Value value) {
    if (direction_ != Direction::kInbound) result_.outbound.*member = value;
    if (direction_ != Direction::kOutbound) result_.inbound.*member = value;
  }

  Result<Duration, RuleError> take_duration() {
    const Word word = words_.take();
    const auto value = parse_quantity(word.text, kTimeUnits, kLongestDelay);
    if (!value) return failure(error_at(word, kDurationWords));
    return Duration(static_cast<std::int64_t>(*value));
  }

  Outcome duration(Duration Profile::*member) {
    const auto value = take_duration();
    if (!value) return failure(value.error());
    assign(member, *value);
    return Done{};
  }

  Outcome percent(PartsPerMillion Profile::*member) {
    const Word word = words_.take();
    const auto value = parse_quantity(word.text, kPercentUnits, 1'000'000);
    if (!value) return failure(error_at(word, kPercentWords));
    assign(member, static_cast<PartsPerMillion>(*value));
    return Done{};
  }

  Outcome reorder() {
    if (auto done = percent(&Profile::reorder); !done) return done;
    if (words_.take_if("depth")) {
      const Word word = words_.take();
      const auto depth = parse_number(word.text, 1000);
      if (!depth || *depth == 0) return failure(error_at(word, "a number of frames from 1 to 1000"));
      assign(&Profile::reorder_depth, static_cast<std::uint32_t>(*depth));
    }
    return words_.take_if("by") ? duration(&Profile::reorder_delay) : Outcome(Done{});
  }

  Outcome rate() {
    const Word word = words_.take();
    const auto value = parse_quantity(word.text, kRateUnits, 1'000'000'000'000);
    if (!value || *value < 8) return failure(error_at(word, "a rate such as 10mbit, 1.5gbit or 64kbit"));
    assign(&Profile::rate, *value);
    return Done{};
  }

  Outcome queue() {
    const Word word = words_.take();
    const auto value = parse_number(word.text, 1'000'000);
    if (!value || *value == 0) return failure(error_at(word, "a number of frames from 1 to 1000000"));
    assign(&Profile::queue, static_cast<std::uint32_t>(*value));
    return Done{};
  }

  Outcome seed(const Word& verb) {
    if (direction_ != Direction::kBoth)
      return failure(error_at(verb, "no direction before seed: one seed is for both"));
    const Word word = words_.take();
    const auto value = parse_number(word.text, std::numeric_limits<std::uint64_t>::max());
    if (!value) return failure(error_at(word, "a number"));
    result_.seed = *value;
    return Done{};
  }

  Outcome rule(Action action) {
    Rule rule{.direction = direction_, .action = action};
    if (auto done = take_kind(rule, action); !done) return done;
    if (auto done = take_selection(rule); !done) return done;
    if (words_.take_if("once")) rule.once = true;
    if (action == Action::kDelay) {
      if (const Word word = words_.peek(); !words_.take_if("by")) return failure(error_at(word, "by"));
      const auto delay = take_duration();
      if (!delay) return failure(delay.error());
      rule.delay = *delay;
    }
    if (result_.rules.size() == kMaxRules) return failure(error_at(words_.peek(), "no more than 256 rules"));
    result_.rules.push_back(rule);
    return Done{};
  }

  Outcome take_kind(Rule& rule, Action action) {
    const Word word = words_.take();
    for (std::size_t i = 0; i < kFrameKindCount; ++i) {
      rule.kind = static_cast<FrameKind>(i);
      if (word.text == name(rule.kind)) return Done{};
    }
    std::string expected = kKindWords;
    if (action == Action::kDelay) expected += std::string("; or ") + kDurationWords;
    if (action == Action::kDuplicate || action == Action::kCorrupt) expected += std::string("; or ") + kPercentWords;
    return failure(error_at(word, expected));
  }

  // "3", "#3", "5..9" or "5.."; nothing means all of the kind.
  Outcome take_selection(Rule& rule) {
    Word word = words_.peek();
    if (!next_is_digit() && !word.text.starts_with('#')) return Done{};
    words_.take();
    std::string_view text = word.text;
    if (text.starts_with('#')) text.remove_prefix(1);
    const std::size_t dots = text.find("..");
    const auto first = parse_number(text.substr(0, dots), Rule::kLast - 1);
    const auto last = dots == std::string_view::npos ? first
                      : dots + 2 == text.size()      ? std::optional<std::uint64_t>(Rule::kLast)
                                                     : parse_number(text.substr(dots + 2), Rule::kLast - 1);
    if (!first || !last || *first == 0 || *last < *first) {
      return failure(error_at(word, "which one, counted from 1: 3, #3, 5..9 or 5.."));
    }
    rule.first = static_cast<std::uint32_t>(*first);
    rule.last = static_cast<std::uint32_t>(*last);
    return Done{};
  }

  Words words_;
  Direction direction_ = Direction::kBoth;
  WireRules result_;
};

}  // namespace

std::string RuleError::to_string() const {
  const std::string what = found.empty() ? "the statement ends too early" : "'" + found + "' is not understood";
  return what + " at character " + std::to_string(position + 1) + ": expected " + expected;
}

Result<WireRules, RuleError> parse_rules(std::string_view text) { return Parser(text).run(); }

SetupResult<WireRules> parse_rules_or_explain(std::string_view text) {
  auto rules = parse_rules(text);
  if (rules) return std::move(*rules);
  return failure(SetupError{.cause = "wire rules: " + rules.error().to_string(),
                            .cure = "write rules such as: loss 5%; reorder 20%; out: drop data 3 once; delay 20ms"});
}

}  // namespace fourtuple::impair
