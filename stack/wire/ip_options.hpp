// The options of an IPv4 header (RFC 791 3.1, RFC 1122 3.2.1.8).
//
// A source route is kept as an application names it, ip(7): the routers in order, the destination not among them. On
// the wire the first router is the destination of the packet and the true destination stands last in the option:
//
//     kept:      LSRR [ R1 R2 R3 ]            to D
//     on wire:   LSRR [ R2 R3 D  ]            to R1, pointer at R2
//     arrived:   LSRR [ R1'R2'R3']            to D, pointer behind the end: the way it came, R3' being the last
#pragma once

#include <array>
#include <optional>

#include "stack/base/bytes.hpp"
#include "stack/wire/address.hpp"

namespace fourtuple::wire {

namespace ip_option {
inline constexpr std::uint8_t kEnd = 0;
inline constexpr std::uint8_t kNoOperation = 1;
inline constexpr std::uint8_t kRecordRoute = 7;
inline constexpr std::uint8_t kTimestamp = 68;
inline constexpr std::uint8_t kLooseSourceRoute = 131;
inline constexpr std::uint8_t kStrictSourceRoute = 137;
inline constexpr std::uint8_t kRouterAlert = 148;
// Goes into every fragment, not only into the first.
[[nodiscard]] constexpr bool is_copied(std::uint8_t kind) { return (kind & 0x80) != 0; }
[[nodiscard]] constexpr bool is_source_route(std::uint8_t kind) {
  return kind == kLooseSourceRoute || kind == kStrictSourceRoute;
}
}  // namespace ip_option

// One option within others: [at, at + length).
struct IpOptionView {
  std::uint8_t kind = 0;
  std::size_t at = 0;
  std::size_t length = 1;
};
// The option at or behind `at` that is no padding; nothing at the end. Precondition: the lengths are sound.
[[nodiscard]] std::optional<IpOptionView> next_ip_option(ByteView options, std::size_t at);
// Every length stays inside and within its kind's bounds.
[[nodiscard]] bool ip_options_are_sound(ByteView options);

class IpOptions {
 public:
  static constexpr std::size_t kMaxSize = 40;

  IpOptions() = default;
  // As setsockopt(IP_OPTIONS) takes them; padded to a multiple of four. Nothing where they are malformed, too long,
  // or a route does not begin at its first router.
  [[nodiscard]] static std::optional<IpOptions> from_application(ByteView bytes);
  // The way back along a source route that has arrived, to be used towards whoever sent it [RFC1122 3.2.1.8(c)].
  // Nothing where the options hold no completed route. Precondition: ip_options_are_sound(received).
  [[nodiscard]] static std::optional<IpOptions> return_route(ByteView received);
  // RFC 2113: routers look at the packet.
  [[nodiscard]] static IpOptions router_alert();

  [[nodiscard]] bool empty() const { return size_ == 0; }
  [[nodiscard]] std::size_t size() const { return size_; }
  [[nodiscard]] ByteView bytes() const { return ByteView(bytes_).first(size_); }
  // Where a packet to `destination` goes first.
  [[nodiscard]] Ipv4Address first_hop(Ipv4Address destination) const;
  // Strict: the first router must be a neighbour.
  [[nodiscard]] bool is_strict() const {
    return route_at_ != 0 && bytes_[route_at_ - 1] == ip_option::kStrictSourceRoute;
  }
  // Writes size() octets as they leave in a packet to `destination`. Precondition: to.size() >= size().
  void emit(ByteSpan to, Ipv4Address destination) const;
  // Those that every fragment carries.
  [[nodiscard]] IpOptions copied() const;

  friend bool operator==(const IpOptions&, const IpOptions&) = default;

 private:
  void append(ByteView option);
  void pad();

  std::array<std::uint8_t, kMaxSize> bytes_{};
  std::uint8_t size_ = 0;
  std::uint8_t route_at_ = 0;  // one more than where a source route begins; 0: none
};

}  // namespace fourtuple::wire
