#include "drivers/tap/tap_setup.hpp"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <linux/if_tun.h>
#include <net/if.h>
#include <sys/ioctl.h>
#include <system_error>

#include "drivers/interface.hpp"
#include "drivers/tap/vnet_header.hpp"

namespace fourtuple::tap_setup {
namespace {

constexpr const char* kDevice = "/dev/net/tun";

std::string error_text(int error) { return std::generic_category().message(error); }

SetupError device_error(int error) {
  SetupError result{.cause = std::string("cannot open ") + kDevice + ": " + error_text(error), .cure = {}};
  if (error == ENOENT) {
    result.environment = true;
    result.cure = "load the driver (sudo modprobe tun); in a container, start it with --device /dev/net/tun";
  } else if (error == ENODEV || error == ENXIO) {
    result.environment = true;
    result.cure = "the kernel has no TUN/TAP driver loaded: sudo modprobe tun";
  } else if (error == EACCES || error == EPERM) {
    result.cure = "run as root, or let every user open it as most systems do: sudo chmod 666 /dev/net/tun";
  } else {
    result.cure = "look at `ls -l /dev/net/tun` and `dmesg`";
  }
  return result;
}

SetupError permission_error(const std::string& name, bool exists) {
  if (exists) {
    return {.cause = name + " belongs to another user",
            .cure = "run as root, or make the device yours: sudo ip tuntap del dev " + name +
                    " mode tap && sudo ip tuntap add dev " + name + " mode tap user $USER"};
  }
  return {.cause = "no permission to create the TAP device " + name,
          .cure = "run as root, or make it once: sudo ip tuntap add dev " + name +
                  " mode tap user $USER (or: sudo setcap cap_net_admin+ep PROGRAM)"};
}

// EINVAL says only that name and flags do not fit; the interface itself says why.
SetupError mismatch_error(const std::string& name) {
  const auto kind = interface::kind(name);
  if (kind.driver != "tun") {
    const std::string what =
        kind.driver.empty() ? "not a TAP device" : "a " + kind.driver + " interface, not a TAP device";
    return {
        .cause = name + " is " + what,
        .cure = "give the name of a TAP device or a free name; to read frames from an existing interface use --raw"};
  }
  if (kind.bus == "tun") {
    return {.cause = name + " is a TUN device: it carries IP packets, not Ethernet frames",
            .cure = "make a TAP device: sudo ip tuntap add dev tap0 mode tap user $USER"};
  }
  return {.cause = name + " was made with other flags (multi_queue?) than a plain TAP device",
          .cure = "make it again: sudo ip tuntap del dev " + name + " mode tap multi_queue && sudo ip tuntap add dev " +
                  name + " mode tap user $USER"};
}

SetupError attach_error(int error, const std::string& name, bool exists) {
  if (error == EBUSY) {
    return {
        .cause = "another program is attached to " + name,
        .cure = "stop it (look with: sudo grep -l " + name + " /proc/*/fdinfo/* 2>/dev/null) or use another device"};
  }
  if (error == EPERM || error == EACCES) return permission_error(name, exists);
  if (error == EINVAL && exists) return mismatch_error(name);
  return {.cause = "cannot attach to the TAP device " + name + ": " + error_text(error),
          .cure = "look at `ip -d link show dev " + name + "` and `dmesg`"};
}

bool kernel_has_vnet_header(int descriptor) {
  unsigned features = 0;
  return ::ioctl(descriptor, TUNGETFEATURES, &features) == 0 && (features & IFF_VNET_HDR) != 0;
}

SetupResult<std::string> set_interface(int descriptor, const TapOptions& options, bool vnet_header) {
  const bool existed = !options.name.empty() && interface::exists(options.name);
  ifreq request{};
  options.name.copy(request.ifr_name, interface::kMaxNameLength);
  const int flags = IFF_TAP | IFF_NO_PI | (vnet_header ? IFF_VNET_HDR : 0);
  request.ifr_flags = static_cast<short>(flags);
  if (::ioctl(descriptor, TUNSETIFF, &request) == 0) return std::string(request.ifr_name);
  return failure(attach_error(errno, options.name.empty() ? "tapN" : options.name, existed));
}

bool set_offloads(int descriptor) {
  int header_size = sizeof(VnetHeaderFields);
  if (::ioctl(descriptor, TUNSETVNETHDRSZ, &header_size) != 0) return false;
  constexpr unsigned long kWanted = TUN_F_CSUM | TUN_F_TSO4;
  return ::ioctl(descriptor, TUNSETOFFLOAD, kWanted | TUN_F_TSO_ECN) == 0 ||
         ::ioctl(descriptor, TUNSETOFFLOAD, kWanted) == 0;
}

SetupError no_offload_error(const std::string& name) {
  return {.cause = "this kernel gives " + name + " no offload header (IFF_VNET_HDR)",
          .cure = "use --vnet-hdr=auto, or a newer kernel"};
}

// One attempt with or without the header. A failed attempt closes the descriptor, which undoes it.
SetupResult<Attached> attach_with(const TapOptions& options, bool vnet_header) {
  Attached result;
  result.descriptor = Descriptor(::open(kDevice, O_RDWR | O_NONBLOCK | O_CLOEXEC));
  if (!result.descriptor) return failure(device_error(errno));
  const int descriptor = result.descriptor.get();
  if (vnet_header && !kernel_has_vnet_header(descriptor)) return failure(no_offload_error(options.name));
  result.created = options.name.empty() || !interface::exists(options.name);
  auto name = set_interface(descriptor, options, vnet_header);
  if (!name) return failure(name.error());
  result.name = *name;
  result.vnet_header = vnet_header;
  if (vnet_header && !set_offloads(descriptor)) return failure(no_offload_error(result.name));
  // A program before us may have left offloads on; without the header nobody would fill the checksums in.
  if (!vnet_header) ::ioctl(descriptor, TUNSETOFFLOAD, 0UL);
  return result;
}

SetupResult<Attached> attach_by_preference(const TapOptions& options) {
  if (options.vnet_header == VnetHeader::kOff) return attach_with(options, false);
  auto result = attach_with(options, true);
  if (result || options.vnet_header == VnetHeader::kOn) return result;
  auto plain = attach_with(options, false);
  // Where both fail the reason is not the header, and the first sentence is as good as the second.
  return plain;
}

SetupResult<interface::Unit> configure(const TapOptions& options, Attached& device) {
  if (options.persist && ::ioctl(device.descriptor.get(), TUNSETPERSIST, 1UL) != 0) {
    return failure(permission_error(device.name, true));
  }
  if (options.mtu != 0) {
    if (auto done = interface::set_mtu(device.name, options.mtu); !done) return done;
  }
  const auto up = interface::is_up(device.name);
  if (options.bring_up && up && !*up) {
    // An ordinary user on a device that is theirs may attach but not set it up: that is not our failure.
    const auto done = interface::set_up(device.name);
    if (!done && device.created) return done;
  }
  if (const auto mtu = interface::mtu(device.name)) device.mtu = *mtu;
  return interface::Unit {};
}

}  // namespace

SetupResult<Attached> attach(const TapOptions& options) {
  if (!options.name.empty()) {
    if (auto checked = interface::check_name(options.name); !checked) return failure(checked.error());
  }
  auto device = attach_by_preference(options);
  if (!device) return device;
  if (auto configured = configure(options, *device); !configured) return failure(configured.error());
  return device;
}

void release(int descriptor, bool vnet_header) {
  if (descriptor >= 0 && vnet_header) ::ioctl(descriptor, TUNSETOFFLOAD, 0UL);
}

}  // namespace fourtuple::tap_setup
