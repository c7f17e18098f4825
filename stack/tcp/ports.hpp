// Local names: who may bind what (SOCKETS.md, Linux's answers), and ephemeral ports (RFC 6056).
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "stack/base/random.hpp"
#include "stack/base/result.hpp"
#include "stack/tcp/config.hpp"
#include "stack/wire/address.hpp"

namespace fourtuple::tcp {

struct BoundName {
  Endpoint local;
  bool reuse_address = false;
  bool reuse_port = false;
  bool listening = false;
};

class PortTable {
 public:
  explicit PortTable(const TcpConfig& config)
      : first_(config.first_ephemeral_port), last_(config.last_ephemeral_port) {}

  // Answers a key for find() and release(). address_in_use where the matrix of SO_REUSEADDR and SO_REUSEPORT forbids
  // it, or no ephemeral port is free; no_buffer_space beyond 65,536 names.
  Result<std::uint64_t> bind(const Endpoint& local, bool reuse_address, bool reuse_port, RandomSource& random);
  void release(std::uint64_t key);
  [[nodiscard]] BoundName* find(std::uint64_t key);
  [[nodiscard]] const BoundName* find(std::uint64_t key) const;
  // May this name begin to listen beside the others that do? [SOCKETS.md bind matrix]
  [[nodiscard]] bool may_listen(std::uint64_t key) const;

  // Connections hold their local name too: it cannot be bound without SO_REUSEADDR while they last.
  void add_connection(const Endpoint& local);
  void remove_connection(const Endpoint& local);

  // A random port of the ephemeral range for which `is_free` answers true, trying each once. [RFC6056 3.3.1]
  template <class IsFree>
  std::optional<Port> choose(RandomSource& random, IsFree&& is_free) const {
    const std::uint32_t count = static_cast<std::uint32_t>(last_ - first_) + 1;
    auto offset = static_cast<std::uint32_t>(random.below(count));
    for (std::uint32_t tried = 0; tried < count; ++tried) {
      const Port port = static_cast<Port>(first_ + offset);
      if (is_free(port)) return port;
      offset = offset + 1 == count ? 0 : offset + 1;
    }
    return std::nullopt;
  }
  // No name at all is bound to the port.
  [[nodiscard]] bool is_unbound(Port port) const;

 private:
  [[nodiscard]] bool conflicts(const BoundName& wanted, std::uint64_t except) const;
  [[nodiscard]] bool is_held_by_connection(const Endpoint& local) const;

  Port first_;
  Port last_;
  std::map<std::pair<Port, std::uint64_t>, BoundName> names_;  // by port, then key
  std::map<std::uint64_t, Port> ports_by_key_;
  std::map<std::pair<Port, IpAddress>, std::uint32_t> connections_;  // connections with that local name
  std::uint64_t next_key_ = 1;
};

}  // namespace fourtuple::tcp
