// The options that only datagram and raw sockets have an answer for: multicast membership.
#include <cstring>
#include <netinet/in.h>

#include "stack/socket/datagram_socket.hpp"

namespace fourtuple::sockets {
namespace {

[[nodiscard]] Ipv4Address from_network(in_addr address) { return {ntohl(address.s_addr)}; }

// The interface with this address; the first one for 0.0.0.0.
[[nodiscard]] Result<std::size_t> interface_with(Ipv4Address address, Stack& stack) {
  if (address.is_any() && stack.interface_count() != 0) return std::size_t{0};
  for (std::size_t i = 0; i < stack.interface_count(); ++i) {
    if (stack.interface(i).address.address == address) return i;
  }
  return failure(std::errc::no_such_device);
}

}  // namespace

Result<void> DatagramSocket::set_special(int level, int name, std::span<const std::byte> value, Turn& turn) {
  if (level != IPPROTO_IP || is_raw()) return failure(std::errc::no_protocol_option);
  if (name == IP_MULTICAST_IF) return {};  // routes decide
  if (name != IP_ADD_MEMBERSHIP && name != IP_DROP_MEMBERSHIP) return failure(std::errc::no_protocol_option);
  ip_mreq request{};
  if (value.size() < sizeof request) return failure(std::errc::invalid_argument);
  std::memcpy(&request, value.data(), sizeof request);
  const Ipv4Address group = from_network(request.imr_multiaddr);
  if (!group.is_multicast()) return failure(std::errc::invalid_argument);
  const auto where = interface_with(from_network(request.imr_interface), turn.stack());
  if (!where) return failure(where.error());
  return name == IP_ADD_MEMBERSHIP ? turn.stack().udp_join(udp_, group, *where)
                                   : turn.stack().udp_leave(udp_, group, *where);
}

}  // namespace fourtuple::sockets
