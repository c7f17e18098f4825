#include "apps/http/range.hpp"

#include <algorithm>
#include <charconv>

namespace fourtuple::apps::http {
namespace {

std::optional<std::uint64_t> parse_number(std::string_view text) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

Result<std::optional<ByteRange>, int> last_octets(std::string_view count, std::uint64_t size_bytes) {
  const auto wanted = parse_number(count);
  if (!wanted) return std::nullopt;
  if (*wanted == 0 || size_bytes == 0) return failure(416);
  const std::uint64_t length = std::min(*wanted, size_bytes);
  return ByteRange{size_bytes - length, length};
}

}  // namespace

Result<std::optional<ByteRange>, int> parse_range(std::string_view field, std::uint64_t size_bytes) {
  constexpr std::string_view kUnit = "bytes=";
  if (!field.starts_with(kUnit)) return std::nullopt;
  field.remove_prefix(kUnit.size());
  const std::size_t dash = field.find('-');
  if (dash == std::string_view::npos) return std::nullopt;
  if (dash == 0) return last_octets(field.substr(1), size_bytes);
  const auto first = parse_number(field.substr(0, dash));
  const std::string_view last_text = field.substr(dash + 1);
  const auto last = last_text.empty() ? std::optional(UINT64_MAX) : parse_number(last_text);
  if (!first || !last || *last < *first) return std::nullopt;
  if (*first >= size_bytes) return failure(416);
  return ByteRange{*first, std::min(*last, size_bytes - 1) - *first + 1};
}

}  // namespace fourtuple::apps::http
