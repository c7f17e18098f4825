// The way out that UDP and raw sockets share: by which interface, from which address, in how many pieces.
#include "stack/core/parts.hpp"

namespace fourtuple {
namespace {

bool sets_dont_fragment(PathMtuDiscovery how, bool fits) {
  using enum PathMtuDiscovery;
  return how == kDo || how == kProbe || (how == kWant && fits);
}

bool may_be_fragmented(PathMtuDiscovery how) {
  using enum PathMtuDiscovery;
  return how == kDont || how == kWant || how == kOmit;
}

}  // namespace

DatagramState* Stack::Parts::state_of(const DatagramId& id) const {
  if (const UdpId* const udp_id = std::get_if<UdpId>(&id)) return udp.find(*udp_id);
  return raw.find(std::get<RawId>(id));
}

Result<Exit> Stack::Parts::exit_of_datagram(const DatagramState& socket, Ipv4Address bound, Ipv4Address to,
                                            const SendDetails& details) const {
  const DatagramOptions& options = socket.options;
  const wire::IpOptions& route = details.ip_options ? *details.ip_options : options.ip_options;
  ExitChoice choice{.source = details.source.is_any() ? bound : details.source};
  choice.interface_index = to.is_multicast() ? options.multicast_interface : options.unicast_interface;
  if (details.interface_index) choice.interface_index = details.interface_index;
  if (options.interface_index) choice.interface_index = options.interface_index;
  choice.neighbours_only = options.dont_route || details.dont_route || route.is_strict();
  choice.any_mtu = options.path_mtu_discovery >= PathMtuDiscovery::kProbe;
  return exit_to(route.first_hop(to), choice);
}

// A group address is a name to listen on, never one to speak with.
Result<Ipv4Address> Stack::Parts::source_of_datagram(const DatagramState& socket, Ipv4Address bound, Ipv4Address to,
                                                     const Exit& exit, const SendDetails& details) const {
  const Ipv4Address wanted = details.source.is_any() ? bound : details.source;
  const bool is_host = !wanted.is_any() && !wanted.is_multicast() && !addresses.is_broadcast(wanted);
  if (is_host && (addresses.is_ours(wanted) || socket.options.any_source)) return wanted;
  if (is_host) return failure(std::errc::network_unreachable);
  if (to.is_multicast() && !socket.options.multicast_source.is_any()) return socket.options.multicast_source;
  return exit.source;
}

Result<Stack::Parts::Departure> Stack::Parts::depart(DatagramState& socket, std::uint8_t protocol, Ipv4Address bound,
                                                     const Endpoint& remote, std::size_t payload_bytes,
                                                     const SendDetails& details) {
  const DatagramOptions& options = socket.options;
  const Ipv4Address to = remote.address.v4();
  if (addresses.is_broadcast(to) && !options.broadcast) return failure(std::errc::permission_denied);
  const auto exit = exit_of_datagram(socket, bound, to, details);
  if (!exit) return failure(exit.error());
  const auto source = source_of_datagram(socket, bound, to, *exit, details);
  if (!source) return failure(source.error());
  // [RFC1122 4.1.3.2(a)]
  Departure departure{.exit = *exit, .header = {}, .options = details.ip_options.value_or(options.ip_options)};
  const std::size_t size = wire::kIpv4HeaderSize + departure.options.size() + payload_bytes;
  const bool fits = size <= exit->mtu;
  if (size > wire::kIpv4MaxPacketSize || (!fits && !may_be_fragmented(options.path_mtu_discovery))) {
    NetworkError problem{.error = std::errc::message_size, .origin = NetworkError::Origin::kLocal};
    problem.info = static_cast<std::uint32_t>(exit->mtu);
    problem.destination = remote;
    if (options.receive_errors && !fits) socket.report(std::move(problem), false, outbox.notices);
    socket.error = {};  // the caller is told at once
    return failure(std::errc::message_size);
  }
  departure.header.protocol = protocol;
  departure.header.source = *source;  // [RFC1122 4.1.3.5(a), 4.1.3.5(b), 4.1.3.6(a), 3.2.1.3(c)]
  departure.header.destination = to;
  // [RFC1122 3.2.1.7(b)]
  departure.header.ttl = details.ttl.value_or(to.is_multicast() ? options.multicast_ttl : options.ttl);
  departure.header.tos = details.tos.value_or(options.tos);  // [RFC1122 3.2.1.6, 3.4, 4.1.4]
  // [RFC791 3.2(c)]
  departure.header.dont_fragment = sets_dont_fragment(options.path_mtu_discovery, fits);  // [RFC1122 3.4]
  return departure;
}

}  // namespace fourtuple
