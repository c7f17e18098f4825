// How the tables of options spell their rows.
#pragma once

#include "stack/socket/options.hpp"

namespace fourtuple::sockets {

inline constexpr std::errc kFine{};
inline constexpr std::errc kInvalid = std::errc::invalid_argument;
[[nodiscard]] constexpr bool is_within(int value, int low, int high) { return value >= low && value <= high; }

// Anything but 0 is 1.
#define FOURTUPLE_FLAG(level, name, member, ...)                                                \
  NumberOption {                                                                                \
    level, name,                                                                                \
        [](Settings& s, int value, Kind) {                                                      \
          s.member = value != 0;                                                                \
          return kFine;                                                                         \
        },                                                                                      \
        [](const Settings& s) { return static_cast<int>(s.member); } __VA_OPT__(, ) __VA_ARGS__ \
  }
// From `low` to `high`, or invalid_argument.
#define FOURTUPLE_NUMBER(level, name, member, low, high, ...)                                   \
  NumberOption {                                                                                \
    level, name,                                                                                \
        [](Settings& s, int value, Kind) {                                                      \
          if (!is_within(value, low, high)) return kInvalid;                                    \
          s.member = static_cast<decltype(s.member)>(value);                                    \
          return kFine;                                                                         \
        },                                                                                      \
        [](const Settings& s) { return static_cast<int>(s.member); } __VA_OPT__(, ) __VA_ARGS__ \
  }

}  // namespace fourtuple::sockets
