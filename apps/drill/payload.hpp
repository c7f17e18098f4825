// What stands in the octets that scripts only count. Every octet of a stream tells its place, so that data that arrives
// in the wrong place is noticed.
#pragma once

#include <cstdint>

#include "stack/base/bytes.hpp"

namespace fourtuple::drill {

[[nodiscard]] constexpr std::uint8_t octet_at(std::uint64_t offset) {
  return static_cast<std::uint8_t>(offset * 7 + (offset >> 8) * 31 + (offset >> 16));
}

// Fills with the stream's octets from `offset` on.
constexpr void fill_from(std::uint64_t offset, ByteSpan to) {
  for (std::uint8_t& octet : to) octet = octet_at(offset++);
}

[[nodiscard]] constexpr bool is_from(std::uint64_t offset, ByteView octets) {
  for (const std::uint8_t octet : octets) {
    if (octet != octet_at(offset++)) return false;
  }
  return true;
}

}  // namespace fourtuple::drill
