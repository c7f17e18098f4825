#include "stack/tcp/ports.hpp"

namespace fourtuple::tcp {
namespace {

constexpr std::size_t kMaxNames = 65536;

// [RFC9293 MUST-42]
bool overlap(const IpAddress& a, const IpAddress& b) { return a == b || a.is_any() || b.is_any(); }

// Two names on one port may stand side by side if both say SO_REUSEPORT, or both say SO_REUSEADDR and neither listens.
bool may_coexist(const BoundName& a, const BoundName& b) {
  if (!overlap(a.local.address, b.local.address)) return true;
  if (a.reuse_port && b.reuse_port) return true;
  return a.reuse_address && b.reuse_address && !a.listening && !b.listening;
}

}  // namespace

bool PortTable::conflicts(const BoundName& wanted, std::uint64_t except) const {
  const Port port = wanted.local.port;
  for (auto it = names_.lower_bound({port, 0}); it != names_.end() && it->first.first == port; ++it) {
    if (it->first.second != except && !may_coexist(wanted, it->second)) return true;
  }
  return !wanted.reuse_address && !wanted.reuse_port && is_held_by_connection(wanted.local);
}

bool PortTable::is_held_by_connection(const Endpoint& local) const {
  if (!local.address.is_any()) return connections_.contains({local.port, local.address});
  const auto first = connections_.lower_bound({local.port, IpAddress::from_words(0, 0)});
  return first != connections_.end() && first->first.first == local.port;
}

bool PortTable::is_unbound(Port port) const {
  const auto first = names_.lower_bound({port, 0});
  return first == names_.end() || first->first.first != port;
}

Result<std::uint64_t> PortTable::bind(const Endpoint& local, bool reuse_address, bool reuse_port,
                                      RandomSource& random) {
  if (names_.size() >= kMaxNames) return failure(std::errc::no_buffer_space);
  BoundName name{local, reuse_address, reuse_port, false};
  if (local.port == 0) {
    const auto port = choose(random, [&](Port candidate) {
      name.local.port = candidate;
      // A port that nobody at all uses is preferred over one that could be shared.
      return is_unbound(candidate) && !is_held_by_connection({local.address, candidate});
    });
    if (!port) return failure(std::errc::address_in_use);
    name.local.port = *port;
  } else if (conflicts(name, 0)) {
    return failure(std::errc::address_in_use);
  }
  const std::uint64_t key = next_key_++;
  names_.emplace(std::pair{name.local.port, key}, name);
  ports_by_key_.emplace(key, name.local.port);
  return key;
}

void PortTable::release(std::uint64_t key) {
  const auto port = ports_by_key_.find(key);
  if (port == ports_by_key_.end()) return;
  names_.erase({port->second, key});
  ports_by_key_.erase(port);
}

BoundName* PortTable::find(std::uint64_t key) {
  const auto port = ports_by_key_.find(key);
  return port == ports_by_key_.end() ? nullptr : &names_.at({port->second, key});
}

const BoundName* PortTable::find(std::uint64_t key) const {
  const auto port = ports_by_key_.find(key);
  return port == ports_by_key_.end() ? nullptr : &names_.at({port->second, key});
}

bool PortTable::may_listen(std::uint64_t key) const {
  const BoundName* const name = find(key);
  if (name == nullptr) return false;
  BoundName as_listener = *name;
  as_listener.listening = true;
  const Port port = name->local.port;
  for (auto it = names_.lower_bound({port, 0}); it != names_.end() && it->first.first == port; ++it) {
    // Names that are only bound do not mind a listener that was allowed beside them.
    if (it->first.second != key && it->second.listening && !may_coexist(as_listener, it->second)) return false;
  }
  return true;
}

void PortTable::add_connection(const Endpoint& local) { ++connections_[{local.port, local.address}]; }

void PortTable::remove_connection(const Endpoint& local) {
  const auto at = connections_.find({local.port, local.address});
  if (at != connections_.end() && --at->second == 0) connections_.erase(at);
}

}  // namespace fourtuple::tcp
