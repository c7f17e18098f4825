// Ethernet II frames (RFC 894).
#pragma once

#include <cstdint>
#include <optional>

#include "stack/base/bytes.hpp"
#include "stack/wire/address.hpp"

namespace fourtuple::wire {

namespace ether_type {
inline constexpr std::uint16_t kIpv4 = 0x0800;
inline constexpr std::uint16_t kArp = 0x0806;
inline constexpr std::uint16_t kVlan = 0x8100;
inline constexpr std::uint16_t kQinQ = 0x88a8;
inline constexpr std::uint16_t kIpv6 = 0x86dd;
}  // namespace ether_type

inline constexpr std::size_t kEthernetHeaderSize = 14;

struct EthernetHeader {
  MacAddress destination;
  MacAddress source;
  std::uint16_t type = 0;  // host order; below 0x0600 it is an IEEE 802.3 length

  // Nothing if the frame is shorter than a header.
  [[nodiscard]] static std::optional<EthernetHeader> parse(ByteView frame);
  // Precondition: to.size() >= kEthernetHeaderSize.
  void emit(ByteSpan to) const;
};

}  // namespace fourtuple::wire
