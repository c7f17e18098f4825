// The ioctl() requests that programs find interfaces and neighbours with (netdevice(7), arp(7)).
#pragma once

#include <optional>
#include <string>

#include "stack/core/stack.hpp"

namespace fourtuple::sockets {

// Interfaces as programs number them: 1 is "lo", the stack's own begin with 2. 0 names none.
inline constexpr int kLoopbackNumber = 1;
[[nodiscard]] constexpr int number_of_interface(std::size_t index) {
  return index == Stack::kLoopbackInterface ? kLoopbackNumber : static_cast<int>(index) + 2;
}
// Nothing for a number without an interface.
[[nodiscard]] std::optional<std::size_t> interface_of_number(int number, const Stack& stack);
[[nodiscard]] std::optional<std::size_t> interface_of_name(const std::string& name, const Stack& stack);
[[nodiscard]] std::string name_of_interface(std::size_t index, const Stack& stack);
// With its prefix; 0.0.0.0 where it has none.
[[nodiscard]] Ipv4Prefix address_of_interface(std::size_t index, const Stack& stack);
// The interface with this address; nothing where there is none.
[[nodiscard]] std::optional<std::size_t> interface_of_address(Ipv4Address address, const Stack& stack);

[[nodiscard]] bool is_interface_request(unsigned long request);
// Precondition: is_interface_request(request). `argument` is the structure that the request is documented with.
// no_such_device, no_such_device_or_address (no such neighbour), operation_not_permitted (requests that change what
// ft_stack_options and the command line decide).
[[nodiscard]] Result<void> answer_interface_request(unsigned long request, void* argument, const Stack& stack);

}  // namespace fourtuple::sockets
