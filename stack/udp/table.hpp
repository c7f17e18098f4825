// UDP sockets and who gets which datagram (RFC 768, RFC 1122 4.1).
#pragma once

#include <optional>
#include <unordered_map>
#include <vector>

#include "stack/base/notice.hpp"
#include "stack/base/random.hpp"
#include "stack/base/result.hpp"
#include "stack/base/slot_table.hpp"
#include "stack/udp/config.hpp"
#include "stack/wire/datagram_state.hpp"

namespace fourtuple::udp {

struct Socket : DatagramState {
  using DatagramState::DatagramState;

  UdpId id;
  Endpoint local;   // port 0: not bound yet
  Endpoint remote;  // port 0 and address 0.0.0.0: not connected
  bool is_connected = false;
  bool has_own_address = false;  // chosen by bind(): survives a disconnect
  bool has_own_port = false;
};

class Table {
 public:
  Table(const UdpConfig& config, RandomSource& random) : config_(config), hash_key_(random.secret_key()) {}

  // Fails with no_buffer_space at the limit.
  Result<UdpId> open(const DatagramOptions& options, OwnerId owner);
  [[nodiscard]] Socket* find(UdpId id) const { return sockets_.find(id.value); }
  void set_options(Socket& socket, const DatagramOptions& options);
  void close(UdpId id);

  // Fails with invalid_argument where the socket has a port, address_in_use where another socket has the name (or, for
  // port 0, every ephemeral port). Two sockets share a name if both set SO_REUSEADDR or both SO_REUSEPORT, as on Linux.
  Result<void> bind(Socket& socket, const Endpoint& local, RandomSource& random);
  // Binds an ephemeral port if the socket has none [RFC6056 3.3.1].
  Result<void> bind_if_needed(Socket& socket, RandomSource& random);
  // Precondition: the socket has a port. `local_address` is what an unbound address becomes.
  void connect(Socket& socket, const IpAddress& local_address, const Endpoint& remote);
  void disconnect(Socket& socket);

  // Who gets a unicast datagram, `name.local` being where it was sent to: the exact four-tuple, then one connected to
  // the sender on a wildcard address, then a specific address, then a wildcard. Among equals SO_REUSEPORT spreads by
  // the four-tuple; otherwise the youngest gets all, as on Linux. nullptr: nobody.
  [[nodiscard]] Socket* lookup(const FourTuple& name, std::size_t interface_index) const;
  // Everybody who gets a broadcast or multicast datagram that came by `interface_index`.
  [[nodiscard]] std::vector<Socket*> lookup_group(const FourTuple& name, std::size_t interface_index) const;
  // The socket that has sent, or could have sent, a datagram of this name (local is us); nullptr: none of ours.
  [[nodiscard]] Socket* sender_of(const FourTuple& name) const;

  template <class Visit>
  void for_each(Visit&& visit) const {
    sockets_.for_each(visit);
  }
  [[nodiscard]] std::size_t size() const { return sockets_.size(); }

 private:
  [[nodiscard]] bool has_conflict(const Socket& socket, const Endpoint& local) const;
  [[nodiscard]] std::optional<Port> pick_port(const Socket& socket, const IpAddress& address,
                                              RandomSource& random) const;
  struct PortRange {
    std::uint32_t first = 0;
    std::uint32_t count = 0;
  };
  [[nodiscard]] PortRange ports_for(const DatagramOptions& options) const;
  void take_port(Socket& socket, Port port);
  void give_port_back(Socket& socket);
  [[nodiscard]] std::size_t queue_bytes(const DatagramOptions& options) const;

  UdpConfig config_;
  SipKey hash_key_;
  SlotTable<Socket> sockets_;
  std::unordered_map<Port, std::vector<Socket*>> ports_;  // oldest first; never iterated as a whole
};

}  // namespace fourtuple::udp
