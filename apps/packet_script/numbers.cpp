#include "apps/packet_script/numbers.hpp"

#include <charconv>
#include <fmt/format.h>
#include <string>

namespace fourtuple::packet_script {
namespace {

// The number's digits as they stand here, or as a definition puts them here; empty where nothing like that stands.
std::string_view digits_here(const Cursor& in) {
  if (const std::string* value = in.definition(in.peek_word())) return *value;
  return is_digit(in.peek()) ? leading_word(in.rest()) : std::string_view();
}

}  // namespace

std::optional<std::uint64_t> number_of(std::string_view text) {
  const bool is_hex = text.starts_with("0x") || text.starts_with("0X");
  if (is_hex) text.remove_prefix(2);
  std::uint64_t value = 0;
  const auto end = text.data() + text.size();
  const auto result = std::from_chars(text.data(), end, value, is_hex ? 16 : 10);
  if (result.ec != std::errc{} || result.ptr != end) return std::nullopt;
  return value;
}

std::uint64_t read_number(Cursor& in, std::string_view what, std::uint64_t limit) {
  const std::string_view digits = digits_here(in);
  if (digits.empty()) {
    in.expected_next(what);
    return 0;
  }
  const auto value = number_of(digits);
  if (!value && digits.find_first_not_of("0123456789") != std::string_view::npos) {
    in.expected(what);
    return 0;
  }
  if (!value || *value > limit) {
    in.fail(in.position(), fmt::format("{} is at most {}, found {:.40}", what, limit, digits));
    return 0;
  }
  in.take_while(is_word_part);
  return *value;
}

}  // namespace fourtuple::packet_script
