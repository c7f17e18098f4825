#include "stack/wire/checksum.hpp"

#include <bit>
#include <cstring>

namespace fourtuple::wire {
namespace {

// A ones' complement sum does not care for the byte order it is computed in (RFC 1071 2 (B)): words are added as the
// machine loads them and one swap at the end restores the order of the network. It does not care for the word size
// either, as 2^16, 2^32 and 2^64 are all 1 modulo 2^16 - 1.
//
// Words of 64 bits are added without looking for carries: `all` sums them modulo 2^64, `high` sums their upper halves.
// The sum of the lower halves is then exactly all - high * 2^32, as it fits 64 bits for any buffer below 32 GiB. That
// costs one shift and two additions for each word, and works in every lane of a vector.

template <typename Word>
Word load(const std::uint8_t* at) {
  Word word;
  std::memcpy(&word, at, sizeof word);
  return word;
}

std::uint64_t halves(std::uint64_t all, std::uint64_t high) { return all - (high << 32) + high; }  // [RFC1071 3]

// The last 0 to 7 octets, an odd one followed by a zero.
std::uint64_t sum_tail(const std::uint8_t* from, std::size_t size) {
  std::uint64_t sum = 0;
  if ((size & 4) != 0) sum += load<std::uint32_t>(from), from += 4;
  if ((size & 2) != 0) sum += load<std::uint16_t>(from), from += 2;
  if ((size & 1) != 0) sum += std::uint64_t{*from} << (std::endian::native == std::endian::little ? 0 : 8);
  return sum;
}

std::uint64_t sum_words(const std::uint8_t* from, std::size_t size) {
  std::uint64_t all = 0, high = 0;
  for (; size >= 8; from += 8, size -= 8) {
    const auto word = load<std::uint64_t>(from);
    all += word;
    high += word >> 32;
  }
  return halves(all, high) + sum_tail(from, size);
}

// As `sum_words`, in the lanes of a vector type and copying on the way where `to` is not null. Inlined by force into
// functions for different instruction sets.
template <typename Lanes, bool kCopy>
[[gnu::always_inline]] inline std::uint64_t sum_lanes(std::uint8_t* to, const std::uint8_t* from, std::size_t size) {
  Lanes all{}, high{}, all_2{}, high_2{};
  for (; size >= 2 * sizeof(Lanes); from += 2 * sizeof(Lanes), size -= 2 * sizeof(Lanes)) {
    Lanes word, word_2;
    std::memcpy(&word, from, sizeof word);
    std::memcpy(&word_2, from + sizeof word, sizeof word);
    if constexpr (kCopy) {
      std::memcpy(to, &word, sizeof word);
      std::memcpy(to + sizeof word, &word_2, sizeof word);
      to += 2 * sizeof word;
    }
    all += word, high += word >> 32;
    all_2 += word_2, high_2 += word_2 >> 32;
  }
  all += all_2, high += high_2;
  if (kCopy && size > 0) std::memcpy(to, from, size);
  std::uint64_t sum = sum_words(from, size);
  for (std::size_t lane = 0; lane < sizeof(Lanes) / 8; ++lane) sum += halves(all[lane], high[lane]);
  return sum;
}

using Lanes128 = std::uint64_t __attribute__((vector_size(16)));

template <bool kCopy>
std::uint64_t sum_any_machine(std::uint8_t* to, const std::uint8_t* from, std::size_t size) {
  return sum_lanes<Lanes128, kCopy>(to, from, size);
}

#if defined(__x86_64__)
using Lanes256 = std::uint64_t __attribute__((vector_size(32)));

template <bool kCopy>
[[gnu::target("avx2")]] std::uint64_t sum_avx2(std::uint8_t* to, const std::uint8_t* from, std::size_t size) {
  return sum_lanes<Lanes256, kCopy>(to, from, size);
}

bool has_avx2() { return __builtin_cpu_supports("avx2") != 0; }
#else
template <bool kCopy>
std::uint64_t sum_avx2(std::uint8_t* to, const std::uint8_t* from, std::size_t size) {
  return sum_any_machine<kCopy>(to, from, size);
}

bool has_avx2() { return false; }
#endif

// Below this a wider vector saves nothing.
constexpr std::size_t kWideFrom = 128;

std::uint16_t fold(std::uint64_t sum) {
  sum = (sum & 0xffffffff) + (sum >> 32);
  sum = (sum & 0xffff) + (sum >> 16);
  sum = (sum & 0xffff) + (sum >> 16);
  sum = (sum & 0xffff) + (sum >> 16);
  return static_cast<std::uint16_t>(sum);
}

std::uint16_t swapped(std::uint16_t word) { return static_cast<std::uint16_t>(word << 8 | word >> 8); }

std::uint16_t host_order(std::uint16_t word) {
  return std::endian::native == std::endian::little ? swapped(word) : word;
}

template <bool kCopy>
std::uint16_t sum_bytes(std::uint8_t* to, ByteView from) {
  const bool wide = from.size() >= kWideFrom && has_avx2();
  const std::uint64_t sum =
      wide ? sum_avx2<kCopy>(to, from.data(), from.size()) : sum_any_machine<kCopy>(to, from.data(), from.size());
  return host_order(fold(sum));
}

std::uint16_t sum_bytes(ByteView bytes) { return sum_bytes<false>(nullptr, bytes); }

std::uint64_t folded_once(std::uint64_t word) { return (word >> 32) + (word & 0xffffffff); }

}  // namespace

void ChecksumSum::add_piece(std::uint16_t sum, std::size_t size) {
  words_ += odd_ ? swapped(sum) : sum;
  odd_ ^= (size & 1) != 0;
}

ChecksumSum& ChecksumSum::add(ByteView bytes) {
  add_piece(sum_bytes(bytes), bytes.size());
  return *this;
}

std::uint16_t ChecksumSum::folded() const { return fold(words_); }

std::uint16_t internet_checksum(ByteView bytes) { return static_cast<std::uint16_t>(~sum_bytes(bytes)); }

// [RFC8200 8.1]
ChecksumSum pseudo_header_sum(const IpAddress& source, const IpAddress& destination, std::uint8_t protocol,
                              std::uint32_t length) {
  if (source.is_v4() && destination.is_v4()) {
    return ChecksumSum(std::uint64_t{source.v4().value} + destination.v4().value + protocol + length);
  }
  return ChecksumSum(folded_once(source.high()) + folded_once(source.low()) + folded_once(destination.high()) +
                     folded_once(destination.low()) + protocol + length);
}

void copy_and_sum(std::uint8_t* to, ByteView from, ChecksumSum& sum) {
  sum.add_piece(sum_bytes<true>(to, from), from.size());
}

}  // namespace fourtuple::wire
