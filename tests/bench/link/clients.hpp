// The kernel's side of each measurement: plain sockets, as any program would use them.
#pragma once

#include <chrono>
#include <cstddef>
#include <vector>

#include "drivers/descriptor.hpp"
#include "stack/wire/address.hpp"

namespace fourtuple::bench {

using Seconds = std::chrono::duration<double>;

// A connected TCP socket (cubic where the kernel has it, TCP_NODELAY), or none.
[[nodiscard]] Descriptor connect_to(Ipv4Address address, std::uint16_t port);

// Octets a second that the peer acknowledged, after a quarter of `span` to get going.
[[nodiscard]] double bulk_to(Ipv4Address address, std::uint16_t port, Seconds span);
// Octets a second that we read.
[[nodiscard]] double bulk_from(Ipv4Address address, std::uint16_t port, Seconds span);
// Seconds for one octet there and back.
[[nodiscard]] double round_trip(Ipv4Address address, std::uint16_t port, Seconds span);
// Connections a second that `clients` threads make in a loop; with `exchange` each moves one octet there and back.
[[nodiscard]] double connection_rate(Ipv4Address address, std::uint16_t port, Seconds span, int clients, bool exchange);
// Up to `count` connections, as many as the descriptor limit lets us have.
[[nodiscard]] std::vector<Descriptor> idle_connections(Ipv4Address address, std::uint16_t port, std::size_t count);

}  // namespace fourtuple::bench
