// Random numbers that follow from a seed and a name: each part of a simulation has dice of its own, so that what one
// part draws, or does not draw any more, leaves the others as they were. Written out: the standard library's
// distributions differ from one library to the next.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "drivers/impair/profile.hpp"
#include "stack/base/time.hpp"

namespace fourtuple::simulate {

// Steele, Lea, Flood 2014.
[[nodiscard]] constexpr std::uint64_t splitmix64(std::uint64_t& state) {
  state += 0x9e3779b97f4a7c15U;
  std::uint64_t z = state;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9U;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebU;
  return z ^ (z >> 31);
}

class Dice {
 public:
  constexpr Dice(std::uint64_t seed, std::string_view name) : state_(seed) {
    for (const char letter : name) state_ = (state_ ^ static_cast<unsigned char>(letter)) * 0x100000001b3U;
    state_ = splitmix64(state_);
  }

  [[nodiscard]] constexpr std::uint64_t next() { return splitmix64(state_); }
  // A number in [0, bound). Precondition: bound > 0.
  [[nodiscard]] constexpr std::uint64_t below(std::uint64_t bound) {
    __extension__ using Wide = unsigned __int128;
    return static_cast<std::uint64_t>((Wide{next()} * bound) >> 64U);
  }
  [[nodiscard]] constexpr std::uint64_t between(std::uint64_t low, std::uint64_t high) {
    return low + below(high - low + 1);
  }
  [[nodiscard]] constexpr bool one_in(std::uint64_t n) { return below(n) == 0; }
  // What never or always happens costs no number.
  [[nodiscard]] constexpr bool happens(impair::PartsPerMillion chance) {
    if (chance == 0 || chance >= impair::kAlways) return chance != 0;
    return below(impair::kAlways) < chance;
  }
  // Small numbers as likely as large ones, `high` at most.
  [[nodiscard]] constexpr std::uint64_t magnitude(std::uint64_t high) { return between(0, high >> below(12)); }
  template <class Value, std::size_t Count>
  [[nodiscard]] constexpr Value one_of(const std::array<Value, Count>& values) {
    return values[below(Count)];
  }
  [[nodiscard]] constexpr Duration up_to(Duration most) {
    return Duration(static_cast<std::int64_t>(below(static_cast<std::uint64_t>(most.count()) + 1)));
  }

 private:
  std::uint64_t state_;
};

}  // namespace fourtuple::simulate
