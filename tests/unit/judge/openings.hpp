// How most traces begin.
#pragma once

#include <fmt/format.h>
#include <string>
#include <string_view>

#include "stack/judge/endpoint.hpp"

namespace fourtuple::test {

// We are called; nothing was agreed on but sizes. Three segments: #0 to #2.
inline constexpr std::string_view kCalled = R"(
  +0   listen()
  +0   < S 0:0(0) win 20000 <mss 1000>
  +0   > S. 0:0(0) ack 1 win 30000 <mss 1000>
  +.01 < . 1:1(0) ack 1 win 20000
)";
// We call.
inline constexpr std::string_view kCalling = R"(
  +0   connect()
  +0   > S 0:0(0) win 30000 <mss 1000>
  +.01 < S. 0:0(0) ack 1 win 20000 <mss 1000>
  +0   > . 1:1(0) ack 1 win 30000
)";

[[nodiscard]] inline std::string called_and(std::string_view rest) { return std::string(kCalled) + std::string(rest); }
[[nodiscard]] inline std::string calling_and(std::string_view rest) {
  return std::string(kCalling) + std::string(rest);
}

// We are called, and so many octets come above holes of one octet that no more can be remembered apart: those of
// segments #3 to #2 + kManyHoles.
inline constexpr std::size_t kManyHoles = judge::RangeSet::kMaxRanges + 10;
[[nodiscard]] inline std::string called_and_many_holes(std::string_view rest) {
  std::string script(kCalled);
  for (std::size_t i = 0; i < kManyHoles; ++i)
    script += fmt::format("+0 < . {}:{}(1) ack 1 win 20000\n", 11 + 2 * i, 12 + 2 * i);
  return script + std::string(rest);
}

}  // namespace fourtuple::test
