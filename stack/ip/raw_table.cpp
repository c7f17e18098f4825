#include "stack/ip/raw_table.hpp"

#include <utility>

namespace fourtuple::ip {
namespace {

bool matches(const RawSocket& socket, std::uint8_t protocol, Ipv4Address local, Ipv4Address remote) {
  return socket.protocol == protocol && (socket.local.is_any() || socket.local == IpAddress(local)) &&
         (socket.remote.is_any() || socket.remote == IpAddress(remote));
}

bool hears(const RawSocket& socket, const Arrival& arrival) {
  const std::size_t interface_index = arrival.way.interface_index;
  if (!socket.hears_interface(interface_index)) return false;
  return arrival.destination != Destination::kMulticast ||
         socket.groups.hears(arrival.header.destination, interface_index, arrival.header.source,
                             socket.options.multicast_all);
}

// ICMP_FILTER, raw(7): a bit for each type that is not wanted; there are none for the types above 31.
bool is_filtered(const RawSocket& socket, const wire::Ipv4Header& header, ByteView packet) {
  if (header.protocol != wire::ip_protocol::kIcmp || packet.size() <= header.header_size) return false;
  const std::uint8_t type = packet[header.header_size];
  return type < 32 && (socket.options.icmp_filter >> type & 1) != 0;
}

ReceivedDatagram describe(const Arrival& arrival, ByteView packet, PacketBuffer&& copy, Instant now) {
  const wire::Ipv4Header& header = arrival.header;
  ReceivedDatagram datagram{.source = {header.source, 0},
                            .destination = header.destination,
                            .ttl = header.ttl,
                            .tos = header.tos,
                            .interface_index = arrival.way.interface_index,
                            .payload = std::move(copy),
                            .received_at = now};
  datagram.set_ip_options(packet.subspan(wire::kIpv4HeaderSize, header.header_size - wire::kIpv4HeaderSize));
  return datagram;
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

RawTable::Delivered RawTable::deliver(const Arrival& arrival, ByteView packet, Instant now, BufferPool& pool,
                                      std::vector<Notice>& notices) {
  Delivered result;
  const wire::Ipv4Header& header = arrival.header;
  sockets_.for_each([&](RawSocket& socket) {
    if (!matches(socket, header.protocol, header.destination, header.source) || !hears(socket, arrival)) return;
    ++result.takers;
    if (is_filtered(socket, header, packet)) return;
    auto copy = pool.copy(packet, 0);
    if (!copy || !socket.deliver(describe(arrival, packet, std::move(*copy), now), notices)) ++result.full;
  });
  return result;
}

std::vector<RawSocket*> RawTable::senders_of(std::uint8_t protocol, Ipv4Address local, Ipv4Address remote) const {
  std::vector<RawSocket*> result;
  if (!is_wanted(protocol)) return result;
  sockets_.for_each([&](RawSocket& socket) {
    if (matches(socket, protocol, local, remote)) result.push_back(&socket);
  });
  return result;
}

}  // namespace fourtuple::ip
