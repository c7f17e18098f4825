// Looks at connections from outside after every event, and remembers what they were: what may never go back, which
// timer must run and which must not, and that the two ends agree.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "apps/simulate/history.hpp"
#include "apps/simulate/host.hpp"
#include "stack/tcp/connection.hpp"

namespace fourtuple::simulate {

class Watch {
 public:
  // Looks at a connection that something happened to. `end`: what its application knows; nullptr where nobody holds it.
  // Empty: all is well.
  [[nodiscard]] const char* look(const Host& host, const tcp::Connection& connection, const EndHistory* end,
                                 Instant now);
  void forget(tcp::ConnectionId id) { memory_.erase(id.value); }
  void forget_all() { memory_.clear(); }

 private:
  struct Memory {
    StreamOffset una = 0, nxt = 0, wl1 = 0, wl2 = 0, rcv_nxt = 0, edge = 0;
    std::uint64_t window = 0;  // of congestion
    std::uint64_t pipe = 0;
  };
  std::map<std::uint64_t, Memory> memory_;
};

// What one end believes of the other must be true.
[[nodiscard]] const char* disagreement(const tcp::Connection& one, const tcp::Connection& other);

}  // namespace fourtuple::simulate
