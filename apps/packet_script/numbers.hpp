// Numbers of packets and values: decimal or hexadecimal, checked where they stand.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "apps/packet_script/cursor.hpp"

namespace fourtuple::packet_script {

inline constexpr std::uint64_t kMax16 = 0xffff;
inline constexpr std::uint64_t kMax32 = 0xffff'ffff;

// What digits mean: "17", "0x11". Nothing where `text` is no number or needs more than 64 bits.
[[nodiscard]] std::optional<std::uint64_t> number_of(std::string_view text);

// Takes a number of at most `limit`, or a name that is defined as one. Complains otherwise: "expected WHAT, found ...".
std::uint64_t read_number(Cursor& in, std::string_view what, std::uint64_t limit);

// The same for as many bits as the caller keeps.
inline std::uint32_t read_number32(Cursor& in, std::string_view what) {
  return static_cast<std::uint32_t>(read_number(in, what, kMax32));
}
inline std::uint16_t read_number16(Cursor& in, std::string_view what) {
  return static_cast<std::uint16_t>(read_number(in, what, kMax16));
}
inline std::uint8_t read_number8(Cursor& in, std::string_view what) {
  return static_cast<std::uint8_t>(read_number(in, what, 0xff));
}

}  // namespace fourtuple::packet_script
