// A listener: a name waiting for strangers, the half-open connections it has, and those that wait to be accepted.
#pragma once

#include <algorithm>
#include <deque>
#include <map>
#include <vector>

#include "stack/tcp/config.hpp"
#include "stack/tcp/layer.hpp"

namespace fourtuple::tcp {

struct Listener {
  ListenerId id;
  Endpoint local;
  std::uint64_t binding = 0;
  std::uint32_t backlog = 0;
  ConnectionOptions options;
  OwnerId owner = 0;
  std::deque<ConnectionId> ready;      // established, in order
  std::deque<ConnectionId> half_open;  // SYN-RECEIVED, oldest first; may name some that are gone
  std::size_t half_open_count = 0;

  // Linux's rule: a backlog of n holds n + 1.
  [[nodiscard]] bool is_full() const { return ready.size() > backlog; }
};

// Listeners by name: the specific address first, then the wildcard. [RFC9293 3.10.7.1] Several share a name under
// [RFC9293 MUST-42]
// SO_REUSEPORT; then `hash` chooses, so that one connection's segments always meet the same listener.
class ListenerTable {
 public:
  [[nodiscard]] Listener* find(const Endpoint& local, std::uint64_t hash) const {
    if (Listener* exact = choose(local, hash)) return exact;
    return choose({any_of(local.address), local.port}, hash);
  }
  void insert(Listener* listener) { by_name_[listener->local].push_back(listener); }
  void erase(Listener* listener) {
    const auto at = by_name_.find(listener->local);
    if (at == by_name_.end()) return;
    std::erase(at->second, listener);
    if (at->second.empty()) by_name_.erase(at);
  }

 private:
  static IpAddress any_of(const IpAddress& address) {
    return address.is_v4() ? IpAddress(Ipv4Address{}) : IpAddress::from_words(0, 0);
  }
  [[nodiscard]] Listener* choose(const Endpoint& name, std::uint64_t hash) const {
    const auto at = by_name_.find(name);
    return at == by_name_.end() ? nullptr : at->second[hash % at->second.size()];
  }

  std::map<Endpoint, std::vector<Listener*>> by_name_;
};

}  // namespace fourtuple::tcp
