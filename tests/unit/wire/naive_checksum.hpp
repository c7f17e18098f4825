// RFC 1071 word by word as the RFC writes it, to compare with.
#pragma once

#include <cstdint>

#include "stack/base/bytes.hpp"

namespace fourtuple {

// The sum of big-endian 16-bit words, an odd last octet followed by a zero, not complemented.
inline std::uint16_t naive_sum(ByteView bytes, std::uint32_t start = 0) {
  std::uint64_t sum = start;
  for (std::size_t i = 0; i < bytes.size(); ++i) sum += i % 2 == 0 ? bytes[i] * 256U : bytes[i];
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >> 16);
  return static_cast<std::uint16_t>(sum);
}

inline std::uint16_t naive_checksum(ByteView bytes) { return static_cast<std::uint16_t>(~naive_sum(bytes)); }

}  // namespace fourtuple
