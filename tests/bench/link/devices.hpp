// The devices of the benchmark's private network.
#pragma once

#include <string>
#include <sys/types.h>

#include "drivers/descriptor.hpp"
#include "drivers/interface.hpp"

namespace fourtuple::bench {

// A persistent TAP device; it goes with the network namespace.
[[nodiscard]] SetupResult<interface::Unit> make_tap(const std::string& name, bool offload);
// A non-blocking descriptor of that device.
[[nodiscard]] Descriptor attach_tap(const std::string& name, bool offload, bool persist);
// Moves an interface into the network namespace of a process.
[[nodiscard]] SetupResult<interface::Unit> move_to_process(const std::string& interface, pid_t process);
// Room for many short connections: more ports, TIME-WAIT names reused after a second.
void widen_port_range();

}  // namespace fourtuple::bench
