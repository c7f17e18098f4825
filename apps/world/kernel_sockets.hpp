// What a kernel says about the sockets of one network.
#pragma once

#include <string>
#include <vector>

#include "drivers/descriptor.hpp"

namespace fourtuple::apps {

class KernelSockets {
 public:
  // Of the network that this process is in now; it may go elsewhere afterwards.
  [[nodiscard]] static KernelSockets of_this_network();

  // Whether a TCP socket listens there.
  [[nodiscard]] bool has_listener() const;
  // Or a UDP socket stands there.
  [[nodiscard]] bool has_server() const;
  // Whether no TCP connection there has anything left to say: all are closed, or wait in TIME-WAIT.
  [[nodiscard]] bool is_quiet() const;

 private:
  [[nodiscard]] static std::vector<unsigned> states(const std::vector<Descriptor>& tables);

  std::vector<Descriptor> tcp_;  // the kernel's lists, one for each family
  std::vector<Descriptor> udp_;
};

// The states in a list of the kernel's ("/proc/net/tcp"), by its numbers.
[[nodiscard]] std::vector<unsigned> states_in(const std::string& table);

}  // namespace fourtuple::apps
