#include "stack/udp/table.hpp"

#include <algorithm>
#include <utility>

namespace fourtuple::udp {
namespace {

bool overlap(const IpAddress& a, const IpAddress& b) { return a == b || a.is_any() || b.is_any(); }

bool may_share(const DatagramOptions& a, const DatagramOptions& b) {
  return (a.reuse_address && b.reuse_address) || (a.reuse_port && b.reuse_port);
}

constexpr std::size_t kAnyInterface = static_cast<std::size_t>(-2);

// How well a socket fits: -1 not at all; a device counts more than a connection, that more than a specific address.
int score(const Socket& socket, const FourTuple& name, std::size_t interface_index) {
  if (interface_index != kAnyInterface && !socket.hears_interface(interface_index)) return -1;
  int points = socket.options.interface_index ? 4 : 0;
  if (!socket.local.address.is_any()) {
    if (socket.local.address != name.local.address) return -1;
    points += 1;
  }
  if (socket.is_connected) {
    if (socket.remote != name.remote) return -1;
    points += 2;
  }
  return points;
}

Socket* nth_of_score(const std::vector<Socket*>& sockets, const FourTuple& name, std::size_t interface_index,
                     int points, std::uint64_t n) {
  for (Socket* socket : sockets) {
    if (score(*socket, name, interface_index) == points && n-- == 0) return socket;
  }
  return nullptr;
}

}  // namespace

std::size_t Table::queue_bytes(const DatagramOptions& options) const {
  return options.receive_buffer_bytes != 0 ? options.receive_buffer_bytes : config_.receive_buffer_bytes;
}

Result<UdpId> Table::open(const DatagramOptions& options, OwnerId owner) {
  if (sockets_.size() >= config_.max_sockets) return failure(std::errc::no_buffer_space);
  auto socket = std::make_unique<Socket>(options, owner, queue_bytes(options));
  Socket& added = *socket;
  added.id = {sockets_.add(std::move(socket))};
  return added.id;
}

void Table::set_options(Socket& socket, const DatagramOptions& options) {
  socket.options = options;
  socket.queue.set_limit_bytes(queue_bytes(options));
}

void Table::close(UdpId id) {
  Socket* const socket = find(id);
  if (socket == nullptr) return;
  give_port_back(*socket);
  sockets_.remove(id.value);
}

Result<void> Table::bind(Socket& socket, const Endpoint& local, RandomSource& random) {
  if (socket.local.port != 0) return failure(std::errc::invalid_argument);
  if (local.port != 0 && has_conflict(socket, local)) return failure(std::errc::address_in_use);
  const auto port = local.port != 0 ? std::optional<Port>(local.port) : pick_port(socket, local.address, random);
  if (!port) return failure(std::errc::address_in_use);
  socket.local.address = local.address;
  socket.has_own_address = !local.address.is_any();
  socket.has_own_port = local.port != 0;
  take_port(socket, *port);
  return {};
}

Result<void> Table::bind_if_needed(Socket& socket, RandomSource& random) {
  if (socket.local.port != 0) return {};
  return bind(socket, {socket.local.address, 0}, random);
}

void Table::connect(Socket& socket, const IpAddress& local_address, const Endpoint& remote) {
  if (!socket.has_own_address) socket.local.address = local_address;
  socket.remote = remote;
  socket.is_connected = true;
}

void Table::disconnect(Socket& socket) {
  socket.remote = {};
  socket.is_connected = false;
  if (!socket.has_own_address) socket.local.address = {};
  if (!socket.has_own_port) give_port_back(socket);
}

bool Table::has_conflict(const Socket& socket, const Endpoint& local) const {
  const auto found = ports_.find(local.port);
  if (found == ports_.end()) return false;
  return std::any_of(found->second.begin(), found->second.end(), [&](const Socket* other) {
    return other != &socket && overlap(other->local.address, local.address) &&
           !may_share(other->options, socket.options);
  });
}

// IP_LOCAL_PORT_RANGE narrows the range of the configuration; a bound outside of that counts for nothing, as on Linux.
Table::PortRange Table::ports_for(const DatagramOptions& options) const {
  const auto is_inside = [&](Port port) {
    return port >= config_.first_ephemeral_port && port <= config_.last_ephemeral_port;
  };
  const Port first = is_inside(options.lowest_port) ? options.lowest_port : config_.first_ephemeral_port;
  const Port last = is_inside(options.highest_port) ? options.highest_port : config_.last_ephemeral_port;
  return {first, last >= first ? last - first + 1U : 1U};
}

// A random start, then one by one: simple, unpredictable, and it finds the last free port. [RFC6056 3.3.1]
std::optional<Port> Table::pick_port(const Socket& socket, const IpAddress& address, RandomSource& random) const {
  const PortRange range = ports_for(socket.options);  // [RFC6056 3.2]
  const auto start = static_cast<std::uint32_t>(random.below(range.count));
  for (std::uint32_t i = 0; i < range.count; ++i) {
    const auto port = static_cast<Port>(range.first + (start + i) % range.count);
    const auto found = ports_.find(port);
    if (found == ports_.end()) return port;
    const bool is_free = std::none_of(found->second.begin(), found->second.end(), [&](const Socket* other) {
      return other != &socket && overlap(other->local.address, address);
    });
    if (is_free) return port;
  }
  return std::nullopt;
}

void Table::take_port(Socket& socket, Port port) {
  socket.local.port = port;
  ports_[port].push_back(&socket);
}

void Table::give_port_back(Socket& socket) {
  const auto found = ports_.find(socket.local.port);
  if (found != ports_.end()) {
    std::erase(found->second, &socket);
    if (found->second.empty()) ports_.erase(found);
  }
  socket.local.port = 0;
}

Socket* Table::lookup(const FourTuple& name, std::size_t interface_index) const {
  const auto found = ports_.find(name.local.port);
  if (found == ports_.end()) return nullptr;
  int best = -1;
  std::size_t equals = 0;
  bool all_spread = true;
  Socket* youngest = nullptr;
  for (Socket* socket : found->second) {
    const int points = score(*socket, name, interface_index);
    if (points < 0 || points < best) continue;
    if (points > best) best = points, equals = 0, all_spread = true;
    ++equals;
    all_spread = all_spread && socket->options.reuse_port;
    youngest = socket;
  }
  if (equals <= 1 || !all_spread) return youngest;
  return nth_of_score(found->second, name, interface_index, best,
                      siphash13(hash_key_, name.remote.address.low(), name.remote.port) % equals);
}

std::vector<Socket*> Table::lookup_group(const FourTuple& name, std::size_t interface_index) const {
  std::vector<Socket*> result;
  const auto found = ports_.find(name.local.port);
  if (found == ports_.end()) return result;
  const Ipv4Address group = name.local.address.v4();
  for (Socket* socket : found->second) {
    if (score(*socket, name, interface_index) < 0) continue;
    const bool hears = !group.is_multicast() || socket->groups.hears(group, interface_index, name.remote.address.v4(),
                                                                     socket->options.multicast_all);
    if (hears) result.push_back(socket);
  }
  return result;
}

Socket* Table::sender_of(const FourTuple& name) const { return lookup(name, kAnyInterface); }

}  // namespace fourtuple::udp
