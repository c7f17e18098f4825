#include <algorithm>
#include <string>

#include "drivers/impair/rule_lexer.hpp"
#include "drivers/impair/rule_words.hpp"
#include "drivers/impair/rules.hpp"
#include "drivers/impair/setting_parser.hpp"

namespace fourtuple::impair {
namespace {

constexpr const char* kStatementWords =
    "drop, delay, duplicate, corrupt, mark, loss, gilbert, reorder, jitter, rate, rate-trace, queue, codel, mtu, down, "
    "up or seed";
constexpr const char* kKindWords = "a kind of frame: data, ack, syn, synack, fin, rst, arp, icmp, udp or any";

// "3", "#3", "5..9" or "5..": counted from 1.
bool read_selection(std::string_view text, Rule& rule) {
  if (text.starts_with('#')) text.remove_prefix(1);
  const std::size_t dots = text.find("..");
  const auto first = parse_number(text.substr(0, dots), Rule::kLast - 1);
  const auto last = dots == std::string_view::npos ? first
                    : dots + 2 == text.size()      ? std::optional<std::uint64_t>(Rule::kLast)
                                                   : parse_number(text.substr(dots + 2), Rule::kLast - 1);
  if (!first || !last || *first == 0 || *last < *first) return false;
  rule.first = static_cast<std::uint32_t>(*first);
  rule.last = static_cast<std::uint32_t>(*last);
  return true;
}

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
    std::ranges::stable_sort(result_.changes, {}, &Change::at);
    return result_;
  }

 private:
  Outcome statement() {
    if (auto done = prefixes(); !done) return done;
    const Word verb = words_.take();
    if (const auto found = setting_of(verb.text, words_)) return setting(verb, *found);
    if (verb.text == "seed") return seed(verb);
    for (std::size_t i = 0; i < kActionCount; ++i) {
      if (verb.text == name(static_cast<Action>(i))) return rule(verb, static_cast<Action>(i));
    }
    return failure(error_at(verb, std::string(has_prefix() ? "" : "in:, out:, at, ") + kStatementWords));
  }

  [[nodiscard]] bool has_prefix() const { return at_ || direction_ != Direction::kBoth; }

  // "out:", "at 5s:", or one after the other.
  Outcome prefixes() {
    direction_ = Direction::kBoth;
    at_.reset();
    while (true) {
      if (direction_ == Direction::kBoth && take_direction()) continue;
      if (at_ || !words_.take_if("at")) return Done{};
      if (auto done = take_moment(); !done) return done;
    }
  }

  // Between two foreign stacks there is no "our stack": a is where our stack would be.
  bool take_direction() {
    if (words_.take_if("in:") || words_.take_if("ba:")) direction_ = Direction::kInbound;
    if (words_.take_if("out:") || words_.take_if("ab:")) direction_ = Direction::kOutbound;
    return direction_ != Direction::kBoth;
  }

  Outcome take_moment() {
    const Word word = words_.take();
    std::string_view text = word.text;
    const bool has_colon = text.ends_with(':');
    if (has_colon) text.remove_suffix(1);
    const auto value = has_colon ? parse_quantity(text, kTimeUnits, kLongestDelay) : std::nullopt;
    if (!value) return failure(error_at(word, "a time with a colon behind it, such as 5s:"));
    at_ = Duration(static_cast<std::int64_t>(*value));
    return Done{};
  }

  Outcome setting(const Word& verb, Setting setting) {
    if (verb.text == "down" && words_.next_is_digit()) return outage(verb);
    Profile value;
    if (auto done = read_setting(verb.text, words_, value); !done) return done;
    if (at_) return change(verb, {.at = *at_, .direction = direction_, .setting = setting, .value = value});
    if (direction_ != Direction::kInbound) copy_setting(setting, value, result_.outbound);
    if (direction_ != Direction::kOutbound) copy_setting(setting, value, result_.inbound);
    return Done{};
  }

  Outcome change(const Word& verb, Change change) {
    if (result_.changes.size() >= kMaxChanges) return failure(error_at(verb, "no more than 1024 changes"));
    result_.changes.push_back(std::move(change));
    return Done{};
  }

