// Two private networks with a kernel each, and the ends of the cable between them in our hands: 10.77.0.1 is the
// client, 10.77.0.2 the server.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "apps/options.hpp"
#include "drivers/descriptor.hpp"
#include "drivers/driver.hpp"
#include "stack/base/packet_buffer.hpp"
#include "stack/base/result.hpp"

namespace fourtuple::record {

inline constexpr const char* kClientAddress = "10.77.0.1";
inline constexpr const char* kServerAddress = "10.77.0.2";

class Network {
 public:
  // Moves this process (which has one thread) into a new network whose kernel has `address`. Frames that leave it come
  // to the driver, single packets with final checksums.
  [[nodiscard]] static SetupResult<Network> make(const apps::AttachOptions& options, Ipv4Address address,
                                                 BufferPool& pool);

  // Moves this process into it; what it starts then is there.
  [[nodiscard]] bool enter() const;
  // Precondition: not yet taken.
  [[nodiscard]] std::unique_ptr<Driver> take_driver() { return std::move(driver_); }
  [[nodiscard]] const std::vector<std::string>& remarks() const { return remarks_; }
  // Whether a TCP socket listens there.
  [[nodiscard]] bool has_listener() const;
  // Whether no connection there has anything left to say: all are closed, or wait in TIME-WAIT.
  [[nodiscard]] bool is_quiet() const;

 private:
  [[nodiscard]] std::vector<unsigned> states() const;

  Descriptor space_;
  std::vector<Descriptor> tables_;  // the kernel's lists of TCP sockets
  std::unique_ptr<Driver> driver_;
  std::vector<std::string> remarks_;
};

// The states in a list of the kernel's ("/proc/net/tcp"), by its numbers.
[[nodiscard]] std::vector<unsigned> states_in(const std::string& table);

}  // namespace fourtuple::record
