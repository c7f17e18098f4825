#include "drivers/raw/raw_setup.hpp"

#include <arpa/inet.h>
#include <cerrno>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <sys/socket.h>
#include <system_error>

#include "drivers/interface.hpp"

namespace fourtuple::raw_setup {
namespace {

using interface::Unit;

std::string error_text(int error) { return std::generic_category().message(error); }

SetupError socket_error(int error) {
  if (error == EPERM || error == EACCES) {
    return {.cause = "no permission to open a raw socket",
            .cure = "run as root, or give the program the right: sudo setcap cap_net_raw,cap_net_admin+ep PROGRAM"};
  }
  SetupError result{.cause = "cannot open a raw socket: " + error_text(error), .cure = "sudo modprobe af_packet"};
  result.environment = error == EAFNOSUPPORT || error == EPROTONOSUPPORT;
  return result;
}

SetupResult<Unit> check_interface(const std::string& name) {
  if (auto checked = interface::check_name(name); !checked) return checked;
  if (auto number = interface::index(name); !number) return failure(number.error());
  if (!interface::is_ethernet(name)) {
    return failure(SetupError{.cause = name + " does not carry Ethernet frames",
                              .cure = "choose an Ethernet interface; `ip link` lists them as link/ether"});
  }
  const auto up = interface::is_up(name);
  if (up && !*up) {
    return failure(SetupError{.cause = name + " is down", .cure = "set it up: sudo ip link set dev " + name + " up"});
  }
  const auto owned = interface::ipv4_addresses(name);
  if (owned.empty()) return Unit{};
  const std::string address = to_string(owned.front());
  return failure(
      SetupError{.cause = "the kernel owns " + address + " on " + name + " and would answer in our stack's place",
                 .cure = "take it away (sudo ip addr flush dev " + name +
                         ", this cuts the machine's own traffic there), or use --tap or another interface"});
}

template <class Value>
bool set_option(const Descriptor& socket, int level, int option, const Value& value) {
  return ::setsockopt(socket.get(), level, option, &value, sizeof(value)) == 0;
}

SetupResult<Unit> set_options(const Descriptor& socket, const RawOptions& options) {
  if (!set_option(socket, SOL_PACKET, PACKET_IGNORE_OUTGOING, 1) ||
      !set_option(socket, SOL_PACKET, PACKET_AUXDATA, 1)) {
    return failure(SetupError{.cause = "this kernel cannot keep our own frames from coming back: " + error_text(errno),
                              .cure = "use Linux 4.20 or newer, or a TAP device",
                              .environment = true});
  }
  // More than the system's limit needs a right; less is not an error.
  if (!set_option(socket, SOL_SOCKET, SO_RCVBUFFORCE, options.receive_buffer_bytes)) {
    set_option(socket, SOL_SOCKET, SO_RCVBUF, options.receive_buffer_bytes);
  }
  return Unit{};
}

SetupResult<Unit> listen_to_all(const Descriptor& socket, int number, const std::string& name) {
  packet_mreq request{};
  request.mr_ifindex = number;
  request.mr_type = PACKET_MR_PROMISC;
  if (set_option(socket, SOL_PACKET, PACKET_ADD_MEMBERSHIP, request)) return Unit{};
  return failure(
      SetupError{.cause = name + " does not listen to other addresses than its own: " + error_text(errno),
                 .cure = "use the interface's own hardware address: --mac $(cat /sys/class/net/" + name + "/address)"});
}

SetupResult<Unit> bind_to(const Descriptor& socket, int number, const std::string& name) {
  sockaddr_ll address{};
  address.sll_family = AF_PACKET;
  address.sll_protocol = htons(ETH_P_ALL);
  address.sll_ifindex = number;
  if (::bind(socket.get(), static_cast<const sockaddr*>(static_cast<const void*>(&address)), sizeof(address)) == 0) {
    return Unit{};
  }
  return failure(SetupError{.cause = "cannot listen on " + name + ": " + error_text(errno),
                            .cure = "look at `ip link show dev " + name + "`"});
}

}  // namespace

SetupResult<Attached> attach(const RawOptions& options) {
  const std::string& name = options.interface;
  if (auto checked = check_interface(name); !checked) return failure(checked.error());
  const auto number = interface::index(name);
  const auto own_mac = interface::mac(name);
  const auto mtu = interface::mtu(name);
  if (!number || !own_mac || !mtu) {
    return failure(SetupError{.cause = name + " went away", .cure = "try again when it is back"});
  }
  Attached result;
  result.mtu = *mtu;
  // Protocol 0: nothing arrives before everything is set.
  result.socket = Descriptor(::socket(AF_PACKET, SOCK_RAW | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!result.socket) return failure(socket_error(errno));
  if (auto done = set_options(result.socket, options); !done) return failure(done.error());
  if (options.mac && *options.mac != *own_mac) {
    if (auto done = listen_to_all(result.socket, *number, name); !done) return failure(done.error());
  }
  if (auto done = bind_to(result.socket, *number, name); !done) return failure(done.error());
  return result;
}

}  // namespace fourtuple::raw_setup
