// The multicast options of datagram and raw sockets, ip(7).
#include <algorithm>
#include <cstring>
#include <netinet/in.h>
#include <vector>

#include "stack/socket/datagram_socket.hpp"
#include "stack/socket/interface_requests.hpp"
#include "stack/socket/options.hpp"

namespace fourtuple::sockets {
namespace {

using Request = Stack::GroupRequest;

[[nodiscard]] Ipv4Address from_network(in_addr address) { return {ntohl(address.s_addr)}; }
[[nodiscard]] in_addr to_network(Ipv4Address address) { return {htonl(address.value)}; }

// ip_mreqn, or the older ip_mreq without a number.
[[nodiscard]] Result<ip_mreqn> read_request(std::span<const std::byte> value) {
  if (const auto whole = read_object<ip_mreqn>(value)) return *whole;
  const auto older = read_object<ip_mreq>(value);
  if (!older) return failure(older.error());
  return ip_mreqn{older->imr_multiaddr, older->imr_interface, 0};
}

// By number, by address, or for neither the first interface of the stack.
[[nodiscard]] Result<std::size_t> interface_meant(int number, Ipv4Address address, const Stack& stack) {
  if (number == 0 && address.is_any()) {
    return stack.interface_count() != 0 ? Result<std::size_t>(0) : failure(std::errc::no_such_device);
  }
  const auto index = number != 0 ? interface_of_number(number, stack) : interface_of_address(address, stack);
  return index ? Result<std::size_t>(*index) : failure(std::errc::no_such_device);
}

[[nodiscard]] Result<Request> read_membership(int name, std::span<const std::byte> value, const Stack& stack) {
  const bool joins = name == IP_ADD_MEMBERSHIP;
  const auto wanted = read_request(value);
  if (!wanted) return failure(wanted.error());
  const Ipv4Address group = from_network(wanted->imr_multiaddr);
  if (joins && !group.is_multicast()) return failure(std::errc::invalid_argument);
  const Ipv4Address address = from_network(wanted->imr_address);
  const auto where = interface_meant(wanted->imr_ifindex, address, stack);
  const bool names_nothing_known = !joins && !where && !address.is_any();
  if (names_nothing_known) return failure(std::errc::address_not_available);
  if (!where) return failure(where.error());
  return Request{joins ? Request::Kind::kJoin : Request::Kind::kLeave, group, *where, {}};
}

[[nodiscard]] Request::Kind kind_of_source_request(int name) {
  using enum Request::Kind;
  if (name == IP_ADD_SOURCE_MEMBERSHIP) return kAddSource;
  if (name == IP_DROP_SOURCE_MEMBERSHIP) return kDropSource;
  return name == IP_BLOCK_SOURCE ? kBlock : kUnblock;
}

[[nodiscard]] Result<Request> read_source_request(int name, std::span<const std::byte> value, const Stack& stack) {
  const auto wanted = read_object<ip_mreq_source>(value);
  if (!wanted || value.size() != sizeof(ip_mreq_source)) return failure(std::errc::invalid_argument);
  const auto where = interface_meant(0, from_network(wanted->imr_interface), stack);
  if (!where) return failure(where.error());
  return Request{kind_of_source_request(name), from_network(wanted->imr_multiaddr), *where,
                 from_network(wanted->imr_sourceaddr)};
}

constexpr std::size_t kFilterHead = offsetof(ip_msfilter, imsf_slist);

[[nodiscard]] Result<GroupMembership> read_filter(std::span<const std::byte> value, const Stack& stack) {
  ip_msfilter head{};
  if (value.size() < kFilterHead) return failure(std::errc::invalid_argument);
  std::memcpy(&head, value.data(), kFilterHead);
  const bool is_mode = head.imsf_fmode == MCAST_INCLUDE || head.imsf_fmode == MCAST_EXCLUDE;
  if (head.imsf_numsrc > GroupList::kMaxSources) return failure(std::errc::no_buffer_space);
  if (!is_mode || value.size() < kFilterHead + head.imsf_numsrc * sizeof(in_addr)) {
    return failure(std::errc::invalid_argument);
  }
  const auto where = interface_meant(0, from_network(head.imsf_interface), stack);
  if (!where) return failure(where.error());
  GroupMembership wanted{from_network(head.imsf_multiaddr), *where, head.imsf_fmode == MCAST_INCLUDE, {}};
  for (std::size_t i = 0; i < head.imsf_numsrc; ++i) {
    in_addr source{};
    std::memcpy(&source, value.data() + kFilterHead + i * sizeof source, sizeof source);
    wanted.sources.push_back(from_network(source));
  }
  return wanted;
}

}  // namespace

Result<void> DatagramSocket::set_multicast(int name, std::span<const std::byte> value, Turn& turn) {
  Stack& stack = turn.stack();
  switch (name) {
    case IP_ADD_MEMBERSHIP:
    case IP_DROP_MEMBERSHIP:
      return read_membership(name, value, stack).and_then([&](const Request& one) {
        return stack.change_groups(id(), one);
      });
    case IP_ADD_SOURCE_MEMBERSHIP:
    case IP_DROP_SOURCE_MEMBERSHIP:
    case IP_BLOCK_SOURCE:
    case IP_UNBLOCK_SOURCE:
      return read_source_request(name, value, stack).and_then([&](const Request& one) {
        return stack.change_groups(id(), one);
      });
    case IP_MSFILTER:
      return read_filter(value, stack).and_then([&](const GroupMembership& one) {
        return stack.filter_group(id(), one);
      });
    case IP_MULTICAST_IF:
      return set_multicast_interface(value, turn);
    default:
      return failure(std::errc::no_protocol_option);
  }
}

// An in_addr, an ip_mreq or an ip_mreqn; nothing named: as routes decide. address_not_available.
Result<void> DatagramSocket::set_multicast_interface(std::span<const std::byte> value, Turn& turn) {
  ip_mreqn wanted{};
  if (const auto request = read_request(value)) {
    wanted = *request;
  } else {
    const auto address = read_object<in_addr>(value);
    if (!address) return failure(address.error());
    wanted.imr_address = *address;
  }
  const Ipv4Address address = from_network(wanted.imr_address);
  const bool names_none = wanted.imr_ifindex == 0 && address.is_any();
  if (!names_none) {
    const auto where = interface_meant(wanted.imr_ifindex, address, turn.stack());
    if (!where) return failure(std::errc::address_not_available);
    settings_.multicast_interface = number_of_interface(*where);
  } else {
    settings_.multicast_interface = 0;
  }
  settings_.multicast_address = address;
  return apply_settings(turn);
}

Result<void> DatagramSocket::get_multicast(int name, std::span<std::byte> value, std::size_t& size, Turn& turn) {
  if (name == IP_MULTICAST_IF) {
    write_object(to_network(settings_.multicast_address), value, size);
    return {};
  }
  ip_msfilter head{};
  if (name != IP_MSFILTER) return failure(std::errc::no_protocol_option);
  if (value.size() < kFilterHead) return failure(std::errc::invalid_argument);
  std::memcpy(&head, value.data(), kFilterHead);
  const auto where = interface_meant(0, from_network(head.imsf_interface), turn.stack());
  const GroupMembership* const member =
      where ? turn.stack().membership(id(), from_network(head.imsf_multiaddr), *where) : nullptr;
  if (member == nullptr) return failure(std::errc::address_not_available);
  const std::size_t room = std::min<std::size_t>(head.imsf_numsrc, (value.size() - kFilterHead) / sizeof(in_addr));
  const std::size_t count = std::min(room, member->sources.size());
  head.imsf_fmode = member->is_include ? MCAST_INCLUDE : MCAST_EXCLUDE;
  head.imsf_numsrc = static_cast<std::uint32_t>(member->sources.size());
  std::memcpy(value.data(), &head, kFilterHead);
  for (std::size_t i = 0; i < count; ++i) {
    const in_addr source = to_network(member->sources[i]);
    std::memcpy(value.data() + kFilterHead + i * sizeof source, &source, sizeof source);
  }
  size = kFilterHead + count * sizeof(in_addr);
  return {};
}

}  // namespace fourtuple::sockets
