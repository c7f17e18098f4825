// UDP (RFC 768).
#pragma once

#include <cstdint>

#include "stack/base/bytes.hpp"
#include "stack/base/result.hpp"
#include "stack/base/reasons.hpp"
#include "stack/wire/address.hpp"

namespace fourtuple::wire {

inline constexpr std::size_t kUdpHeaderSize = 8;

struct UdpHeader {
  Port source_port = 0;
  Port destination_port = 0;
  std::uint16_t length = 0;    // header and payload
  std::uint16_t checksum = 0;  // 0: the sender computed none

  // Checks lengths only; octets beyond `length` are padding. Reasons: kUdpTruncated, kUdpBadLength.
  [[nodiscard]] static Result<UdpHeader, DropReason> parse(ByteView datagram);
  // Precondition: datagram.size() >= length of a parsed header. True where the sender computed none.
  [[nodiscard]] bool checksum_is_good(const IpAddress& source, const IpAddress& destination, ByteView datagram) const;
  // Writes the header with the checksum over it and `payload` (0 is sent as 0xffff); length and checksum follow from
  // the payload, not from the members. Preconditions: to.size() >= 8, payload.size() <= 65535 - 8.
  void emit(ByteSpan to, const IpAddress& source, const IpAddress& destination, ByteView payload) const;
  // Makes the checksum of an emitted header "none".
  static void omit_checksum(ByteSpan header) { header[6] = header[7] = 0; }
};

}  // namespace fourtuple::wire
