// What an IP header says, of either version, read as far as it is there: lengths may lie, octets may be cut away.
#pragma once

#include <cstdint>
#include <optional>

#include "stack/base/bytes.hpp"
#include "stack/wire/address.hpp"
#include "stack/wire/ipv4.hpp"

namespace fourtuple::capture {

struct IpHeader {
  IpAddress source;
  IpAddress destination;
  std::size_t size = 0;          // with options, or with the extension headers of IPv6
  std::size_t total_length = 0;  // with the payload, as written; 0 where a card was to fill it in
  std::uint8_t protocol = 0;
  std::uint8_t tos = 0;  // or traffic class
  std::uint8_t ttl = 0;  // or hop limit
  std::uint16_t identification = 0;
  std::size_t fragment_offset = 0;  // octets
  bool more_fragments = false;
  bool checksum_is_wrong = false;

  [[nodiscard]] bool is_fragment() const { return more_fragments || fragment_offset != 0; }
  // Nothing where it contradicts itself or is not all there. `datagram` may have more or fewer octets than it says.
  [[nodiscard]] static std::optional<IpHeader> parse(ByteView datagram);
};

}  // namespace fourtuple::capture
