// What the applications say: octet i of a direction of a connection is a function of the seed and of these, so every
// octet can be checked, repeated or not, and none has to be stored.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "apps/simulate/dice.hpp"
#include "stack/base/bytes.hpp"

namespace fourtuple::simulate {

class Stream {
 public:
  Stream() = default;
  Stream(std::uint64_t seed, std::size_t talk, std::size_t writer) {
    std::uint64_t state = seed * 0x10001U + talk * 2 + writer;
    key_ = splitmix64(state);
  }

  [[nodiscard]] std::uint8_t octet(std::uint64_t offset) const {
    return static_cast<std::uint8_t>(eight(offset / 8) >> (offset % 8 * 8));
  }
  void fill(ByteSpan to, std::uint64_t offset) const {
    walk(offset, to.size(), [&](std::size_t i, std::uint8_t octet) {
      to[i] = octet;
      return true;
    });
  }
  // The first of `octets`, which stand at `offset`, that does not belong there.
  [[nodiscard]] std::optional<std::size_t> first_wrong(ByteView octets, std::uint64_t offset) const {
    std::optional<std::size_t> wrong;
    walk(offset, octets.size(), [&](std::size_t i, std::uint8_t octet) {
      if (octets[i] != octet) wrong = i;
      return !wrong;
    });
    return wrong;
  }

 private:
  [[nodiscard]] std::uint64_t eight(std::uint64_t index) const {
    std::uint64_t state = key_ + index * 0x9e3779b97f4a7c15U;
    return splitmix64(state);
  }
  template <class Visit>
  void walk(std::uint64_t offset, std::size_t count, Visit&& visit) const {
    std::uint64_t word = eight(offset / 8) >> (offset % 8 * 8);
    for (std::size_t i = 0; i < count; ++i, word >>= 8U) {
      if (i != 0 && (offset + i) % 8 == 0) word = eight((offset + i) / 8);
      if (!visit(i, static_cast<std::uint8_t>(word))) return;
    }
  }

  std::uint64_t key_ = 0;
};

}  // namespace fourtuple::simulate
