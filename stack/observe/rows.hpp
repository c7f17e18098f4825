// The sockets of a stack as rows, for netstat, ss and JSON. A row is a copy: it stays true only for its moment.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "stack/core/stack.hpp"
#include "stack/tcp/info.hpp"

namespace fourtuple::observe {

enum class RowKind : std::uint8_t { kTcp, kUdp, kRaw };
// "tcp", "udp", "raw"
[[nodiscard]] std::string_view name(RowKind kind);

struct Row {
  RowKind kind = RowKind::kTcp;
  FourTuple name;                      // raw: local.port is the IP protocol's number
  TcpState state = TcpState::kClosed;  // TCP only
  std::size_t receive_queue = 0;       // octets; of a listener: connections that wait for accept
  std::size_t send_queue = 0;          // octets; of a listener: its backlog
  OwnerId owner = 0;
  std::optional<tcp::Info> info;  // of connections, where it was asked for

  // For columns that show a kernel's inode: unique among the sockets of a stack, from 1.
  [[nodiscard]] std::uint32_t number() const { return static_cast<std::uint32_t>(owner) + 1; }
  [[nodiscard]] bool is_listener() const { return kind == RowKind::kTcp && state == TcpState::kListen; }
  // UDP and raw: a peer is fixed.
  [[nodiscard]] bool is_connected() const { return !name.remote.address.is_any(); }
};
using Rows = std::vector<Row>;

// All sockets of a stack: TCP listeners, TCP connections, UDP, raw. `with_info` costs a look at every connection.
[[nodiscard]] Rows snapshot(const Stack& stack, Instant now, bool with_info = true);

// How addresses, ports and owners are named. Empty functions leave numbers, and no program.
struct RowNames {
  std::function<std::string(const IpAddress& address)> host;                 // empty answer: the number
  std::function<std::string(Port port, std::string_view protocol)> service;  // empty answer: the number
  std::function<std::string(OwnerId owner)> program;                         // netstat: "1234/fourtuple"
};

}  // namespace fourtuple::observe
