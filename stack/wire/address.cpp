#include "stack/wire/address.hpp"

#include <charconv>
#include <utility>

namespace fourtuple {
namespace {

constexpr std::string_view kHexDigits = "0123456789abcdef";

// Takes a decimal number without sign and without leading zeros off the front of `text`.
std::optional<std::uint32_t> take_decimal(std::string_view& text, std::uint32_t limit) {
  std::uint32_t value = 0;
  const char* const end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, value);
  if (error != std::errc{} || value > limit) return std::nullopt;
  const auto length = static_cast<std::size_t>(rest - text.data());
  if (length > 1 && text.front() == '0') return std::nullopt;
  text.remove_prefix(length);
  return value;
}

std::optional<std::uint32_t> decimal(std::string_view text, std::uint32_t limit) {
  const auto value = take_decimal(text, limit);
  return text.empty() ? value : std::nullopt;
}

bool take_char(std::string_view& text, char expected) {
  if (text.empty() || text.front() != expected) return false;
  text.remove_prefix(1);
  return true;
}

std::optional<std::uint8_t> hex_pair(std::string_view two) {
  unsigned value = 0;
  const char* const end = two.data() + two.size();
  const auto [rest, error] = std::from_chars(two.data(), end, value, 16);
  if (error != std::errc{} || rest != end) return std::nullopt;
  return static_cast<std::uint8_t>(value);
}

using Groups = std::array<std::uint16_t, 8>;

Groups groups_of(const IpAddress& address) {
  Groups groups{};
  for (unsigned i = 0; i < 4; ++i) {
    groups[i] = static_cast<std::uint16_t>(address.high() >> (48 - 16 * i));
    groups[i + 4] = static_cast<std::uint16_t>(address.low() >> (48 - 16 * i));
  }
  return groups;
}

// The longest run of at least two zero groups, the first of equals, as [begin, end); empty where there is none.
std::pair<std::size_t, std::size_t> longest_zero_run(const Groups& groups) {
  std::pair<std::size_t, std::size_t> best{0, 0};
  for (std::size_t begin = 0; begin < groups.size(); ++begin) {
    std::size_t end = begin;
    while (end < groups.size() && groups[end] == 0) ++end;
    if (end - begin >= 2 && end - begin > best.second - best.first) best = {begin, end};
  }
  return best;
}

void append_hex(std::string& text, std::uint16_t group) {
  bool started = false;
  for (int shift = 12; shift >= 0; shift -= 4) {
    const unsigned digit = (unsigned{group} >> shift) & 0xf;
    started = started || digit != 0 || shift == 0;
    if (started) text += kHexDigits[digit];
  }
}

// The canonical text of RFC 5952 4. [RFC5952 4]
std::string v6_text(const IpAddress& address) {
  const Groups groups = groups_of(address);
  const auto [begin, end] = longest_zero_run(groups);
  std::string text;
  for (std::size_t i = 0; i < groups.size(); ++i) {
    if (i == begin && end > begin) {
      text += "::";
      i = end - 1;
      continue;
    }
    if (!text.empty() && text.back() != ':') text += ':';
    append_hex(text, groups[i]);
  }
  return text;
}

}  // namespace

std::optional<MacAddress> MacAddress::parse(std::string_view text) {
  if (text.size() != 17) return std::nullopt;
  const char separator = text[2];
  if (separator != ':' && separator != '-') return std::nullopt;
  MacAddress address;
  for (std::size_t i = 0; i < address.octets.size(); ++i) {
    const auto octet = hex_pair(text.substr(3 * i, 2));
    if (!octet || (i > 0 && text[3 * i - 1] != separator)) return std::nullopt;
    address.octets[i] = *octet;
  }
  return address;
}

std::string to_string(const MacAddress& address) {
  std::string text;
  for (const std::uint8_t octet : address.octets) {
    if (!text.empty()) text += ':';
    text += kHexDigits[octet >> 4];
    text += kHexDigits[octet & 0xf];
  }
  return text;
}

std::optional<Ipv4Address> Ipv4Address::parse(std::string_view text) {
  std::uint32_t value = 0;
  for (int i = 0; i < 4; ++i) {
    if (i > 0 && !take_char(text, '.')) return std::nullopt;
    const auto octet = take_decimal(text, 255);
    if (!octet) return std::nullopt;
    value = value << 8 | *octet;
  }
  if (!text.empty()) return std::nullopt;
  return Ipv4Address{value};
}

std::string to_string(Ipv4Address address) {
  std::string text;
  for (int shift = 24; shift >= 0; shift -= 8) {
    text += std::to_string((address.value >> shift) & 0xff);
    if (shift > 0) text += '.';
  }
  return text;
}

std::string to_string(const IpAddress& address) { return address.is_v4() ? to_string(address.v4()) : v6_text(address); }

std::optional<Ipv4Prefix> Ipv4Prefix::parse(std::string_view text) {
  const std::size_t slash = text.find('/');
  const auto address = Ipv4Address::parse(text.substr(0, slash));
  if (!address) return std::nullopt;
  if (slash == std::string_view::npos) return Ipv4Prefix{*address, 32};
  const auto length = decimal(text.substr(slash + 1), 32);
  if (!length) return std::nullopt;
  return Ipv4Prefix{*address, static_cast<std::uint8_t>(*length)};
}

std::string to_string(const Ipv4Prefix& prefix) {
  return to_string(prefix.address) + '/' + std::to_string(prefix.length);
}

std::optional<Endpoint> Endpoint::parse(std::string_view text) {
  const std::size_t colon = text.find(':');
  if (colon == std::string_view::npos) return std::nullopt;
  const auto address = Ipv4Address::parse(text.substr(0, colon));
  const auto port = decimal(text.substr(colon + 1), 65535);
  if (!address || !port) return std::nullopt;
  return Endpoint{*address, static_cast<Port>(*port)};
}

std::string to_string(const Endpoint& endpoint) {
  const std::string address = to_string(endpoint.address);
  return (endpoint.address.is_v4() ? address : '[' + address + ']') + ':' + std::to_string(endpoint.port);
}

std::string to_string(const FourTuple& name) { return to_string(name.local) + " <-> " + to_string(name.remote); }

}  // namespace fourtuple
