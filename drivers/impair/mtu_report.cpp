#include "drivers/impair/mtu_report.hpp"

#include <algorithm>
#include <cstring>

#include "stack/wire/ethernet.hpp"
#include "stack/wire/icmp.hpp"
#include "stack/wire/ipv4.hpp"

namespace fourtuple::impair {
namespace {

using wire::kEthernetHeaderSize;
using wire::kIcmpHeaderSize;
using wire::kIpv4HeaderSize;

constexpr std::size_t kLargestReport = 576;  // RFC 1812, 4.3.2.3

bool is_icmp_error(ByteView packet, const wire::Ipv4Header& ip) {
  if (ip.protocol != wire::ip_protocol::kIcmp) return false;
  const auto header = wire::IcmpHeader::parse(packet.subspan(ip.header_size), false);
  return !header || header->is_error();
}

bool may_be_told(const wire::EthernetHeader& ethernet, ByteView packet, const wire::Ipv4Header& ip) {
  const bool to_one = !ethernet.destination.is_group() && !ip.destination.is_multicast();
  const bool from_one = !ip.source.is_multicast() && !ip.source.is_limited_broadcast() && ip.source.value != 0;
  return to_one && from_one && ip.dont_fragment && ip.fragment_offset == 0 && !is_icmp_error(packet, ip);
}

}  // namespace

std::optional<PacketBuffer> fragmentation_needed(ByteView frame, std::uint32_t mtu, BufferPool& pool) {
  const auto ethernet = wire::EthernetHeader::parse(frame);
  if (!ethernet || ethernet->type != wire::ether_type::kIpv4) return std::nullopt;
  const ByteView packet = frame.subspan(kEthernetHeaderSize);
  const auto ip = wire::Ipv4Header::parse(packet, false);
  if (!ip || !may_be_told(*ethernet, packet, *ip)) return std::nullopt;

  constexpr std::size_t kHeaders = kIpv4HeaderSize + kIcmpHeaderSize;
  const ByteView quoted = packet.first(std::min<std::size_t>(ip->total_length, kLargestReport - kHeaders));
  auto report = pool.take(kEthernetHeaderSize + kHeaders + quoted.size());
  if (!report) return std::nullopt;
  const ByteSpan to = report->append(kEthernetHeaderSize + kHeaders + quoted.size());
  wire::EthernetHeader{.destination = ethernet->source, .source = ethernet->destination, .type = ethernet->type}.emit(
      to);
  wire::Ipv4Header{.total_length = static_cast<std::uint16_t>(kHeaders + quoted.size()),
                   .protocol = wire::ip_protocol::kIcmp,
                   .source = ip->destination,
                   .destination = ip->source}
      .emit(to.subspan(kEthernetHeaderSize));
  const ByteSpan message = to.subspan(kEthernetHeaderSize + kIpv4HeaderSize);
  std::memcpy(message.data() + kIcmpHeaderSize, quoted.data(), quoted.size());
  wire::IcmpHeader{.type = wire::icmp_type::kUnreachable,
                   .code = wire::icmp_unreachable::kFragmentationNeeded,
                   .rest = mtu & 0xffffU}
      .emit(message, quoted);
  return report;
}

}  // namespace fourtuple::impair
