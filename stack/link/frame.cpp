#include "stack/link/frame.hpp"

namespace fourtuple::link {
namespace {

Destination destination_of(const MacAddress& mac) {
  if (mac.is_broadcast()) return Destination::kBroadcast;
  return mac.is_group() ? Destination::kMulticast : Destination::kUnicast;
}

}  // namespace

Result<Arrival, DropReason> accept_frame(ByteView frame, const MacAddress& own) {
  const auto header = wire::EthernetHeader::parse(frame);
  if (!header) return failure(DropReason::kFrameTruncated);
  const Destination destination = destination_of(header->destination);
  if (destination == Destination::kUnicast && header->destination != own) return failure(DropReason::kNotForUs);
  switch (header->type) {
    case wire::ether_type::kIpv4:  // [RFC1122 2.3.3]
    case wire::ether_type::kArp:
      return Arrival{*header, destination};
    case wire::ether_type::kVlan:
    case wire::ether_type::kQinQ:
      return failure(DropReason::kVlanTagged);
    default:
      return failure(DropReason::kUnknownEtherType);  // [RFC1122 2.3.1]
  }
}

MacAddress multicast_mac(Ipv4Address group) {
  return {{0x01, 0x00, 0x5e, static_cast<std::uint8_t>(group.value >> 16 & 0x7f),
           static_cast<std::uint8_t>(group.value >> 8), static_cast<std::uint8_t>(group.value)}};
}

}  // namespace fourtuple::link
