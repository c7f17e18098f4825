#include "stack/wire/checksum.hpp"

#include <bit>
#include <cstring>

namespace fourtuple::wire {
namespace {

__extension__ using Wide = unsigned __int128;

// A ones' complement sum does not care for the byte order it is computed in (RFC 1071 2 (B)): words are added as the
// machine loads them, eight octets at a time, and one swap at the end restores the order of the network. It does not
// care for the word size either, as 2^16, 2^32 and 2^64 are all 1 modulo 2^16 - 1.

std::uint64_t load_native(const std::uint8_t* at) {
  std::uint64_t word;
  std::memcpy(&word, at, sizeof word);
  return word;
}

// The last 0 to 7 octets, followed by zeros.
std::uint64_t load_tail(const std::uint8_t* at, std::size_t size) {
  std::uint64_t word = 0;
  if (size > 0) std::memcpy(&word, at, size);
  return word;
}

std::uint64_t fold_wide(Wide sum) {
  const auto low = static_cast<std::uint64_t>(sum);
  const std::uint64_t folded = low + static_cast<std::uint64_t>(sum >> 64);
  return folded + (folded < low ? 1 : 0);
}

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

// Visits each eight octets and then the tail; `visit_word(at)` and `visit_tail(at, size)` answer the word loaded.
// Four independent sums, so that the adder never waits for its own carry.
template <typename VisitWord, typename VisitTail>
std::uint16_t sum_words(ByteView bytes, VisitWord visit_word, VisitTail visit_tail) {
  std::size_t at = 0;
  const std::size_t size = bytes.size();
  Wide a = 0, b = 0, c = 0, d = 0;
  for (; size - at >= 32; at += 32) {
    a += visit_word(at);
    b += visit_word(at + 8);
    c += visit_word(at + 16);
    d += visit_word(at + 24);
  }
  for (; size - at >= 8; at += 8) a += visit_word(at);
  b += visit_tail(at, size - at);
  return fold(fold_wide(a + b + c + d));
}

std::uint16_t native_sum(ByteView bytes) {
  const std::uint8_t* const from = bytes.data();
  return sum_words(
      bytes, [from](std::size_t at) { return load_native(from + at); },
      [from](std::size_t at, std::size_t size) { return load_tail(from + at, size); });
}

std::uint16_t native_copy_and_sum(std::uint8_t* to, ByteView bytes) {
  const std::uint8_t* const from = bytes.data();
  return sum_words(
      bytes,
      [from, to](std::size_t at) {
        const std::uint64_t word = load_native(from + at);
        std::memcpy(to + at, &word, sizeof word);
        return word;
      },
      [from, to](std::size_t at, std::size_t size) {
        if (size > 0) std::memcpy(to + at, from + at, size);
        return load_tail(from + at, size);
      });
}

std::uint64_t halves(std::uint64_t word) { return (word >> 32) + (word & 0xffffffff); }

}  // namespace

void ChecksumSum::add_piece(std::uint16_t sum, std::size_t size) {
  words_ += odd_ ? swapped(sum) : sum;
  odd_ ^= (size & 1) != 0;
}

ChecksumSum& ChecksumSum::add(ByteView bytes) {
  add_piece(host_order(native_sum(bytes)), bytes.size());
  return *this;
}

std::uint16_t ChecksumSum::folded() const { return fold(words_); }

std::uint16_t internet_checksum(ByteView bytes) { return static_cast<std::uint16_t>(~host_order(native_sum(bytes))); }

ChecksumSum pseudo_header_sum(const IpAddress& source, const IpAddress& destination, std::uint8_t protocol,
                              std::uint32_t length) {
  if (source.is_v4() && destination.is_v4()) {
    return ChecksumSum(std::uint64_t{source.v4().value} + destination.v4().value + protocol + length);
  }
  return ChecksumSum(halves(source.high()) + halves(source.low()) + halves(destination.high()) +
                     halves(destination.low()) + protocol + length);
}

void copy_and_sum(std::uint8_t* to, ByteView from, ChecksumSum& sum) {
  sum.add_piece(host_order(native_copy_and_sum(to, from)), from.size());
}

}  // namespace fourtuple::wire
