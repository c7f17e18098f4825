#include "apps/lab/checks.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <optional>
#include <span>

#include "apps/lab/text.hpp"

namespace fourtuple::lab {
namespace {

using Words = std::span<const std::string_view>;
constexpr std::string_view kExpected =
    "expected: exactly|at least|at most N EVENT FIELD=VALUE ..., no EVENT ..., EVENT ... before EVENT ..., or "
    "EVENT ... within 1s..2s";

// The value of the first member of that name, without quotes; names of nested members count.
std::optional<std::string_view> member(std::string_view json, std::string_view key) {
  const std::size_t at = json.find(fmt::format("\"{}\":", key));
  if (at == std::string_view::npos) return std::nullopt;
  std::string_view rest = json.substr(at + key.size() + 3);
  if (rest.empty()) return std::nullopt;
  if (rest.front() == '"') return rest.substr(1, rest.find('"', 1) - 1);
  return rest.substr(0, rest.find_first_of(",}"));
}

std::string_view host_number(std::string_view name) {
  if (name == "client") return "0";
  if (name == "server") return "1";
  return name == "wire" ? "-1" : name;
}

// A blank in a value is written as a dash.
bool is_same(std::string_view value, std::string_view wanted) {
  return std::ranges::equal(value, wanted, [](char a, char b) { return a == b || (a == ' ' && b == '-'); });
}

bool holds(const EventFilter::Field& field, std::string_view value) {
  const std::string_view wanted = field.key == "host" ? host_number(field.value) : std::string_view(field.value);
  if (field.comparison == EventFilter::Comparison::kEqual) return is_same(value, wanted);
  std::int64_t left = 0;
  std::int64_t right = 0;
  if (!take_number<std::int64_t>(value, INT64_MIN, INT64_MAX, left)) return false;
  if (!take_number<std::int64_t>(wanted, INT64_MIN, INT64_MAX, right)) return false;
  return field.comparison == EventFilter::Comparison::kAbove ? left > right : left < right;
}

// Fails where a word behind the name is no FIELD=VALUE.
Result<EventFilter, std::string> filter_of(Words words) {
  if (words.empty()) return failure(std::string(kExpected));
  EventFilter filter{.event = std::string(words[0]), .fields = {}};
  for (const std::string_view word : words.subspan(1)) {
    const std::size_t sign = word.find_first_of("=<>");
    if (sign == std::string_view::npos || sign == 0) return failure(fmt::format("'{}' is no FIELD=VALUE", word));
    using enum EventFilter::Comparison;
    const auto comparison = word[sign] == '=' ? kEqual : word[sign] == '>' ? kAbove : kBelow;
    filter.fields.push_back({std::string(word.substr(0, sign)), comparison, std::string(word.substr(sign + 1))});
  }
  return filter;
}

Result<Check, std::string> counted(Check::Kind kind, std::uint64_t count, Words words) {
  auto filter = filter_of(words);
  if (!filter) return failure(filter.error());
  return Check{.kind = kind, .count = count, .filter = std::move(*filter), .other = {}, .text = {}};
}

Result<Check, std::string> ordered(Words words, std::size_t at) {
  auto first = filter_of(words.first(at));
  auto second = filter_of(words.subspan(at + 1));
  if (!first) return failure(first.error());
  if (!second) return failure(second.error());
  return Check{.kind = Check::Kind::kBefore, .filter = std::move(*first), .other = std::move(*second), .text = {}};
}

Result<Check, std::string> timed(Words words, std::size_t at) {
  auto filter = filter_of(words.first(at));
  if (!filter) return failure(filter.error());
  const std::string_view span = at + 2 == words.size() ? words[at + 1] : std::string_view();
  const std::size_t dots = span.find("..");
  const auto from = duration_of(span.substr(0, std::min(dots, span.size())));
  const auto to = dots == std::string_view::npos ? std::nullopt : duration_of(span.substr(dots + 2));
  if (!from || !to) return failure(std::string("expected: within 1s..2s"));
  return Check{
      .kind = Check::Kind::kBetween, .filter = std::move(*filter), .other = {}, .from = *from, .to = *to, .text = {}};
}

Result<Check, std::string> parse_words(Words words) {
  using enum Check::Kind;
  std::uint64_t count = 0;
  if (words.size() > 1 && words[0] == "no") return counted(kExactly, 0, words.subspan(1));
  if (words.size() > 2 && words[0] == "exactly" && take_number<std::uint64_t>(words[1], 0, 1'000'000, count)) {
    return counted(kExactly, count, words.subspan(2));
  }
  if (words.size() > 3 && words[0] == "at" && take_number<std::uint64_t>(words[2], 0, 1'000'000, count)) {
    if (words[1] == "least") return counted(kAtLeast, count, words.subspan(3));
    if (words[1] == "most") return counted(kAtMost, count, words.subspan(3));
  }
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (words[i] == "before") return ordered(words, i);
    if (words[i] == "within") return timed(words, i);
  }
  return failure(std::string(kExpected));
}

std::optional<std::size_t> first_of(const EventFilter& filter, const std::vector<std::string>& events) {
  const auto found = std::ranges::find_if(events, [&](const std::string& event) { return filter.takes(event); });
  if (found == events.end()) return std::nullopt;
  return static_cast<std::size_t>(found - events.begin());
}

std::string broken_order(const Check& check, const std::vector<std::string>& events) {
  const auto first = first_of(check.filter, events);
  const auto second = first_of(check.other, events);
  if (!first || !second) return fmt::format("there is no {}", !first ? check.filter.event : check.other.event);
  return *first < *second ? "" : fmt::format("the first is event {}, the second event {}", *first, *second);
}

std::string broken_time(const Check& check, const std::vector<std::string>& events) {
  const auto found = first_of(check.filter, events);
  if (!found) return fmt::format("there is no {}", check.filter.event);
  std::int64_t time = 0;
  static_cast<void>(take_number<std::int64_t>(member(events[*found], "time_ns").value_or(""), 0, INT64_MAX, time));
  if (Duration(time) >= check.from && Duration(time) <= check.to) return {};
  return fmt::format("it happens after {} ms", static_cast<double>(time) / 1e6);
}

}  // namespace

bool EventFilter::takes(std::string_view json) const {
  if (member(json, "event") != event) return false;
  return std::ranges::all_of(fields, [json](const Field& field) {
    const auto value = member(json, field.key);
    return value && holds(field, *value);
  });
}

std::string Check::broken_by(const std::vector<std::string>& events) const {
  if (kind == Kind::kBefore) return broken_order(*this, events);
  if (kind == Kind::kBetween) return broken_time(*this, events);
  const auto found = static_cast<std::uint64_t>(
      std::ranges::count_if(events, [this](const std::string& event) { return filter.takes(event); }));
  const bool holds = kind == Kind::kExactly ? found == count : kind == Kind::kAtLeast ? found >= count : found <= count;
  return holds ? "" : fmt::format("there are {}", found);
}

Result<Check, std::string> parse_check(std::string_view text) {
  const auto words = words_of(text);
  auto check = parse_words(words);
  if (check) check->text = trimmed(text);
  return check;
}

}  // namespace fourtuple::lab
