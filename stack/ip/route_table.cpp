#include "stack/ip/route_table.hpp"

#include <algorithm>

namespace fourtuple::ip {
namespace {

bool comes_before(const Route& a, const Route& b) {
  if (a.destination.length != b.destination.length) return a.destination.length > b.destination.length;
  return a.metric < b.metric;  // [RFC1122 3.3.1.2]
}

Route canonical(Route route) {
  route.destination.address = route.destination.network();
  return route;
}

}  // namespace

Result<void> RouteTable::add(Route route) {
  route = canonical(route);
  if (std::find(routes_.begin(), routes_.end(), route) != routes_.end()) return failure(std::errc::file_exists);
  if (routes_.size() >= limit_) return failure(std::errc::no_buffer_space);
  routes_.insert(std::upper_bound(routes_.begin(), routes_.end(), route, comes_before), route);
  return {};
}

Result<void> RouteTable::remove(Route route) {
  const auto found = std::find(routes_.begin(), routes_.end(), canonical(route));
  if (found == routes_.end()) return failure(std::errc::no_such_process);
  routes_.erase(found);
  return {};
}

const Route* RouteTable::find(Ipv4Address destination, std::optional<std::size_t> interface_index) const {
  const auto leads_there = [&](const Route& route) {
    return route.destination.contains(destination) && (!interface_index || route.interface_index == *interface_index);
  };
  const auto found = std::find_if(routes_.begin(), routes_.end(), leads_there);
  return found == routes_.end() ? nullptr : &*found;
}

}  // namespace fourtuple::ip
