// What fuzz targets share: a check that ends the run, exact-size copies, a reader of structured input, and naive
// second implementations to compare with.
#pragma once

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <vector>

#include "stack/base/bytes.hpp"

namespace fourtuple::fuzz {

// Stops the run, with NDEBUG too: libFuzzer keeps the input as a crash.
inline void require(bool condition, const char* what) {
  if (condition) return;
  std::fprintf(stderr, "not so: %s\n", what);
  std::abort();
}

// A heap block without one octet to spare, so that a sanitizer sees a read of one too many.
inline std::vector<std::uint8_t> exact_copy(ByteView bytes) { return {bytes.begin(), bytes.end()}; }

// `count` (at most 64) bits, the first bit of the first octet being the highest: the way RFCs draw headers.
inline std::uint64_t bits(ByteView bytes, std::size_t first, std::size_t count) {
  std::uint64_t value = 0;
  for (std::size_t i = first; i < first + count; ++i) value = value << 1 | (unsigned{bytes[i / 8]} >> (7 - i % 8) & 1);
  return value;
}

// RFC 1071 word by word, an odd last octet followed by a zero; not complemented.
inline std::uint16_t naive_sum(ByteView bytes, std::uint64_t start = 0) {
  std::uint64_t sum = start;
  for (std::size_t i = 0; i < bytes.size(); ++i) sum += i % 2 == 0 ? bytes[i] * 256U : bytes[i];
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >> 16);
  return static_cast<std::uint16_t>(sum);
}

// Takes an input apart from the front; after its end everything is zero.
class Input {
 public:
  Input(const std::uint8_t* data, std::size_t size) : rest_(data, size) {}

  [[nodiscard]] bool empty() const { return rest_.empty(); }
  [[nodiscard]] ByteView rest() const { return rest_; }

  std::uint8_t octet() {
    if (rest_.empty()) return 0;
    const std::uint8_t value = rest_.front();
    rest_ = rest_.subspan(1);
    return value;
  }
  std::uint16_t word() { return static_cast<std::uint16_t>(number(2)); }
  std::uint32_t double_word() { return static_cast<std::uint32_t>(number(4)); }
  std::uint64_t quad_word() { return number(8); }

 private:
  std::uint64_t number(int octets) {
    std::uint64_t value = 0;
    for (int i = 0; i < octets; ++i) value = value << 8 | octet();
    return value;
  }

  ByteView rest_;
};

}  // namespace fourtuple::fuzz
