// Names on the network: link and internet addresses, prefixes, endpoints, and the four-tuple.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace fourtuple {

// A 48-bit IEEE 802 address.
struct MacAddress {
  std::array<std::uint8_t, 6> octets{};

  [[nodiscard]] static constexpr MacAddress broadcast() { return {{0xff, 0xff, 0xff, 0xff, 0xff, 0xff}}; }
  // "02:00:00:00:00:04"; hexadecimal pairs separated by ':' or '-'.
  [[nodiscard]] static std::optional<MacAddress> parse(std::string_view text);

  [[nodiscard]] constexpr bool is_broadcast() const { return *this == broadcast(); }
  // The group bit; true for broadcast too.
  [[nodiscard]] constexpr bool is_group() const { return (octets[0] & 1) != 0; }
  [[nodiscard]] constexpr bool is_zero() const { return *this == MacAddress{}; }

  friend constexpr auto operator<=>(const MacAddress&, const MacAddress&) = default;
};
[[nodiscard]] std::string to_string(const MacAddress& address);

// An IPv4 address in host order: 10.0.0.4 is 0x0a000004.
struct Ipv4Address {
  std::uint32_t value = 0;

  [[nodiscard]] static constexpr Ipv4Address from_octets(std::uint8_t a, std::uint8_t b, std::uint8_t c,
                                                         std::uint8_t d) {
    return {std::uint32_t{a} << 24 | std::uint32_t{b} << 16 | std::uint32_t{c} << 8 | d};
  }
  // Strict dotted quad: four decimal numbers 0..255 without leading zeros.
  [[nodiscard]] static std::optional<Ipv4Address> parse(std::string_view text);

  [[nodiscard]] constexpr bool is_any() const { return value == 0; }
  [[nodiscard]] constexpr bool is_loopback() const { return value >> 24 == 127; }
  [[nodiscard]] constexpr bool is_multicast() const { return value >> 28 == 0xe; }
  [[nodiscard]] constexpr bool is_limited_broadcast() const { return value == 0xffffffff; }
  // 240.0.0.0/4 without the limited broadcast address.
  [[nodiscard]] constexpr bool is_reserved() const { return value >> 28 == 0xf && !is_limited_broadcast(); }
  // 0.0.0.0/8: "this network" (RFC 1122 3.2.1.3), never a valid source on the wire outside of boot protocols.
  [[nodiscard]] constexpr bool is_this_network() const { return value >> 24 == 0; }

  friend constexpr auto operator<=>(const Ipv4Address&, const Ipv4Address&) = default;
};
[[nodiscard]] std::string to_string(Ipv4Address address);

// An address of either family, IPv4 held as an IPv4-mapped IPv6 address (RFC 4291 2.5.5.2). The default is 0.0.0.0.
class IpAddress {
 public:
  constexpr IpAddress() = default;
  // NOLINTNEXTLINE(google-explicit-constructor): an IPv4 address is an IP address.
  constexpr IpAddress(Ipv4Address v4) : low_(0x0000ffff00000000U | v4.value) {}
  [[nodiscard]] static constexpr IpAddress from_words(std::uint64_t high, std::uint64_t low) {
    IpAddress address;
    address.high_ = high;
    address.low_ = low;
    return address;
  }

  [[nodiscard]] constexpr bool is_v4() const { return high_ == 0 && low_ >> 32 == 0xffff; }
  // Precondition: is_v4().
  [[nodiscard]] constexpr Ipv4Address v4() const { return {static_cast<std::uint32_t>(low_)}; }
  [[nodiscard]] constexpr bool is_any() const { return is_v4() ? v4().is_any() : high_ == 0 && low_ == 0; }
  [[nodiscard]] constexpr std::uint64_t high() const { return high_; }
  [[nodiscard]] constexpr std::uint64_t low() const { return low_; }

  friend constexpr auto operator<=>(const IpAddress&, const IpAddress&) = default;

 private:
  std::uint64_t high_ = 0;
  std::uint64_t low_ = 0x0000ffff00000000U;
};
[[nodiscard]] std::string to_string(const IpAddress& address);

// An address with the length of its network part, for example 10.0.0.4/24.
struct Ipv4Prefix {
  Ipv4Address address;
  std::uint8_t length = 0;  // 0..32

  // "10.0.0.4/24"; an address alone means /32.
  [[nodiscard]] static std::optional<Ipv4Prefix> parse(std::string_view text);

  [[nodiscard]] constexpr std::uint32_t mask() const { return length == 0 ? 0 : ~std::uint32_t{0} << (32 - length); }
  [[nodiscard]] constexpr Ipv4Address network() const { return {address.value & mask()}; }
  // The directed broadcast address; for /31 and /32 there is none and the address itself is returned.
  [[nodiscard]] constexpr Ipv4Address broadcast() const {
    return length >= 31 ? address : Ipv4Address{address.value | ~mask()};
  }
  [[nodiscard]] constexpr bool contains(Ipv4Address other) const { return ((other.value ^ address.value) & mask()) == 0; }
  // Directed broadcast of this network (RFC 919, RFC 922).
  [[nodiscard]] constexpr bool is_broadcast(Ipv4Address other) const {
    return length < 31 && other == broadcast();
  }

  friend constexpr auto operator<=>(const Ipv4Prefix&, const Ipv4Prefix&) = default;
};
[[nodiscard]] std::string to_string(const Ipv4Prefix& prefix);

using Port = std::uint16_t;

// An address and a port of TCP or UDP; an unspecified address or port 0 is a wildcard.
struct Endpoint {
  IpAddress address;
  Port port = 0;

  // "10.0.0.4:80"
  [[nodiscard]] static std::optional<Endpoint> parse(std::string_view text);

  friend constexpr auto operator<=>(const Endpoint&, const Endpoint&) = default;
};
[[nodiscard]] std::string to_string(const Endpoint& endpoint);

// The name of a connection.
struct FourTuple {
  Endpoint local;
  Endpoint remote;

  [[nodiscard]] constexpr FourTuple reversed() const { return {remote, local}; }
  friend constexpr auto operator<=>(const FourTuple&, const FourTuple&) = default;
};
// "10.0.0.4:80 <-> 10.0.0.5:55715"
[[nodiscard]] std::string to_string(const FourTuple& name);

}  // namespace fourtuple
