// The Internet checksum (RFC 1071): ones' complement sums over 16-bit words.
#pragma once

#include <cstdint>

#include "stack/base/bytes.hpp"
#include "stack/wire/address.hpp"

namespace fourtuple::wire {

// A partial sum over pieces of any length that stand one behind the other.
class ChecksumSum {
 public:
  constexpr ChecksumSum() = default;
  explicit constexpr ChecksumSum(std::uint64_t words) : words_(words) {}

  // Adds bytes. If an odd number of octets was added before, the new ones are taken as swapped, as they stand
  // on odd positions of the whole.
  ChecksumSum& add(ByteView bytes);
  // Adds one 16-bit word in host order.
  constexpr ChecksumSum& add_word(std::uint16_t word) {
    words_ += word;
    return *this;
  }
  // The 16-bit sum in host order, not complemented.
  [[nodiscard]] std::uint16_t folded() const;
  // What goes into a checksum field.
  [[nodiscard]] std::uint16_t checksum() const { return static_cast<std::uint16_t>(~folded()); }

 private:
  friend void copy_and_sum(std::uint8_t* to, ByteView from, ChecksumSum& sum);
  void add_piece(std::uint16_t sum, std::size_t size);

  std::uint64_t words_ = 0;
  bool odd_ = false;
};

// The checksum over `bytes` as it stands in a field that was zero while summing. Over bytes that include a
// correct checksum the result is 0.
[[nodiscard]] std::uint16_t internet_checksum(ByteView bytes);

// The pseudo-header of TCP and UDP over IPv4 (RFC 9293 3.1) or IPv6 (RFC 8200 8.1), by the addresses' family.
[[nodiscard]] ChecksumSum pseudo_header_sum(const IpAddress& source, const IpAddress& destination,
                                            std::uint8_t protocol, std::uint32_t length);

// memcpy and checksum in one pass. `to` and `from` do not overlap.
void copy_and_sum(std::uint8_t* to, ByteView from, ChecksumSum& sum);

}  // namespace fourtuple::wire
