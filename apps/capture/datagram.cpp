#include "apps/capture/datagram.hpp"

#include <algorithm>
#include <array>

#include "apps/capture/tunnels.hpp"
#include "stack/wire/byte_order.hpp"
#include "stack/wire/ethernet.hpp"

namespace fourtuple::capture {
namespace {

// LINKTYPE_ numbers of pcap files, and the DLT_ numbers that some systems use for the same.
enum Link : int {
  kNull = 0,
  kEthernet = 1,
  kPpp = 9,
  kRawOnBsd = 12,
  kRawOnOpenBsd = 14,
  kPppHdlc = 50,
  kPppEther = 51,
  kRaw = 101,
  kCiscoHdlc = 104,
  kLoop = 108,
  kLinuxCooked = 113,
  kPppOfPppd = 166,
  kPppWithDirection = 204,
  kIpv4 = 228,
  kIpv6 = 229,
  kLinuxCooked2 = 276,
};

constexpr std::array kUnderstood{kNull, kEthernet,    kPpp,  kRawOnBsd,    kRawOnOpenBsd, kPppHdlc,          kPppEther,
                                 kRaw,  kCiscoHdlc,   kLoop, kLinuxCooked, kPppOfPppd,    kPppWithDirection, kIpv4,
                                 kIpv6, kLinuxCooked2};

namespace protocol {
constexpr std::uint16_t kVlan9100 = 0x9100;
constexpr std::uint16_t kVlan9200 = 0x9200;
constexpr std::uint16_t kMplsUnicast = 0x8847;
constexpr std::uint16_t kMplsMulticast = 0x8848;
constexpr std::uint16_t kPppoeSession = 0x8864;
constexpr std::uint16_t kProviderBackbone = 0x88e7;
constexpr std::uint16_t kPppIpv4 = 0x0021;
constexpr std::uint16_t kPppIpv6 = 0x0057;
constexpr std::uint16_t kLengthOf8023 = 0x0600;  // smaller numbers are lengths
}  // namespace protocol

constexpr std::size_t kMostVlanTags = 8;

constexpr FoundDatagram kNoneOfOurs{};

FoundDatagram refuse_datagram(Refusal refusal) { return {.datagram = {}, .refusal = refusal}; }

ByteView behind(ByteView bytes, std::size_t octets) { return bytes.subspan(std::min(octets, bytes.size())); }

// By the version in its first four bits, whatever the link said: some write wrong numbers.
FoundDatagram find_in_ip(ByteView bytes) {
  const unsigned version = bytes.empty() ? 0 : bytes[0] >> 4U;
  if (version != 4 && version != 6) return refuse_datagram(Refusal::kMalformed);
  return {.datagram = bytes, .refusal = version == 6 ? std::optional(Refusal::kIpv6) : std::nullopt};
}

// PPP's protocol field: two octets, or one where the first would be zero (RFC 1661 6.5), and before it perhaps the
// address and control octets of HDLC (RFC 1662).
FoundDatagram find_in_ppp(ByteView bytes) {
  if (bytes.size() >= 2 && bytes[0] == 0xff && bytes[1] == 0x03) bytes = bytes.subspan(2);
  if (bytes.empty()) return kNoneOfOurs;
  const bool is_short = (bytes[0] & 1U) != 0;
  if (!is_short && bytes.size() < 2) return kNoneOfOurs;
  const std::uint16_t number = is_short ? bytes[0] : wire::load_be16(bytes.data());
  if (number == protocol::kPppIpv4) return find_in_ip(bytes.subspan(is_short ? 1 : 2));
  if (number == protocol::kPppIpv6) return find_in_ip(bytes.subspan(is_short ? 1 : 2));
  return kNoneOfOurs;
}

// PPPoE (RFC 2516): version, code, session, length, then PPP.
FoundDatagram find_in_pppoe(ByteView bytes) {
  constexpr std::size_t kHeader = 6;
  if (bytes.size() < kHeader || bytes[1] != 0) return kNoneOfOurs;
  return find_in_ppp(bytes.subspan(kHeader));
}

bool is_vlan_tag(std::uint16_t type) {
  return type == wire::ether_type::kVlan || type == wire::ether_type::kQinQ || type == protocol::kVlan9100 ||
         type == protocol::kVlan9200;
}

// IEEE 802.2 behind an 802.3 length: IP only with SNAP's header (RFC 1042).
FoundDatagram find_in_llc(ByteView bytes) {
  constexpr std::array<std::uint8_t, 6> kSnap{0xaa, 0xaa, 0x03, 0, 0, 0};
  if (bytes.size() < kSnap.size() + 2 || !std::ranges::equal(bytes.first(kSnap.size()), kSnap)) return kNoneOfOurs;
  const std::uint16_t type = wire::load_be16(&bytes[kSnap.size()]);
  if (type < protocol::kLengthOf8023) return kNoneOfOurs;
  return find_by_ether_type(type, bytes.subspan(kSnap.size() + 2));
}

FoundDatagram find_in_ethernet(ByteView frame) {
  const auto header = wire::EthernetHeader::parse(frame);
  if (!header) return refuse_datagram(Refusal::kMalformed);
  return find_by_ether_type(header->type, frame.subspan(wire::kEthernetHeaderSize));
}

// Linux's "any" device. The protocol of ordinary frames is an EtherType; small numbers are kinds of its own.
FoundDatagram find_in_cooked(ByteView frame, std::size_t protocol_at, std::size_t header_size) {
  constexpr std::uint16_t kLlcFrames = 0x0004;
  if (frame.size() < header_size) return refuse_datagram(Refusal::kMalformed);
  const std::uint16_t type = wire::load_be16(&frame[protocol_at]);
  if (type < protocol::kLengthOf8023 && type != kLlcFrames) return kNoneOfOurs;
  return find_by_ether_type(type, frame.subspan(header_size));
}

// A serial line: PPP, or Cisco's own header of address, control and EtherType.
FoundDatagram find_in_hdlc(ByteView frame) {
  const bool is_cisco = frame.size() >= 4 && (frame[0] == 0x0f || frame[0] == 0x8f);
  return is_cisco ? find_by_ether_type(wire::load_be16(&frame[2]), frame.subspan(4)) : find_in_ppp(frame);
}

bool is_inet6(std::uint32_t family) {
  constexpr std::array<std::uint32_t, 4> kOfTheSystems{10, 24, 28, 30};  // Linux, NetBSD, FreeBSD, macOS
  return std::ranges::find(kOfTheSystems, family) != kOfTheSystems.end();
}

// BSD's loopback: the address family in the byte order of the machine that captured, or (LOOP) of the network.
FoundDatagram find_in_loopback(ByteView frame) {
  if (frame.size() < 4) return refuse_datagram(Refusal::kMalformed);
  const std::uint32_t big = wire::load_be32(frame.data());
  const std::uint32_t family = big > 0xffff ? std::uint32_t{frame[0]} | std::uint32_t{frame[1]} << 8U : big;
  constexpr std::uint32_t kInet = 2;
  if (family == kInet || is_inet6(family)) return find_in_ip(frame.subspan(4));
  return kNoneOfOurs;
}

FoundDatagram find_by_link(int link_type, ByteView frame) {
  switch (link_type) {
    case kEthernet:
      return find_in_ethernet(frame);
    case kNull:
    case kLoop:
      return find_in_loopback(frame);
    case kPpp:
    case kPppHdlc:
    case kCiscoHdlc:
      return find_in_hdlc(frame);
    case kPppOfPppd:
      return find_in_ppp(behind(frame, 2));  // the direction stands in the address's place
    case kPppWithDirection:
      return find_in_ppp(behind(frame, 1));
    case kPppEther:
      return find_in_pppoe(frame);
    case kLinuxCooked:
      return find_in_cooked(frame, 14, 16);
    case kLinuxCooked2:
      return find_in_cooked(frame, 0, 20);
    default:
      return find_in_ip(frame);
  }
}

}  // namespace

bool understands(int link_type) { return std::ranges::find(kUnderstood, link_type) != kUnderstood.end(); }

FoundDatagram find_by_ether_type(std::uint16_t type, ByteView bytes) {
  for (std::size_t tags = 0; is_vlan_tag(type); ++tags) {
    if (bytes.size() < 4 || tags == kMostVlanTags) return refuse_datagram(Refusal::kMalformed);
    type = wire::load_be16(&bytes[2]);
    bytes = bytes.subspan(4);
  }
  switch (type) {
    case wire::ether_type::kIpv4:
    case wire::ether_type::kIpv6:
      return find_in_ip(bytes);
    case protocol::kPppoeSession:
      return find_in_pppoe(bytes);
    case protocol::kMplsUnicast:
    case protocol::kMplsMulticast:
      return find_in_mpls(bytes);
    case protocol::kProviderBackbone:
      return refuse_datagram(Refusal::kTunnel);
    default:
      return type < protocol::kLengthOf8023 ? find_in_llc(bytes) : kNoneOfOurs;
  }
}

FoundDatagram find_datagram(int link_type, ByteView frame) {
  FoundDatagram found = find_by_link(link_type, frame);
  // Tunnels in tunnels, up to a bound; the innermost is the conversation's.
  constexpr std::size_t kMostTunnels = 4;
  for (std::size_t depth = 0; !found.datagram.empty(); ++depth) {
    const auto inner = find_in_tunnel(found.datagram);
    if (!inner) break;
    if (depth == kMostTunnels) return refuse_datagram(Refusal::kTunnel);
    found = {.datagram = inner->datagram, .refusal = Refusal::kTunnel};
  }
  return found;
}

}  // namespace fourtuple::capture
