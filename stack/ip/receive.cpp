#include "stack/ip/receive.hpp"

#include "stack/wire/ip_options.hpp"

namespace fourtuple::ip {
namespace {

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

bool options_are_acceptable(ByteView options, bool accept_source_routes) {  // [RFC9293 MUST-50] [RFC1122 3.2.1.8]
  if (!wire::ip_options_are_sound(options)) return false;
  for (auto each = wire::next_ip_option(options, 0); each;
       each = wire::next_ip_option(options, each->at + each->length)) {
    if (!wire::ip_option::is_source_route(each->kind)) continue;
    const bool has_ended = options[each->at + 2] > each->length;
    if (!accept_source_routes || !has_ended) return false;  // [RFC1122 3.2.1.8(c)]
  }
  return true;
}

Result<Arrival, DropReason> accept_packet(ByteView packet, const Way& way, const LocalAddresses& local,
                                          const IsGroupMember& is_member, bool verify_checksum,
                                          bool accept_source_routes) {
  const auto header = wire::Ipv4Header::parse(packet, verify_checksum);
  if (!header) return failure(header.error());
  const auto destination = destination_of(header->destination, way, local, is_member);
  if (!destination) return failure(destination.error());
  if (!source_is_possible(header->source, way, local)) return failure(DropReason::kIpBadSource);
  const std::size_t option_bytes = header->header_size - wire::kIpv4HeaderSize;
  if (!options_are_acceptable(packet.subspan(wire::kIpv4HeaderSize, option_bytes), accept_source_routes)) {
    return failure(DropReason::kIpBadOption);
  }
  // A time to live of 0 or 1 is no reason to refuse what has arrived. [RFC1122 3.2.1.7, 3.2.1.7(a)]
  return Arrival{*header, *destination, way};
}

}  // namespace fourtuple::ip
