// How most traces begin.
#pragma once

#include <string>
#include <string_view>

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

}  // namespace fourtuple::test
