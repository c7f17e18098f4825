// The names that assertions may use: tcpi_*, from TCP_INFO of a live socket, and the constants.
#pragma once

#include <optional>
#include <string_view>

#include "stack/socket/tcp_info.hpp"

namespace fourtuple::drill {

class LiveValues {
 public:
  explicit LiveValues(int descriptor);
  // Nothing where the name is not known, or the socket has no TCP_INFO.
  [[nodiscard]] std::optional<double> find(std::string_view name) const;

 private:
  sockets::ExtendedTcpInfo info_{};
  bool is_there_ = false;
};

}  // namespace fourtuple::drill