  // "down 3s..5s": two changes in one statement.
  Outcome outage(const Word& verb) {
    const Word word = words_.take();
    const std::size_t dots = word.text.find("..");
    const auto begin = parse_quantity(word.text.substr(0, dots), kTimeUnits, kLongestDelay);
    const auto end = dots == std::string_view::npos
                         ? std::nullopt
                         : parse_quantity(word.text.substr(dots + 2), kTimeUnits, kLongestDelay);
    if (at_ || !begin || !end || *end <= *begin)
      return failure(error_at(
          word, at_ ? "the end of the statement: it has its time already" : "from when to when, such as 3s..5s"));
    Change down{.at = Duration(static_cast<std::int64_t>(*begin)),
                .direction = direction_,
                .setting = Setting::kCable,
                .value = {}};
    Change up = down;
    down.value.is_down = true;
    up.at = Duration(static_cast<std::int64_t>(*end));
    if (auto done = change(verb, std::move(down)); !done) return done;
    return change(verb, std::move(up));
  }

  Outcome seed(const Word& verb) {
    if (has_prefix()) return failure(error_at(verb, "nothing before seed: one seed is for all"));
    const auto value = words_.take_number(0, std::numeric_limits<std::uint64_t>::max(), "a number");
    if (!value) return failure(value.error());
    result_.seed = *value;
    return Done{};
  }

  Outcome rule(const Word& verb, Action action) {
    Rule rule{.direction = direction_, .action = action};
    if (at_) return failure(error_at(verb, std::string("after a time one of ") + kSettingWords));
    if (auto done = take_kind(rule); !done) return done;
    if (auto done = take_selection(rule); !done) return done;
    if (auto done = take_share(rule); !done) return done;
    if (action == Action::kDelay) {
      if (const Word word = words_.peek(); !words_.take_if("by")) return failure(error_at(word, "by"));
      if (auto done = words_.read(rule.delay); !done) return done;
    }
    if (action == Action::kCorrupt) {
      if (auto done = read_damage(words_, rule.damage); !done) return done;
    }
    if (result_.rules.size() == kMaxRules) return failure(error_at(words_.peek(), "no more than 256 rules"));
    result_.rules.push_back(rule);
    return Done{};
  }

  Outcome take_kind(Rule& rule) {
    const Word word = words_.take();
    for (std::size_t i = 0; i < kFrameKindCount; ++i) {
      rule.kind = static_cast<FrameKind>(i);
      if (word.text == name(rule.kind)) return Done{};
    }
    std::string expected = kKindWords;
    if (rule.action == Action::kDelay) expected += std::string("; or ") + kDurationWords;
    const bool has_chance = rule.action == Action::kDuplicate || rule.action == Action::kCorrupt;
    if (has_chance) expected += std::string("; or ") + kPercentWords;
    return failure(error_at(word, expected));
  }

  // Nothing means all of the kind.
  Outcome take_selection(Rule& rule) {
    const Word word = words_.peek();
    if (words_.next_is_percentage() || (!words_.next_is_digit() && !word.text.starts_with('#'))) return Done{};
    words_.take();
    if (read_selection(word.text, rule)) return Done{};
    return failure(error_at(word, "which one, counted from 1: 3, #3, 5..9 or 5.."));
  }

  // "every 10", "5%" and "once", in this order.
  Outcome take_share(Rule& rule) {
    if (words_.take_if("every")) {
      const auto every = words_.take_number(1, Rule::kLast - 1, "a number above 0");
      if (!every) return failure(every.error());
      rule.every = static_cast<std::uint32_t>(*every);
    }
    if (words_.next_is_percentage()) {
      if (auto done = words_.read(rule.chance); !done) return done;
    }
    rule.once = words_.take_if("once");
    return Done{};
  }

  Words words_;
  Direction direction_ = Direction::kBoth;
  std::optional<Duration> at_;
  WireRules result_;
};

RuleError with_line(RuleError error, std::string_view text) {
  const std::string_view before = text.substr(0, error.position);
  error.line = 1 + static_cast<std::size_t>(std::ranges::count(before, '\n'));
  error.column = 1 + before.size() - (error.line == 1 ? 0 : before.rfind('\n') + 1);
  return error;
}

}  // namespace

std::string RuleError::to_string() const {
  const std::string what = found.empty() ? "the statement ends too early" : "'" + found + "' is not understood";
  const std::string where =
      line == 1 ? std::to_string(position + 1) : std::to_string(column) + " of line " + std::to_string(line);
  return what + " at character " + where + ": expected " + expected;
}

Result<WireRules, RuleError> parse_rules(std::string_view text) {
  auto rules = Parser(text).run();
  if (!rules) return failure(with_line(rules.error(), text));
  return rules;
}

SetupResult<WireRules> parse_rules_or_explain(std::string_view text) {
  auto rules = parse_rules(text);
  if (rules) return std::move(*rules);
  return failure(SetupError{.cause = "wire rules: " + rules.error().to_string(),
                            .cure = "write rules such as: loss 5%; reorder 20%; out: drop data 3 once; delay 20ms"});
}

}  // namespace fourtuple::impair
