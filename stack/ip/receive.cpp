#include "stack/ip/receive.hpp"

namespace fourtuple::ip {
namespace {

constexpr std::uint8_t kEndOfOptions = 0;
constexpr std::uint8_t kNoOperation = 1;
constexpr std::uint8_t kLooseSourceRoute = 131;
constexpr std::uint8_t kStrictSourceRoute = 137;

// A source must name a single other host. [RFC1122 3.2.1.3]
// [RFC1122 3.2.1.3(a), 4.1.3.6]
bool source_is_possible(Ipv4Address source, const Way& way, const LocalAddresses& local) {      // [RFC9293 MUST-63]
  if (source.is_this_network() || source.is_multicast() || source.is_reserved()) return false;  // [RFC1122 3.2.2(f)]
  if (local.is_broadcast(source)) return false;
  return way.is_from_ourselves || !local.is_ours(source);
}

Result<Destination, DropReason> destination_of(Ipv4Address address, const Way& way, const LocalAddresses& local,
                                               const IsGroupMember& is_member) {
  if (address.is_multicast()) {
    if (!is_member(way.interface_index, address)) return failure(DropReason::kIpNotForUs);  // [RFC1122 3.3.7]
    return Destination::kMulticast;
  }
  if (local.is_broadcast(address)) return Destination::kBroadcast;  // [RFC1122 3.3.6(a)]
  // 127.0.0.0/8 never comes by a wire. [RFC1122 3.2.1.3]
  // [RFC1122 3.2.1.3, 3.2.1.3(b), 3.3.4.2]
  const bool is_ours = local.is_ours(address) && (way.is_from_ourselves || !address.is_loopback());
  if (!is_ours) return failure(DropReason::kIpNotForUs);
  if (!way.is_link_unicast) return failure(DropReason::kIpLinkBroadcast);  // [RFC1122 3.3.6]
  return Destination::kUnicast;
}

}  // namespace

bool options_are_acceptable(ByteView options) {  // [RFC9293 MUST-50] [RFC1122 3.2.1.8]
  std::size_t at = 0;
  while (at < options.size() && options[at] != kEndOfOptions) {
    const std::uint8_t kind = options[at];
    if (kind == kNoOperation) {
      ++at;
      continue;
    }
    if (kind == kLooseSourceRoute || kind == kStrictSourceRoute) return false;
    if (options.size() - at < 2 || options[at + 1] < 2 || options[at + 1] > options.size() - at) return false;
    at += options[at + 1];
  }
  return true;
}

Result<Arrival, DropReason> accept_packet(ByteView packet, const Way& way, const LocalAddresses& local,
                                          const IsGroupMember& is_member, bool verify_checksum) {
  const auto header = wire::Ipv4Header::parse(packet, verify_checksum);
  if (!header) return failure(header.error());
  const auto destination = destination_of(header->destination, way, local, is_member);
  if (!destination) return failure(destination.error());
  if (!source_is_possible(header->source, way, local)) return failure(DropReason::kIpBadSource);
  const std::size_t option_bytes = header->header_size - wire::kIpv4HeaderSize;
  if (!options_are_acceptable(packet.subspan(wire::kIpv4HeaderSize, option_bytes))) {
    return failure(DropReason::kIpBadOption);
  }
  // A time to live of 0 or 1 is no reason to refuse what has arrived. [RFC1122 3.2.1.7, 3.2.1.7(a)]
  return Arrival{*header, *destination, way};
}

}  // namespace fourtuple::ip
