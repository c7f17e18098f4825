// Where packets leave: the longest prefix wins (RFC 1122 3.3.1).
#pragma once

#include <optional>
#include <system_error>
#include <vector>

#include "stack/base/result.hpp"
#include "stack/ip/config.hpp"

namespace fourtuple::ip {

class RouteTable {
 public:
  explicit RouteTable(std::size_t limit) : limit_(limit) {}

  // Fails with file_exists for the same destination, gateway, interface and metric, no_buffer_space at the limit.
  // Host bits of the destination are cleared.
  Result<void> add(Route route);
  // Fails with no_such_process where there is no such route, as Linux does.
  Result<void> remove(Route route);
  // The route to `destination`, by this interface if one is named, or nullptr. Valid until the next change.
  [[nodiscard]] const Route* find(Ipv4Address destination, std::optional<std::size_t> interface_index = {}) const;
  [[nodiscard]] const std::vector<Route>& all() const { return routes_; }

 private:
  std::vector<Route> routes_;  // longest prefix first, then lowest metric, then oldest
  std::size_t limit_;
};

}  // namespace fourtuple::ip
