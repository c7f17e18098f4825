#include "stack/ip/raw_table.hpp"

#include <utility>

namespace fourtuple::ip {
namespace {

bool matches(const RawSocket& socket, std::uint8_t protocol, Ipv4Address local, Ipv4Address remote) {
  return socket.protocol == protocol && (socket.local.is_any() || socket.local == IpAddress(local)) &&
         (socket.remote.is_any() || socket.remote == IpAddress(remote));
}

}  // namespace

std::size_t RawTable::queue_bytes(const DatagramOptions& options) const {
  return options.receive_buffer_bytes != 0 ? options.receive_buffer_bytes : default_queue_bytes_;
}

Result<RawId> RawTable::open(std::uint8_t protocol, const DatagramOptions& options, OwnerId owner) {
  if (sockets_.size() >= limit_) return failure(std::errc::no_buffer_space);
  auto socket = std::make_unique<RawSocket>(protocol, options, owner, queue_bytes(options));
  RawSocket& added = *socket;
  added.id = {sockets_.add(std::move(socket))};
  ++wanted_[protocol];
  return added.id;
}

void RawTable::set_options(RawSocket& socket, const DatagramOptions& options) {
  socket.options = options;
  socket.queue.set_limit_bytes(queue_bytes(options));
}

void RawTable::close(RawId id) {
  const RawSocket* const socket = find(id);
  if (socket == nullptr) return;
  --wanted_[socket->protocol];
  sockets_.remove(id.value);
}

RawTable::Delivered RawTable::deliver(const Arrival& arrival, ByteView packet, BufferPool& pool,
                                      std::vector<Notice>& notices) {
  Delivered result;
  const wire::Ipv4Header& header = arrival.header;
  sockets_.for_each([&](RawSocket& socket) {
    if (!matches(socket, header.protocol, header.destination, header.source)) return;
    ++result.takers;
    auto copy = pool.copy(packet, 0);
    if (copy) {
      const std::size_t cost = copy->capacity() + sizeof(ReceivedDatagram);
      ReceivedDatagram datagram{.source = {header.source, 0},
                                .destination = header.destination,
                                .ttl = header.ttl,
                                .tos = header.tos,
                                .interface_index = arrival.way.interface_index,
                                .payload = std::move(*copy)};
      if (socket.queue.push(std::move(datagram), cost)) {
        if (socket.owner != 0) notices.push_back({socket.owner, {Readiness::kReadable}});
        return;
      }
    }
    ++result.full;
  });
  return result;
}

bool RawTable::report(std::uint8_t protocol, Ipv4Address local, Ipv4Address remote, std::errc error,
                      std::vector<Notice>& notices) {
  if (!is_wanted(protocol)) return false;
  bool has_taker = false;
  sockets_.for_each([&](RawSocket& socket) {
    if (!matches(socket, protocol, local, remote)) return;
    has_taker = true;
    if (socket.remote.is_any()) return;
    socket.error = error;
    if (socket.owner != 0) notices.push_back({socket.owner, {Readiness::kError | Readiness::kReadable}});
  });
  return has_taker;
}

}  // namespace fourtuple::ip
