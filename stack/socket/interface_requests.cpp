#include "stack/socket/interface_requests.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <net/if.h>
#include <net/if_arp.h>
#include <sys/ioctl.h>
#include <vector>

#include "stack/socket/sockaddr.hpp"

namespace fourtuple::sockets {
namespace {

constexpr Ipv4Prefix kLoopbackPrefix{Ipv4Address::from_octets(127, 0, 0, 1), 8};
constexpr int kLoopbackMtu = 65535;
constexpr int kTransmitQueue = 1000;

template <class Field>
void write_address(Field& to, Ipv4Address address) {
  const sockaddr_in name = to_sockaddr({address, 0});
  std::memcpy(&to, &name, sizeof name);
}

[[nodiscard]] ifreq row_of(std::size_t index, const Stack& stack) {
  ifreq row{};
  name_of_interface(index, stack).copy(row.ifr_name, IFNAMSIZ - 1);
  write_address(row.ifr_addr, address_of_interface(index, stack).address);
  return row;
}

// SIOCGIFCONF: as many rows as there is room for; without a buffer only how much room all of them want.
Result<void> list_interfaces(ifconf& list, const Stack& stack) {
  std::vector<ifreq> rows{row_of(Stack::kLoopbackInterface, stack)};
  for (std::size_t i = 0; i < stack.interface_count(); ++i) {
    if (!stack.interface(i).address.address.is_any()) rows.push_back(row_of(i, stack));
  }
  std::size_t count = rows.size();
  if (list.ifc_buf != nullptr) {
    count = std::min(count, static_cast<std::size_t>(std::max(list.ifc_len, 0)) / sizeof(ifreq));
    std::memcpy(list.ifc_buf, rows.data(), count * sizeof(ifreq));
  }
  list.ifc_len = static_cast<int>(count * sizeof(ifreq));
  return {};
}

Result<void> name_interface(ifreq& request, const Stack& stack) {
  const auto index = interface_of_number(request.ifr_ifindex, stack);
  if (!index) return failure(std::errc::no_such_device);
  std::memset(request.ifr_name, 0, sizeof request.ifr_name);
  name_of_interface(*index, stack).copy(request.ifr_name, IFNAMSIZ - 1);
  return {};
}

void write_hardware_address(ifreq& request, bool is_loopback, std::size_t index, const Stack& stack) {
  request.ifr_hwaddr = {};
  request.ifr_hwaddr.sa_family = is_loopback ? ARPHRD_LOOPBACK : ARPHRD_ETHER;
  if (is_loopback) return;
  const auto& octets = stack.interface(index).mac.octets;
  std::memcpy(request.ifr_hwaddr.sa_data, octets.data(), octets.size());
}

Result<void> describe_interface(unsigned long what, ifreq& request, const Stack& stack) {
  const auto index = interface_of_name({request.ifr_name, strnlen(request.ifr_name, IFNAMSIZ)}, stack);
  if (!index) return failure(std::errc::no_such_device);
  const bool is_loopback = *index == Stack::kLoopbackInterface;
  const Ipv4Prefix address = address_of_interface(*index, stack);
  const bool wants_address =
      what == SIOCGIFADDR || what == SIOCGIFDSTADDR || what == SIOCGIFNETMASK || what == SIOCGIFBRDADDR;
  if (wants_address && address.address.is_any()) return failure(std::errc::address_not_available);
  switch (what) {
    case SIOCGIFADDR:
    case SIOCGIFDSTADDR:
      write_address(request.ifr_addr, address.address);
      break;
    case SIOCGIFNETMASK:
      write_address(request.ifr_netmask, {address.mask()});
      break;
    case SIOCGIFBRDADDR:
      write_address(request.ifr_broadaddr, is_loopback ? Ipv4Address{} : address.broadcast());
      break;
    case SIOCGIFFLAGS:
      request.ifr_flags = static_cast<short>(is_loopback ? IFF_UP | IFF_RUNNING | IFF_LOOPBACK
                                                         : IFF_UP | IFF_RUNNING | IFF_BROADCAST | IFF_MULTICAST);
      break;
    case SIOCGIFMTU:
      request.ifr_mtu = is_loopback ? kLoopbackMtu : static_cast<int>(stack.interface(*index).mtu);
      break;
    case SIOCGIFHWADDR:
      write_hardware_address(request, is_loopback, *index, stack);
      break;
    case SIOCGIFINDEX:
      request.ifr_ifindex = number_of_interface(*index);
      break;
    case SIOCGIFMETRIC:
      request.ifr_metric = 0;
      break;
    default:
      request.ifr_qlen = kTransmitQueue;
      break;
  }
  return {};
}

// SIOCGARP: the neighbour with this address.
Result<void> describe_neighbour(arpreq& request, const Stack& stack) {
  sockaddr_in wanted{};
  std::memcpy(&wanted, &request.arp_pa, sizeof wanted);
  const auto address = to_endpoint(wanted);
  if (!address) return failure(std::errc::address_family_not_supported);
  const auto rows = stack.neighbours();
  const auto found = std::find_if(rows.begin(), rows.end(),
                                  [&](const NeighbourRow& row) { return row.address == address->address.v4(); });
  if (found == rows.end()) return failure(std::errc::no_such_device_or_address);
  const bool is_known = found->state != "INCOMPLETE";
  request.arp_ha = {};
  request.arp_ha.sa_family = ARPHRD_ETHER;
  if (is_known) std::memcpy(request.arp_ha.sa_data, found->mac.octets.data(), found->mac.octets.size());
  request.arp_flags = is_known ? ATF_COM : 0;
  std::memset(request.arp_dev, 0, sizeof request.arp_dev);
  name_of_interface(found->interface_index, stack).copy(request.arp_dev, sizeof request.arp_dev - 1);
  return {};
}

constexpr std::array kQuestions{SIOCGIFADDR, SIOCGIFDSTADDR, SIOCGIFNETMASK, SIOCGIFBRDADDR, SIOCGIFFLAGS,
                                SIOCGIFMTU,  SIOCGIFHWADDR,  SIOCGIFINDEX,   SIOCGIFMETRIC,  SIOCGIFTXQLEN};
constexpr std::array kChanges{SIOCSIFADDR, SIOCSIFDSTADDR, SIOCSIFNETMASK, SIOCSIFBRDADDR, SIOCSIFFLAGS,
                              SIOCSIFMTU,  SIOCSIFMETRIC,  SIOCSIFHWADDR,  SIOCSIFNAME,    SIOCSARP,
                              SIOCDARP,    SIOCADDRT,      SIOCDELRT};

template <std::size_t Count>
[[nodiscard]] bool is_among(unsigned long request, const std::array<int, Count>& list) {
  return std::any_of(list.begin(), list.end(), [&](int one) { return static_cast<unsigned long>(one) == request; });
}

}  // namespace

std::optional<std::size_t> interface_of_number(int number, const Stack& stack) {
  if (number == kLoopbackNumber) return Stack::kLoopbackInterface;
  const auto index = static_cast<std::size_t>(number - 2);
  if (number < 2 || index >= stack.interface_count()) return std::nullopt;
  return index;
}

std::optional<std::size_t> interface_of_name(const std::string& name, const Stack& stack) {
  if (name == "lo") return Stack::kLoopbackInterface;
  for (std::size_t i = 0; i < stack.interface_count(); ++i) {
    if (stack.interface(i).name == name) return i;
  }
  return std::nullopt;
}

std::string name_of_interface(std::size_t index, const Stack& stack) {
  return index == Stack::kLoopbackInterface ? "lo" : stack.interface(index).name;
}

Ipv4Prefix address_of_interface(std::size_t index, const Stack& stack) {
  return index == Stack::kLoopbackInterface ? kLoopbackPrefix : stack.interface(index).address;
}

std::optional<std::size_t> interface_of_address(Ipv4Address address, const Stack& stack) {
  for (std::size_t i = 0; i < stack.interface_count(); ++i) {
    if (!address.is_any() && stack.interface(i).address.address == address) return i;
  }
  if (address.is_loopback()) return Stack::kLoopbackInterface;
  return std::nullopt;
}

bool is_interface_request(unsigned long request) {
  return request == SIOCGIFCONF || request == SIOCGIFNAME || request == SIOCGARP || is_among(request, kQuestions) ||
         is_among(request, kChanges);
}

Result<void> answer_interface_request(unsigned long request, void* argument, const Stack& stack) {
  if (is_among(request, kChanges)) return failure(std::errc::operation_not_permitted);
  if (request == SIOCGIFCONF) return list_interfaces(*static_cast<ifconf*>(argument), stack);
  if (request == SIOCGIFNAME) return name_interface(*static_cast<ifreq*>(argument), stack);
  if (request == SIOCGARP) return describe_neighbour(*static_cast<arpreq*>(argument), stack);
  return describe_interface(request, *static_cast<ifreq*>(argument), stack);
}

}  // namespace fourtuple::sockets
