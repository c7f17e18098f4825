// The kernel's side of a link: asking and telling an interface of this network namespace by name.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "stack/base/result.hpp"
#include "stack/wire/address.hpp"

namespace fourtuple::interface {

// The longest name the kernel takes (IFNAMSIZ without the final zero).
inline constexpr std::size_t kMaxNameLength = 15;

struct Unit {};  // success with nothing to say

// Why `name` cannot be the name of an interface, if it cannot: empty, too long, '/', ':' or white space in it.
[[nodiscard]] SetupResult<Unit> check_name(const std::string& name);
[[nodiscard]] bool exists(const std::string& name);

// What drives the interface, from ethtool: {"tun", "tap"}, {"veth", ""}, {"e1000e", "0000:00:1f.6"}. Empty where
// unknown.
struct Kind {
  std::string driver;
  std::string bus;
};
[[nodiscard]] Kind kind(const std::string& name);

[[nodiscard]] SetupResult<int> index(const std::string& name);
[[nodiscard]] SetupResult<std::size_t> mtu(const std::string& name);
[[nodiscard]] SetupResult<MacAddress> mac(const std::string& name);
[[nodiscard]] SetupResult<bool> is_up(const std::string& name);
// Up and ready to carry frames; after set_up() the kernel takes up to a second for that, and drops what is sent before.
[[nodiscard]] SetupResult<bool> is_running(const std::string& name);
// False for loopback, tunnels and the like, and for interfaces that do not exist.
[[nodiscard]] bool is_ethernet(const std::string& name);
// The IPv4 addresses that the kernel owns there.
[[nodiscard]] std::vector<Ipv4Address> ipv4_addresses(const std::string& name);

// These need CAP_NET_ADMIN.
[[nodiscard]] SetupResult<Unit> set_mtu(const std::string& name, std::size_t mtu);
[[nodiscard]] SetupResult<Unit> set_mac(const std::string& name, const MacAddress& mac);
[[nodiscard]] SetupResult<Unit> set_up(const std::string& name, bool up = true);
[[nodiscard]] SetupResult<Unit> set_ipv4(const std::string& name, const Ipv4Prefix& address);
// Switches transmit and receive checksum offload, scatter-gather TSO, GSO and GRO off, so that what leaves the
// interface is single packets with final checksums. For the kernel's end of a veth pair whose other end is read as raw
// frames. Features that the device does not have, or does not let go of, are passed over.
[[nodiscard]] SetupResult<Unit> disable_offloads(const std::string& name);

}  // namespace fourtuple::interface
