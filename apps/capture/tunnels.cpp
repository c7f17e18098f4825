#include "apps/capture/tunnels.hpp"

#include <algorithm>
#include <array>

#include "apps/capture/ip_header.hpp"
#include "stack/wire/byte_order.hpp"
#include "stack/wire/ethernet.hpp"

namespace fourtuple::capture {
namespace {

namespace tunnel_protocol {
constexpr std::uint8_t kIpInIp = 4;
constexpr std::uint8_t kIpv6 = 41;
constexpr std::uint8_t kGre = 47;
constexpr std::uint8_t kEsp = 50;
constexpr std::uint8_t kAh = 51;
constexpr std::uint8_t kEtherIp = 97;
constexpr std::uint8_t kL2tp = 115;
constexpr std::uint8_t kMpls = 137;
}  // namespace tunnel_protocol

constexpr FoundDatagram kHidden{.datagram = {}, .refusal = Refusal::kTunnel};

FoundDatagram inner_ip(ByteView bytes) {
  const unsigned version = bytes.empty() ? 0 : bytes[0] >> 4U;
  if (version != 4 && version != 6) return kHidden;
  return {.datagram = bytes, .refusal = Refusal::kTunnel};
}

FoundDatagram inner_by_type(std::uint16_t type, ByteView bytes) {
  return {.datagram = find_by_ether_type(type, bytes).datagram, .refusal = Refusal::kTunnel};
}

FoundDatagram inner_ethernet(ByteView bytes) {
  const auto header = wire::EthernetHeader::parse(bytes);
  return header ? inner_by_type(header->type, bytes.subspan(wire::kEthernetHeaderSize)) : kHidden;
}

// RFC 2784 and 2890; version 1 is PPTP's and holds PPP.
FoundDatagram inner_of_gre(ByteView bytes) {
  constexpr std::uint16_t kTransparentBridging = 0x6558;
  if (bytes.size() < 4 || (bytes[1] & 7U) != 0) return kHidden;
  std::size_t header = 4;
  for (const unsigned flag : {0x80U, 0x20U, 0x10U}) header += (bytes[0] & flag) != 0 ? 4U : 0U;  // sum, key, number
  if (bytes.size() < header) return kHidden;
  const std::uint16_t type = wire::load_be16(&bytes[2]);
  const ByteView inner = bytes.subspan(header);
  return type == kTransparentBridging ? inner_ethernet(inner) : inner_by_type(type, inner);
}

// GTP-U (3GPP TS 29.281): user data is message 255; any of three flags adds four octets.
FoundDatagram inner_of_gtp(ByteView bytes) {
  constexpr std::uint8_t kUserData = 255;
  if (bytes.size() < 8 || bytes[1] != kUserData || (bytes[0] & 4U) != 0) return kHidden;
  const std::size_t header = (bytes[0] & 7U) != 0 ? 12 : 8;
  return bytes.size() < header ? kHidden : inner_ip(bytes.subspan(header));
}

// By the port that UDP's datagram is sent to.
std::optional<FoundDatagram> inner_of_udp(ByteView bytes) {
  constexpr std::size_t kUdpHeader = 8;
  constexpr std::size_t kVxlanHeader = 8;
  if (bytes.size() < kUdpHeader) return std::nullopt;
  const ByteView inner = bytes.subspan(kUdpHeader);
  switch (wire::load_be16(&bytes[2])) {
    case 4789:
    case 8472:
      return inner.size() < kVxlanHeader ? kHidden : inner_ethernet(inner.subspan(kVxlanHeader));
    case 2152:
      return inner_of_gtp(inner);
    case 1701:  // L2TP
    case 6081:
      return kHidden;  // Geneve
    default:
      return std::nullopt;
  }
}

std::optional<FoundDatagram> inner_of(std::uint8_t protocol, ByteView payload) {
  switch (protocol) {
    case wire::ip_protocol::kUdp:
      return inner_of_udp(payload);
    case tunnel_protocol::kIpInIp:
    case tunnel_protocol::kIpv6:
      return inner_ip(payload);
    case tunnel_protocol::kGre:
      return inner_of_gre(payload);
    case tunnel_protocol::kMpls:
      return find_in_mpls(payload);
    case tunnel_protocol::kEtherIp:
      return payload.size() < 2 ? kHidden : inner_ethernet(payload.subspan(2));
    case tunnel_protocol::kEsp:
    case tunnel_protocol::kAh:
    case tunnel_protocol::kL2tp:
      return kHidden;
    default:
      return std::nullopt;
  }
}

}  // namespace

std::optional<FoundDatagram> find_in_tunnel(ByteView datagram) {
  const auto header = IpHeader::parse(datagram);
  if (!header) return std::nullopt;
  if (!header->is_fragment()) return inner_of(header->protocol, datagram.subspan(header->size));
  const bool is_tunnel = header->protocol != wire::ip_protocol::kUdp && inner_of(header->protocol, {}).has_value();
  return is_tunnel ? std::optional(kHidden) : std::nullopt;
}

FoundDatagram find_in_mpls(ByteView bytes) {
  constexpr std::size_t kMostLabels = 8;
  for (std::size_t labels = 0; labels < kMostLabels && bytes.size() >= 4; ++labels) {
    const bool is_last = (bytes[2] & 1U) != 0;
    bytes = bytes.subspan(4);
    if (is_last) return inner_ip(bytes);
  }
  return kHidden;
}

}  // namespace fourtuple::capture
