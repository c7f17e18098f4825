// What test streams are made of: octet i of a direction is a function of i, so every octet can be checked and none
// has to be stored.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "stack/base/bytes.hpp"

namespace fourtuple::test {

enum class Direction : std::uint8_t { kOurs, kPeers };

[[nodiscard]] constexpr std::uint8_t pattern_octet(Direction direction, std::uint64_t offset) {
  // A prime step, and a second term that breaks the period of 256: shifted or swapped octets do not match.
  const std::uint64_t mixed = offset * 131 + (offset >> 8U) * 29 + (direction == Direction::kOurs ? 7 : 90);
  return static_cast<std::uint8_t>(mixed);
}

// Octets [offset, offset + count) of a direction.
[[nodiscard]] inline std::vector<std::uint8_t> pattern(Direction direction, std::uint64_t offset, std::size_t count) {
  std::vector<std::uint8_t> octets(count);
  for (std::size_t i = 0; i < count; ++i) octets[i] = pattern_octet(direction, offset + i);
  return octets;
}

// True where `octets` are those of the direction from `offset` on.
[[nodiscard]] inline bool is_pattern(ByteView octets, Direction direction, std::uint64_t offset) {
  for (std::size_t i = 0; i < octets.size(); ++i) {
    if (octets[i] != pattern_octet(direction, offset + i)) return false;
  }
  return true;
}

}  // namespace fourtuple::test
