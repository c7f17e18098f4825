// The IPv4 header (RFC 791).
#pragma once

#include <cstdint>
#include <string_view>

#include "stack/base/bytes.hpp"
#include "stack/base/result.hpp"
#include "stack/base/reasons.hpp"
#include "stack/wire/address.hpp"

namespace fourtuple::wire {

namespace ip_protocol {
inline constexpr std::uint8_t kIcmp = 1;
inline constexpr std::uint8_t kIgmp = 2;
inline constexpr std::uint8_t kTcp = 6;
inline constexpr std::uint8_t kUdp = 17;
}  // namespace ip_protocol

// The two lowest bits of the former TOS octet. [RFC3168 5]
namespace ecn {
inline constexpr std::uint8_t kMask = 3;
inline constexpr std::uint8_t kCapable = 2;  // ECT(0)
inline constexpr std::uint8_t kMarked = 3;   // CE
[[nodiscard]] constexpr bool is_marked(std::uint8_t tos) { return (tos & kMask) == kMarked; }
[[nodiscard]] constexpr std::uint8_t with_codepoint(std::uint8_t tos, std::uint8_t codepoint) {
  return static_cast<std::uint8_t>((tos & ~kMask) | codepoint);
}
}  // namespace ecn

inline constexpr std::size_t kIpv4HeaderSize = 20;      // without options
inline constexpr std::size_t kIpv4MaxHeaderSize = 60;   // with options
inline constexpr std::size_t kIpv4MaxPacketSize = 65535;

struct Ipv4Header {
  std::uint8_t header_size = kIpv4HeaderSize;  // octets, 20..60, multiple of 4
  std::uint8_t tos = 0;                        // DSCP and ECN
  std::uint16_t total_length = 0;              // header and payload
  std::uint16_t identification = 0;
  bool dont_fragment = false;
  bool more_fragments = false;
  std::uint16_t fragment_offset = 0;           // octets (the field times 8)
  std::uint8_t ttl = 64;
  std::uint8_t protocol = 0;
  Ipv4Address source;
  Ipv4Address destination;

  [[nodiscard]] bool is_fragment() const { return more_fragments || fragment_offset != 0; }
  [[nodiscard]] std::size_t payload_size() const { return total_length - header_size; }

  // Checks version, header length, total length against packet.size() (which may be larger: link padding) and, if
  // asked, the header checksum. Reasons: kIpTruncated, kIpBadVersion, kIpBadHeaderLength, kIpBadTotalLength,
  // kIpBadChecksum. Options are packet[20, header_size) and are not looked at here.
  [[nodiscard]] static Result<Ipv4Header, DropReason> parse(ByteView packet, bool verify_checksum = true);
  // Writes header_size octets with a correct checksum; options, if any, must already stand in to[20, header_size).
  // Precondition: to.size() >= header_size.
  void emit(ByteSpan to) const;
};

// Writes packet.size() into the total length field of a header that somebody else made. False, and nothing is written,
// where there is no room for a header or the size is beyond 65535.
[[nodiscard]] bool set_total_length(ByteSpan packet);

}  // namespace fourtuple::wire
