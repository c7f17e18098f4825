// By which interface, from which address and to whom next a packet leaves.
#include <algorithm>

#include "stack/core/parts.hpp"

namespace fourtuple {
namespace {

constexpr std::size_t kIpAndTcpHeader = wire::kIpv4HeaderSize + wire::kTcpHeaderSize;
constexpr std::size_t kIpAndTcpMaxHeader = wire::kIpv4HeaderSize + wire::kTcpMaxHeaderSize;

constexpr std::size_t kNone = static_cast<std::size_t>(-2);

std::uint16_t mss_of(std::size_t mtu) { return static_cast<std::uint16_t>(mtu - kIpAndTcpHeader); }

}  // namespace

void Stack::Parts::add_address(std::size_t interface_index, Ipv4Prefix address) {
  if (address.address.is_any()) return;
  addresses.add(interface_index, address);
  // A full route table or a second address on the same network: the network is reached all the same, or not at all.
  if (address.length < 32) (void)routes.add({address, {}, interface_index, 0});
}

Result<Exit> Stack::Parts::exit_to(Ipv4Address destination, const ExitChoice& choice) const {
  // [RFC1122 3.3.1.1]
  if (destination.is_any()) destination = kLoopbackAddress;  // what connecting to 0.0.0.0 means on Linux
  if (addresses.is_ours(destination)) {
    const Ipv4Address source = destination.is_loopback() ? kLoopbackAddress : destination;
    return Exit{Exit::Kind::kLocal, ip::kLoopbackInterface, destination, source, kLoopbackMtu};
  }
  if (destination.is_multicast() || addresses.is_broadcast(destination)) return group_exit(destination, choice);
  const Route* const route = routes.find(destination, choice.interface_index);
  // Where an interface is named and has no route, everybody is taken for a neighbour there; as on Linux.
  const std::size_t interface_index =
      route != nullptr ? route->interface_index : choice.interface_index.value_or(kNone);
  if (interface_index >= interfaces.size()) return failure(std::errc::network_unreachable);
  const bool has_gateway = route != nullptr && !route->gateway.is_any();
  if (has_gateway && choice.neighbours_only) return failure(std::errc::network_unreachable);
  const Ipv4Address next_hop = has_gateway ? route->gateway : destination;     // [RFC1122 3.3.1.1]
  const Ipv4Address source = addresses.source_for(interface_index, next_hop);  // [RFC1122 3.3.4.3]
  if (source.is_any()) return failure(std::errc::network_unreachable);
  const auto learned = choice.any_mtu ? std::nullopt : path_mtus.find(destination);  // [RFC1191 6.1]
  const std::size_t mtu = std::min<std::size_t>(interfaces[interface_index].config.mtu, learned.value_or(kLoopbackMtu));
  return Exit{Exit::Kind::kUnicast, interface_index, next_hop, source, mtu};
}

// A group is on every link: it leaves by the interface that the sender names or whose address it is bound to, the one
// that a route or the directed broadcast address names, or the first.
Result<Exit> Stack::Parts::group_exit(Ipv4Address destination, const ExitChoice& choice) const {
  const auto kind = destination.is_multicast() ? Exit::Kind::kMulticast : Exit::Kind::kBroadcast;
  if (choice.interface_index == ip::kLoopbackInterface) {
    return Exit{kind, ip::kLoopbackInterface, destination, kLoopbackAddress, kLoopbackMtu};
  }
  if (interfaces.empty()) return failure(std::errc::network_unreachable);
  std::size_t interface_index = 0;
  if (const Route* const route = routes.find(destination)) interface_index = route->interface_index;
  for (const auto& each : addresses.all()) {
    if (each.prefix.is_broadcast(destination) || each.prefix.address == choice.source) {
      interface_index = each.interface_index;
    }
  }
  interface_index = choice.interface_index.value_or(interface_index);
  if (interface_index >= interfaces.size()) return failure(std::errc::network_unreachable);
  return Exit{kind, interface_index, destination, addresses.source_for(interface_index, destination),
              interfaces[interface_index].config.mtu};
}

// `option_bytes`: what IP options take from each segment. [RFC9293 MUST-16]
Stack::Way Stack::Parts::way_by(const Exit& exit, std::size_t option_bytes) const {
  Way way{.source = exit.source, .interface_index = exit.interface_index, .path = {}, .path_mtu = exit.mtu};
  way.path.send_mss = mss_of(exit.mtu - option_bytes);  // [RFC1122 3.3.3(a)]
  if (exit.kind == Exit::Kind::kLocal) {
    way.path.receive_mss = mss_of(kLoopbackMtu);  // one segment is as large as a super-segment could be
    return way;
  }
  // [RFC1191 6.5] [RFC1122 3.3.2(c)]
  way.path.receive_mss = mss_of(interfaces[exit.interface_index].config.mtu);  // [RFC9293 MUST-67, SHLD-6]
  // Where the device cannot cut, the flush does: one pass through the engine for many segments either way.
  const DriverCapabilities& device = egress.capabilities(exit.interface_index);
  const std::size_t largest = device.tso4 ? std::min(device.max_gso_bytes, kLoopbackMtu) : kLoopbackMtu;
  if (largest > kIpAndTcpMaxHeader) {
    way.path.max_super_segment = static_cast<std::uint32_t>(largest - kIpAndTcpMaxHeader);
  }
  return way;
}

}  // namespace fourtuple
