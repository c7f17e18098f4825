#include "drivers/interface.hpp"

#include <algorithm>
#include <arpa/inet.h>
#include <cerrno>
#include <cstring>
#include <ifaddrs.h>
#include <linux/ethtool.h>
#include <linux/sockios.h>
#include <net/if.h>
#include <net/if_arp.h>
#include <netinet/in.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <system_error>

#include "drivers/descriptor.hpp"

namespace fourtuple::interface {
namespace {

std::string error_text(int error) { return std::generic_category().message(error); }

ifreq request_for(const std::string& name) {
  ifreq request{};
  name.copy(request.ifr_name, kMaxNameLength);
  return request;
}

// Any datagram socket takes interface ioctls. Answers 0 or errno.
int interface_ioctl(unsigned long operation, ifreq& request) {
  const Descriptor socket(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  if (!socket) return errno;
  return ::ioctl(socket.get(), operation, &request) == 0 ? 0 : errno;
}

SetupError explain(const std::string& what, const std::string& name, int error) {
  SetupError result{.cause = what + " of " + name + ": " + error_text(error), .cure = {}};
  if (error == ENODEV || error == ENXIO) {
    result.cure = "check the name; `ip link` lists the interfaces of this network namespace";
  } else if (error == EPERM || error == EACCES) {
    result.cure = "run as root, or give the program the right: sudo setcap cap_net_admin+ep PROGRAM";
  } else {
    result.cure = "look at `ip link show dev " + name + "` and `dmesg`";
  }
  return result;
}

SetupResult<Unit> change(const char* what, unsigned long operation, const std::string& name, ifreq& request) {
  if (const int error = interface_ioctl(operation, request); error != 0) return failure(explain(what, name, error));
  return Unit{};
}

SetupResult<ifreq> ask(const char* what, unsigned long operation, const std::string& name) {
  ifreq request = request_for(name);
  if (const int error = interface_ioctl(operation, request); error != 0) return failure(explain(what, name, error));
  return request;
}

sockaddr as_sockaddr(std::uint32_t address) {
  sockaddr_in in{};
  in.sin_family = AF_INET;
  in.sin_addr.s_addr = htonl(address);
  sockaddr result{};
  static_assert(sizeof(in) == sizeof(result));
  std::memcpy(&result, &in, sizeof(in));
  return result;
}

int ethtool_set(const std::string& name, std::uint32_t command, std::uint32_t value) {
  ethtool_value argument{.cmd = command, .data = value};
  ifreq request = request_for(name);
  request.ifr_data = static_cast<char*>(static_cast<void*>(&argument));
  return interface_ioctl(SIOCETHTOOL, request);
}

}  // namespace

SetupResult<Unit> check_name(const std::string& name) {
  const bool bad_character = name.find_first_of("/: \t\n%") != std::string::npos || name == "." || name == "..";
  if (!name.empty() && name.size() <= kMaxNameLength && !bad_character) return Unit{};
  return failure(SetupError{.cause = "'" + name + "' cannot be the name of an interface",
                            .cure = "use 1 to 15 characters without '/', ':', '%' or spaces, for example tap0"});
}

bool exists(const std::string& name) { return ::if_nametoindex(name.c_str()) != 0; }

Kind kind(const std::string& name) {
  ethtool_drvinfo info{};
  info.cmd = ETHTOOL_GDRVINFO;
  ifreq request = request_for(name);
  request.ifr_data = static_cast<char*>(static_cast<void*>(&info));
  if (interface_ioctl(SIOCETHTOOL, request) != 0) return {};
  return {std::string(info.driver, ::strnlen(info.driver, sizeof(info.driver))),
          std::string(info.bus_info, ::strnlen(info.bus_info, sizeof(info.bus_info)))};
}

SetupResult<int> index(const std::string& name) {
  return ask("interface number", SIOCGIFINDEX, name).map([](const ifreq& answer) { return answer.ifr_ifindex; });
}

SetupResult<std::size_t> mtu(const std::string& name) {
  return ask("MTU", SIOCGIFMTU, name).map([](const ifreq& answer) { return static_cast<std::size_t>(answer.ifr_mtu); });
}

SetupResult<MacAddress> mac(const std::string& name) {
  return ask("hardware address", SIOCGIFHWADDR, name).map([](const ifreq& answer) {
    MacAddress result;
    std::memcpy(result.octets.data(), answer.ifr_hwaddr.sa_data, result.octets.size());
    return result;
  });
}

SetupResult<bool> is_up(const std::string& name) {
  return ask("state", SIOCGIFFLAGS, name).map([](const ifreq& answer) { return (answer.ifr_flags & IFF_UP) != 0; });
}

bool is_ethernet(const std::string& name) {
  const auto answer = ask("hardware address", SIOCGIFHWADDR, name);
  return answer && answer->ifr_hwaddr.sa_family == ARPHRD_ETHER;
}

SetupResult<bool> is_running(const std::string& name) {
  // This question makes the kernel finish what it puts off when a cable is plugged in: then its queues work, too.
  ethtool_value link{.cmd = ETHTOOL_GLINK, .data = 0};
  ifreq request = request_for(name);
  request.ifr_data = static_cast<char*>(static_cast<void*>(&link));
  if (interface_ioctl(SIOCETHTOOL, request) == 0) return link.data != 0;
  return ask("state", SIOCGIFFLAGS, name).map([](const ifreq& answer) {
    return (answer.ifr_flags & IFF_RUNNING) != 0;
  });
}

std::vector<Ipv4Address> ipv4_addresses(const std::string& name) {
  std::vector<Ipv4Address> result;
  ifaddrs* list = nullptr;
  if (::getifaddrs(&list) != 0) return result;
  for (const ifaddrs* entry = list; entry != nullptr; entry = entry->ifa_next) {
    if (entry->ifa_addr == nullptr || entry->ifa_addr->sa_family != AF_INET || name != entry->ifa_name) continue;
    sockaddr_in in{};
    std::memcpy(&in, entry->ifa_addr, sizeof(in));
    result.push_back({ntohl(in.sin_addr.s_addr)});
  }
  ::freeifaddrs(list);
  return result;
}

SetupResult<Unit> set_mtu(const std::string& name, std::size_t mtu) {
  ifreq request = request_for(name);
  request.ifr_mtu = static_cast<int>(mtu);
  return change("setting the MTU", SIOCSIFMTU, name, request);
}

SetupResult<Unit> set_mac(const std::string& name, const MacAddress& mac) {
  ifreq request = request_for(name);
  request.ifr_hwaddr.sa_family = ARPHRD_ETHER;
  std::memcpy(request.ifr_hwaddr.sa_data, mac.octets.data(), mac.octets.size());
  return change("setting the hardware address", SIOCSIFHWADDR, name, request);
}

SetupResult<Unit> set_up(const std::string& name, bool up) {
  auto flags = ask("state", SIOCGIFFLAGS, name);
  if (!flags) return failure(flags.error());
  const int wanted = up ? flags->ifr_flags | IFF_UP : flags->ifr_flags & ~IFF_UP;
  flags->ifr_flags = static_cast<short>(wanted);
  return change(up ? "bringing up" : "taking down", SIOCSIFFLAGS, name, *flags);
}

SetupResult<Unit> set_ipv4(const std::string& name, const Ipv4Prefix& address) {
  ifreq request = request_for(name);
  request.ifr_addr = as_sockaddr(address.address.value);
  if (auto done = change("setting the address", SIOCSIFADDR, name, request); !done) return done;
  request.ifr_netmask = as_sockaddr(address.mask());
  return change("setting the netmask", SIOCSIFNETMASK, name, request);
}

SetupResult<Unit> disable_offloads(const std::string& name) {
  if (!exists(name)) return failure(explain("offloads", name, ENODEV));
  constexpr std::uint32_t kSwitches[] = {ETHTOOL_STSO, ETHTOOL_SGSO, ETHTOOL_SGRO, ETHTOOL_STXCSUM, ETHTOOL_SRXCSUM};
  for (const std::uint32_t command : kSwitches) {
    const int error = ethtool_set(name, command, 0);
    if (error == EPERM || error == EACCES) return failure(explain("switching off the offloads", name, error));
  }
  return Unit{};
}

}  // namespace fourtuple::interface
