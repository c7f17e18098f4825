#include "tests/bench/link/devices.hpp"

#include <array>
#include <cstdint>
#include <cstring>
#include <fcntl.h>
#include <fstream>
#include <linux/if_tun.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

namespace fourtuple::bench {
namespace {

struct MoveRequest {
  nlmsghdr header{};
  ifinfomsg interface {};
  rtattr attribute{};
  std::uint32_t process = 0;
};

void write_setting(const char* path, const char* value) { std::ofstream(path) << value; }

}  // namespace

Descriptor attach_tap(const std::string& name, bool offload, bool persist) {
  Descriptor device(::open("/dev/net/tun", O_RDWR | O_NONBLOCK | O_CLOEXEC));
  ifreq request{};
  name.copy(request.ifr_name, IFNAMSIZ - 1);
  request.ifr_flags = static_cast<short>(IFF_TAP | IFF_NO_PI | (offload ? IFF_VNET_HDR : 0));
  if (!device || ::ioctl(device.get(), TUNSETIFF, &request) != 0) return {};
  if (persist && ::ioctl(device.get(), TUNSETPERSIST, 1UL) != 0) return {};
  const unsigned long offloads = offload ? TUN_F_CSUM | TUN_F_TSO4 : 0;
  if (::ioctl(device.get(), TUNSETOFFLOAD, offloads) != 0) return {};
  return device;
}

SetupResult<interface::Unit> make_tap(const std::string& name, bool offload) {
  if (attach_tap(name, offload, true)) return interface::Unit {
    };
  return failure(SetupError{.cause = "cannot make the TAP device " + name + ": " + std::strerror(errno),
                            .cure = "give this machine or container /dev/net/tun (see the README)",
                            .environment = true});
}

SetupResult<interface::Unit> move_to_process(const std::string& interface, pid_t process) {
  MoveRequest request;
  request.header.nlmsg_len = sizeof(request);
  request.header.nlmsg_type = RTM_NEWLINK;
  request.header.nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK;
  request.interface.ifi_index = static_cast<int>(::if_nametoindex(interface.c_str()));
  request.attribute = {.rta_len = RTA_LENGTH(sizeof(request.process)), .rta_type = IFLA_NET_NS_PID};
  request.process = static_cast<std::uint32_t>(process);
  const Descriptor socket(::socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE));
  std::array<char, 1024> answer{};
  const bool asked = socket && ::send(socket.get(), &request, sizeof(request), 0) > 0 &&
                     ::recv(socket.get(), answer.data(), answer.size(), 0) > 0;
  // Gone from here: it has moved.
  if (asked && ::if_nametoindex(interface.c_str()) == 0) return interface::Unit {
    };
  return failure(SetupError{.cause = "cannot move " + interface + " to another namespace", .cure = ""});
}

void widen_port_range() {
  write_setting("/proc/sys/net/ipv4/ip_local_port_range", "1024 65535");
  write_setting("/proc/sys/net/ipv4/tcp_tw_reuse", "1");
}

}  // namespace fourtuple::bench
