#include "drivers/impair/damage.hpp"

#include <algorithm>

#include "drivers/segmentation.hpp"
#include "stack/wire/checksum.hpp"
#include "stack/wire/ethernet.hpp"
#include "stack/wire/ipv4.hpp"

namespace fourtuple::impair {
namespace {

constexpr std::size_t kIp = wire::kEthernetHeaderSize;
constexpr std::size_t kIpv6Header = 40;
constexpr std::uint8_t kIcmpVersion6 = 58;
constexpr std::uint8_t kNotCapable = 0;  // the two ECN bits of the TOS octet
constexpr std::uint8_t kCongestion = 3;

// UDP may go without a checksum (RFC 768).
bool has_no_transport_checksum(ByteView packet, const wire::Ipv4Header& ip) {
  const std::size_t checksum = ip.header_size + 6U;
  const bool is_first_of_udp = ip.protocol == wire::ip_protocol::kUdp && ip.fragment_offset == 0;
  return is_first_of_udp && packet.size() >= checksum + 2 && packet[checksum] == 0 && packet[checksum + 1] == 0;
}

bool is_summed_protocol(std::uint8_t protocol) {
  return protocol == wire::ip_protocol::kTcp || protocol == wire::ip_protocol::kUdp ||
         protocol == wire::ip_protocol::kIcmp || protocol == wire::ip_protocol::kIgmp;
}

// The header has a sum of its own; behind it the protocol decides.
std::optional<Stretch> covered_of_ipv4(ByteView frame) {
  const ByteView packet = frame.subspan(kIp);
  const auto ip = wire::Ipv4Header::parse(packet, false);
  if (!ip) return std::nullopt;
  const bool whole = is_summed_protocol(ip->protocol) && !has_no_transport_checksum(packet, *ip);
  return Stretch{.begin = kIp, .end = kIp + (whole ? ip->total_length : std::size_t{ip->header_size})};
}

// The header has no sum: only what stands behind it is safe to damage.
std::optional<Stretch> covered_of_ipv6(ByteView frame) {
  if (frame.size() <= kIp + kIpv6Header) return std::nullopt;
  const std::uint8_t next_header = frame[kIp + 6];
  const bool is_summed =
      next_header == wire::ip_protocol::kTcp || next_header == wire::ip_protocol::kUdp || next_header == kIcmpVersion6;
  const std::size_t length = static_cast<std::size_t>(frame[kIp + 4] << 8 | frame[kIp + 5]);
  const Stretch stretch{.begin = kIp + kIpv6Header, .end = std::min(frame.size(), kIp + kIpv6Header + length)};
  return is_summed && length != 0 ? std::optional(stretch) : std::nullopt;
}

}  // namespace

std::optional<Stretch> covered_by_checksums(ByteView frame) {
  const auto ethernet = wire::EthernetHeader::parse(frame);
  if (!ethernet) return std::nullopt;
  if (ethernet->type == wire::ether_type::kIpv4) return covered_of_ipv4(frame);
  if (ethernet->type == wire::ether_type::kIpv6) return covered_of_ipv6(frame);
  return std::nullopt;
}

void flip_a_bit(PacketBuffer& frame, Stretch stretch, RandomSource& random) {
  static_cast<void>(complete_checksum(frame.bytes(), frame.offload));
  frame.offload = {};
  const std::uint64_t bit = random.below((stretch.end - stretch.begin) * 8);
  std::uint8_t& octet = frame.bytes()[stretch.begin + bit / 8];
  octet = static_cast<std::uint8_t>(octet ^ (1U << (bit % 8)));
}

bool mark_congestion(ByteSpan frame) {
  const auto ethernet = wire::EthernetHeader::parse(frame);
  if (!ethernet || ethernet->type != wire::ether_type::kIpv4) return false;
  const ByteSpan packet = frame.subspan(kIp);
  const auto ip = wire::Ipv4Header::parse(packet, false);
  if (!ip || (packet[1] & kCongestion) == kNotCapable) return false;
  packet[1] = static_cast<std::uint8_t>(packet[1] | kCongestion);
  packet[10] = packet[11] = 0;
  const std::uint16_t checksum = wire::internet_checksum(packet.first(ip->header_size));
  packet[10] = static_cast<std::uint8_t>(checksum >> 8);
  packet[11] = static_cast<std::uint8_t>(checksum);
  return true;
}

}  // namespace fourtuple::impair
