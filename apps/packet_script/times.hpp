// When an event happens: 0.100, +.1, +.1~+.3, 0.1...0.2, *.
#pragma once

#include "apps/packet_script/cursor.hpp"
#include "apps/packet_script/script.hpp"

namespace fourtuple::packet_script {

inline constexpr std::int64_t kMaxSeconds = 1'000'000'000;  // of a time, and of all times of a script together

// Whether what stands here can only be a time.
[[nodiscard]] bool at_time(const Cursor& in);
[[nodiscard]] When read_when(Cursor& in);

}  // namespace fourtuple::packet_script
