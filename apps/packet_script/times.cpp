#include "apps/packet_script/times.hpp"

#include <algorithm>
#include <fmt/format.h>

#include "apps/packet_script/numbers.hpp"

namespace fourtuple::packet_script {
namespace {

// How many octets of `text` are a decimal number; the first point of "..." is none of it.
std::size_t decimal_size(std::string_view text) {
  const auto digits_from = [&](std::size_t at) {
    while (at < text.size() && is_digit(text[at])) ++at;
    return at;
  };
  const std::size_t whole = digits_from(0);
  if (whole == text.size() || text[whole] != '.' || text.substr(whole, 2) == "..") return whole;
  const std::size_t all = digits_from(whole + 1);
  return all == 1 ? 0 : all;  // a point alone is no number
}

// What "12.5" means. Digits below the nanosecond do not count.
std::optional<Duration> seconds_of(std::string_view decimal) {
  const std::size_t point = std::min(decimal.find('.'), decimal.size());
  const std::string_view whole = decimal.substr(0, point);
  const auto seconds = number_of(whole.empty() ? "0" : whole);
  if (!seconds || *seconds > static_cast<std::uint64_t>(kMaxSeconds)) return std::nullopt;
  std::string fraction(decimal.substr(std::min(point + 1, decimal.size())));
  fraction.resize(9, '0');
  return std::chrono::seconds(static_cast<std::int64_t>(*seconds)) +
         std::chrono::nanoseconds(static_cast<std::int64_t>(number_of(fraction).value_or(0)));
}

Duration read_seconds(Cursor& in) {
  const Position position = in.position();
  const std::string_view name = in.peek_word();
  const std::string* defined = in.definition(name);
  const std::string_view text = defined != nullptr ? std::string_view(*defined) : in.rest();
  const std::size_t size = decimal_size(text);
  if (size == 0 || (defined != nullptr && size != text.size())) {
    in.expected("a time in seconds");
    return {};
  }
  const auto seconds = seconds_of(text.substr(0, size));
  if (!seconds) in.fail(position, fmt::format("a time is at most {} seconds", kMaxSeconds));
  in.take(defined != nullptr ? name.size() : size);
  return seconds.value_or(Duration{});
}

// The second time of a range, which may repeat the '+' of the first.
Duration read_range_end(Cursor& in, const When& when) {
  const Position position = in.position();
  if (when.kind == When::Kind::kRelative) in.accept("+");
  const Duration end = read_seconds(in);
  if (end < when.at) in.fail(position, "this range ends before it begins");
  return end;
}

}  // namespace

bool at_time(const Cursor& in) {
  return in.peek() == '+' || in.peek() == '*' || is_digit(in.peek()) || (in.peek() == '.' && is_digit(in.peek(1)));
}

When read_when(Cursor& in) {
  When when;
  when.position = in.position();
  if (in.accept("*")) {
    when.kind = When::Kind::kAny;
    return when;
  }
  if (in.accept("+")) when.kind = When::Kind::kRelative;
  when.at = read_seconds(in);
  if (in.accept("...")) {
    when.end = read_range_end(in, when);
  } else if (in.accept("~")) {
    when.latest = read_range_end(in, when);
  }
  return when;
}

}  // namespace fourtuple::packet_script
