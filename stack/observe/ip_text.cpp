#include "stack/observe/ip_text.hpp"

#include <fmt/format.h>
#include <vector>

#include "stack/observe/json.hpp"

namespace fourtuple::observe {
namespace {

constexpr std::uint64_t kForever = 4294967295;

std::string device_of(const Stack& stack, std::size_t index) {
  return index < stack.interface_count() ? stack.interface(index).name : "lo";
}

// The address that packets on a directly connected route have.
std::string source_of(const Stack& stack, const Route& route) {
  if (!route.gateway.is_any() || route.interface_index >= stack.interface_count()) return {};
  const InterfaceConfig& interface = stack.interface(route.interface_index);
  return interface.address.network() == route.destination.network() ? to_string(interface.address.address)
                                                                    : std::string();
}

std::string destination_of(const Route& route) {
  return route.destination.length == 0 ? "default" : to_string(route.destination);
}

std::string list_of(const std::vector<std::string>& items) { return fmt::format("[{}]\n", fmt::join(items, ",")); }

std::string address_text(std::size_t number, const InterfaceConfig& interface) {
  return fmt::format(
      "{}: {}: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu {} state UP\n"
      "    link/ether {} brd ff:ff:ff:ff:ff:ff\n"
      "    inet {} scope global {}\n"
      "       valid_lft forever preferred_lft forever\n",
      number, interface.name, interface.mtu, to_string(interface.mac), to_string(interface.address), interface.name);
}

std::string address_json(std::size_t number, const InterfaceConfig& interface) {
  const std::string address = JsonObject()
                                  .add("family", "inet")
                                  .add("local", to_string(interface.address.address))
                                  .add("prefixlen", unsigned{interface.address.length})
                                  .add("scope", "global")
                                  .add("label", interface.name)
                                  .add("valid_life_time", kForever)
                                  .add("preferred_life_time", kForever)
                                  .text();
  return JsonObject()
      .add("ifindex", number)
      .add("ifname", interface.name)
      .add_raw("flags", R"(["BROADCAST","MULTICAST","UP","LOWER_UP"])")
      .add("mtu", interface.mtu)
      .add("operstate", "UP")
      .add("link_type", "ether")
      .add("address", to_string(interface.mac))
      .add("broadcast", "ff:ff:ff:ff:ff:ff")
      .add_raw("addr_info", "[" + address + "]")
      .text();
}

std::string route_text(const Stack& stack, const Route& route) {
  std::string text = destination_of(route) + " ";
  if (!route.gateway.is_any()) text += fmt::format("via {} ", to_string(route.gateway));
  text += fmt::format("dev {} ", device_of(stack, route.interface_index));
  const std::string source = source_of(stack, route);
  if (!source.empty()) text += fmt::format("proto kernel scope link src {} ", source);
  if (route.metric != 0) text += fmt::format("metric {} ", route.metric);
  return text + "\n";
}

std::string route_json(const Stack& stack, const Route& route) {
  JsonObject object;
  object.add("dst", destination_of(route));
  if (!route.gateway.is_any()) object.add("gateway", to_string(route.gateway));
  object.add("dev", device_of(stack, route.interface_index));
  const std::string source = source_of(stack, route);
  if (!source.empty()) object.add("protocol", "kernel").add("scope", "link").add("prefsrc", source);
  if (route.metric != 0) object.add("metric", route.metric);
  return object.add_raw("flags", "[]").text();
}

bool has_mac(const NeighbourRow& row) { return !row.mac.is_zero(); }

std::string neighbour_text(const Stack& stack, const NeighbourRow& row) {
  return fmt::format("{} dev {} {}{} \n", to_string(row.address), device_of(stack, row.interface_index),
                     has_mac(row) ? fmt::format("lladdr {} ", to_string(row.mac)) : "", row.state);
}

std::string neighbour_json(const Stack& stack, const NeighbourRow& row) {
  JsonObject object;
  object.add("dst", to_string(row.address)).add("dev", device_of(stack, row.interface_index));
  if (has_mac(row)) object.add("lladdr", to_string(row.mac));
  return object.add_raw("state", fmt::format("[{}]", json_string(row.state))).text();
}

}  // namespace

std::string ip_addresses(const Stack& stack, bool json) {
  std::string text;
  std::vector<std::string> items;
  for (std::size_t i = 0; i < stack.interface_count(); ++i) {
    text += address_text(i + 1, stack.interface(i));
    items.push_back(address_json(i + 1, stack.interface(i)));
  }
  return json ? list_of(items) : text;
}

std::string ip_routes(const Stack& stack, bool json) {
  std::string text;
  std::vector<std::string> items;
  for (const Route& route : stack.routes()) {
    text += route_text(stack, route);
    items.push_back(route_json(stack, route));
  }
  return json ? list_of(items) : text;
}

std::string ip_neighbours(const Stack& stack, bool json) {
  std::string text;
  std::vector<std::string> items;
  for (const NeighbourRow& row : stack.neighbours()) {
    text += neighbour_text(stack, row);
    items.push_back(neighbour_json(stack, row));
  }
  return json ? list_of(items) : text;
}

}  // namespace fourtuple::observe
