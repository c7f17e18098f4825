#include "drivers/impair/rule_words.hpp"

#include <algorithm>

namespace fourtuple::impair {
namespace {

constexpr std::string_view kDigits = "0123456789";

constexpr std::array<std::string_view, kFrameKindCount> kKindNames{"any", "data", "ack", "syn",  "synack",
                                                                   "fin", "rst",  "arp", "icmp", "udp"};
constexpr std::array<std::string_view, kActionCount> kActionNames{"drop", "delay", "duplicate", "corrupt", "mark"};
constexpr std::array<std::string_view, kDamageCount> kDamageNames{"bit", "swap", "zero", "cut", "lengthen", "any"};

// Nine decimals of a nanosecond unit are the finest thing there is.
constexpr std::size_t kMaxDecimals = 9;

std::optional<std::uint64_t> scale(std::uint64_t whole, std::string_view decimals, std::uint64_t factor,
                                   std::uint64_t limit) {
  if (whole > limit / factor) return std::nullopt;
  std::uint64_t fraction = 0;
  std::uint64_t divisor = 1;
  for (const char digit : decimals) {
    fraction = fraction * 10 + static_cast<std::uint64_t>(digit - '0');
    divisor *= 10;
  }
  // fraction < 10^9 and factor <= 10^9: the product fits.
  if (fraction * factor % divisor != 0) return std::nullopt;
  const std::uint64_t value = whole * factor + fraction * factor / divisor;
  return value <= limit ? std::optional(value) : std::nullopt;
}

}  // namespace

std::string_view name(FrameKind kind) { return kKindNames[static_cast<std::size_t>(kind)]; }
std::string_view name(Damage damage) { return kDamageNames[static_cast<std::size_t>(damage)]; }
std::string_view name(Action action) { return kActionNames[static_cast<std::size_t>(action)]; }

std::optional<std::uint64_t> parse_number(std::string_view text, std::uint64_t limit) {
  if (text.empty() || text.find_first_not_of(kDigits) != std::string_view::npos) return std::nullopt;
  std::uint64_t value = 0;
  for (const char digit : text) {
    const auto next = static_cast<std::uint64_t>(digit - '0');
    if (next > limit || value > (limit - next) / 10) return std::nullopt;
    value = value * 10 + next;
  }
  return value;
}

std::optional<std::uint64_t> parse_quantity(std::string_view text, std::span<const Unit> units, std::uint64_t limit) {
  const std::size_t whole_size = std::min(text.find_first_not_of(kDigits), text.size());
  const auto whole = parse_number(text.substr(0, whole_size), limit);
  if (!whole) return std::nullopt;
  std::string_view rest = text.substr(whole_size);
  std::string_view decimals;
  if (rest.starts_with('.')) {
    rest.remove_prefix(1);
    decimals = rest.substr(0, rest.find_first_not_of(kDigits));
    rest.remove_prefix(decimals.size());
    if (decimals.empty() || decimals.size() > kMaxDecimals) return std::nullopt;
  }
  const auto unit =
      std::find_if(units.begin(), units.end(), [&](const Unit& candidate) { return candidate.name == rest; });
  if (unit == units.end()) return std::nullopt;
  return scale(*whole, decimals, unit->factor, limit);
}

std::string print_quantity(std::uint64_t value, std::span<const Unit> units) {
  for (const Unit& unit : units) {
    if (value % unit.factor == 0) return std::to_string(value / unit.factor) + std::string(unit.name);
  }
  return std::to_string(value);  // never: the last unit divides everything
}

std::string print_percent(PartsPerMillion value) {
  std::string decimals = std::to_string(10'000 + value % 10'000).substr(1);
  decimals.erase(decimals.find_last_not_of('0') + 1);
  return std::to_string(value / 10'000) + (decimals.empty() ? "" : "." + decimals) + "%";
}

}  // namespace fourtuple::impair
