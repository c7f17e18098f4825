#include "stack/ip/local_addresses.hpp"

#include <algorithm>

namespace fourtuple::ip {

namespace {

constexpr Ipv4Address kLoopbackBroadcast{0x7fffffff};

}  // namespace

void LocalAddresses::add(std::size_t interface_index, Ipv4Prefix prefix) {
  if (!prefix.address.is_any()) assigned_.push_back({interface_index, prefix});
}

bool LocalAddresses::is_ours(Ipv4Address address) const {
  const auto has_it = [&](const Assigned& each) { return each.prefix.address == address; };
  return address.is_loopback() || std::any_of(assigned_.begin(), assigned_.end(), has_it);
}

bool LocalAddresses::is_assigned(std::size_t interface_index, Ipv4Address address) const {
  const auto has_it = [&](const Assigned& each) {
    return each.interface_index == interface_index && each.prefix.address == address;
  };
  return std::any_of(assigned_.begin(), assigned_.end(), has_it);
}

bool LocalAddresses::is_broadcast(Ipv4Address address) const {
  const auto has_it = [&](const Assigned& each) { return each.prefix.is_broadcast(address); };
  return address.is_limited_broadcast() || address == kLoopbackBroadcast || std::any_of(assigned_.begin(), assigned_.end(), has_it);
}

bool LocalAddresses::is_on_link(std::size_t interface_index, Ipv4Address address) const {
  const auto holds_it = [&](const Assigned& each) {
    const Ipv4Prefix& prefix = each.prefix;
    const bool is_network_number = prefix.length < 31 && address == prefix.network();
    return each.interface_index == interface_index && prefix.contains(address) && !prefix.is_broadcast(address) &&
           !is_network_number;
  };
  return std::any_of(assigned_.begin(), assigned_.end(), holds_it);
}

Ipv4Address LocalAddresses::source_for(std::size_t interface_index, Ipv4Address towards) const {
  Ipv4Address first;
  for (const Assigned& each : assigned_) {
    if (each.interface_index != interface_index) continue;
    if (each.prefix.contains(towards)) return each.prefix.address;
    if (first.is_any()) first = each.prefix.address;
  }
  return first;
}

}  // namespace fourtuple::ip
