// The options that only datagram and raw sockets have an answer for.
#include <algorithm>
#include <linux/icmp.h>
#include <netinet/in.h>
#include <netinet/udp.h>

#include "stack/socket/datagram_socket.hpp"
#include "stack/socket/interface_requests.hpp"
#include "stack/socket/options.hpp"

#ifndef IP_PROTOCOL
#define IP_PROTOCOL 52
#endif

namespace fourtuple::sockets {

DatagramId DatagramSocket::id() const { return is_raw() ? DatagramId(raw_) : DatagramId(udp_); }

DatagramOptions DatagramSocket::options(Turn& turn) const {
  const Settings& s = settings_;
  DatagramOptions options{.reuse_address = s.reuse_address, .reuse_port = s.reuse_port, .broadcast = s.broadcast};
  options.ttl = s.tcp.ttl;
  options.multicast_ttl = s.multicast_ttl;
  options.multicast_loop = s.multicast_loop;
  options.multicast_all = s.multicast_all;
  options.tos = s.tcp.tos;
  options.path_mtu_discovery = static_cast<PathMtuDiscovery>(s.mtu_discover);
  options.header_included = s.header_included;
  // As on Linux twice what was asked for: the datagrams' keeping is counted, too.
  options.receive_buffer_bytes = s.tcp.receive_buffer_bytes * 2;
  options.dont_route = s.dont_route;
  options.no_checksum = s.no_checksum;
  options.any_address = s.free_bind || s.transparent;
  options.any_source = s.transparent;
  options.receive_errors = s.receive_errors;
  options.icmp_filter = s.icmp_filter;
  options.lowest_port = static_cast<Port>(s.port_range & 0xffff);
  options.highest_port = static_cast<Port>(s.port_range >> 16);
  options.ip_options = s.ip_options;
  options.multicast_source = s.multicast_address;
  options.multicast_interface = index_of_interface(s.multicast_interface, turn);
  options.unicast_interface = index_of_interface(s.unicast_interface, turn);
  options.interface_index = index_of_interface(s.bound_interface, turn);
  return options;
}

Result<void> DatagramSocket::apply_settings(Turn& turn) {
  return is_raw() ? turn.stack().raw_set_options(raw_, options(turn))
                  : turn.stack().udp_set_options(udp_, options(turn));
}

Result<void> DatagramSocket::set_special(int level, int name, std::span<const std::byte> value, Turn& turn) {
  if (level == IPPROTO_UDP && name == UDP_CORK && !settings_.udp_cork) return uncork(turn);
  if (level == SOL_RAW && name == ICMP_FILTER && protocol() == IPPROTO_ICMP) {
    const std::size_t given = std::min(value.size(), sizeof settings_.icmp_filter);
    std::copy_n(value.begin(), given, std::as_writable_bytes(std::span(&settings_.icmp_filter, 1)).begin());
    return apply_settings(turn);
  }
  if (level != IPPROTO_IP) return failure(std::errc::no_protocol_option);
  if (name == IP_OPTIONS) {
    const auto options = read_ip_options(value);
    if (!options) return failure(std::errc::invalid_argument);
    settings_.ip_options = *options;
    return apply_settings(turn);
  }
  if (name == IP_UNICAST_IF) {  // an interface's number, in network order
    const auto number = read_object<std::uint32_t>(value);
    if (!number) return failure(number.error());
    const auto wanted = static_cast<int>(ntohl(*number));
    if (wanted != 0 && !interface_of_number(wanted, turn.stack())) return failure(std::errc::address_not_available);
    settings_.unicast_interface = wanted;
    return apply_settings(turn);
  }
  return set_multicast(name, value, turn);
}

Result<void> DatagramSocket::get_special(int level, int name, std::span<std::byte> value, std::size_t& size,
                                         Turn& turn) {
  const auto number = [&](int answer) -> Result<void> {
    write_number(level, answer, value, size);
    return {};
  };
  const int default_buffer = static_cast<int>(turn.stack().config().udp.receive_buffer_bytes);
  if (level == SOL_SOCKET) {
    if (name == SO_RCVBUF && settings_.tcp.receive_buffer_bytes == 0) return number(default_buffer);
    if (name == SO_SNDBUF && settings_.tcp.send_buffer_bytes == 0) return number(default_buffer);
    return failure(std::errc::no_protocol_option);
  }
  if (level == SOL_RAW && name == ICMP_FILTER && protocol() == IPPROTO_ICMP) {
    write_object(settings_.icmp_filter, value, size);
    return {};
  }
  if (level != IPPROTO_IP) return failure(std::errc::no_protocol_option);
  switch (name) {
    case IP_OPTIONS:
      write_octets(std::as_bytes(settings_.ip_options.bytes()), value, size);
      return {};
    case IP_UNICAST_IF:
      return number(static_cast<int>(htonl(static_cast<std::uint32_t>(settings_.unicast_interface))));
    case IP_PROTOCOL:
      return number(is_raw() ? protocol() : 0);
    case IP_MTU: {
      const auto peer = remote_name(turn);
      const auto way = peer ? turn.stack().way_to(peer->address, settings_.ip_options)
                            : Result<Stack::Way>(failure(std::errc::not_connected));
      return way ? number(static_cast<int>(way->path_mtu)) : failure(std::errc::not_connected);
    }
    default:
      return get_multicast(name, value, size, turn);
  }
}

std::optional<wire::IpOptions> read_ip_options(std::span<const std::byte> value) {
  std::array<std::uint8_t, wire::IpOptions::kMaxSize> bytes{};
  if (value.size() > bytes.size()) return std::nullopt;
  std::transform(value.begin(), value.end(), bytes.begin(),
                 [](std::byte b) { return std::to_integer<std::uint8_t>(b); });
  return wire::IpOptions::from_application(ByteView(bytes).first(value.size()));
}

}  // namespace fourtuple::sockets
