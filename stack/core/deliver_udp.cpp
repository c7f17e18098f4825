// UDP datagrams come in.
#include <utility>

#include "stack/core/parts.hpp"
#include "stack/wire/udp.hpp"

namespace fourtuple {
namespace {

ReceivedDatagram describe_datagram(const ip::Arrival& arrival, const FourTuple& name, ByteView packet, Instant now) {
  ReceivedDatagram datagram{.source = name.remote,
                            .destination = name.local.address,  // [RFC1122 4.1.3.5]
                            .ttl = arrival.header.ttl,
                            .tos = arrival.header.tos,  // [RFC1122 3.2.1.6(a), 4.1.4]
                            .interface_index = arrival.way.interface_index,
                            .payload = {},
                            .destination_port = name.local.port,
                            .received_at = now};
  // [RFC1122 4.1.3.2]
  datagram.set_ip_options(packet.subspan(wire::kIpv4HeaderSize, arrival.header.header_size - wire::kIpv4HeaderSize));
  return datagram;
}

}  // namespace

void Stack::Parts::deliver_udp(const ip::Arrival& arrival, PacketBuffer&& packet, Instant now) {
  const wire::Ipv4Header& ip = arrival.header;
  const ByteView datagram = std::as_const(packet).bytes().subspan(ip.header_size);
  const auto header = wire::UdpHeader::parse(datagram);
  if (!header) return drop(header.error(), frame_around(packet.bytes()), now);
  const bool is_unverified = config.verify_checksums && packet.offload.checksum == ChecksumState::kUnknown;
  if (is_unverified && !header->checksum_is_good(ip.source, ip.destination, datagram)) {
    return drop(DropReason::kUdpBadChecksum, frame_around(packet.bytes()), now);  // [RFC1122 4.1.3.4]
  }
  const FourTuple name{{ip.destination, header->destination_port}, {ip.source, header->source_port}};
  const std::size_t payload_bytes = header->length - wire::kUdpHeaderSize;
  if (arrival.destination != ip::Destination::kUnicast) {
    return deliver_udp_to_group(arrival, name, std::as_const(packet).bytes(),
                                datagram.subspan(wire::kUdpHeaderSize, payload_bytes), now);
  }
  udp::Socket* const socket = udp.lookup(name, arrival.way.interface_index);  // [RFC768 ports]
  if (socket == nullptr) {
    drop(DropReason::kUdpClosedPort, frame_around(packet.bytes()), now);
    // [RFC792 unreachable]
    return send_icmp_error(arrival, packet.bytes(), {.code = wire::icmp_unreachable::kPort}, now);  // [RFC1122 4.1.3.1]
  }
  ReceivedDatagram datagram_in = describe_datagram(arrival, name, packet.bytes(), now);
  packet.remove_front(ip.header_size + wire::kUdpHeaderSize);
  packet.remove_back(packet.size() - payload_bytes);
  datagram_in.payload = std::move(packet);
  queue_datagram(*socket, std::move(datagram_in), now);
}

void Stack::Parts::deliver_udp_to_group(const ip::Arrival& arrival, const FourTuple& name, ByteView packet,
                                        ByteView payload, Instant now) {
  const auto sockets = udp.lookup_group(name, arrival.way.interface_index);
  if (sockets.empty()) return drop(DropReason::kUdpClosedPort, frame_around(packet), now);
  for (udp::Socket* const socket : sockets) {
    auto copy = pool.copy(payload, 0);
    if (!copy) return drop(DropReason::kNoBuffer, frame_around(packet), now);
    ReceivedDatagram datagram_in = describe_datagram(arrival, name, packet, now);
    datagram_in.payload = std::move(*copy);
    queue_datagram(*socket, std::move(datagram_in), now);
  }
}

void Stack::Parts::queue_datagram(udp::Socket& socket, ReceivedDatagram&& datagram, Instant now) {
  // A small datagram in a large receive buffer would cost the socket many times what it brings.
  const PacketBuffer& payload = datagram.payload;
  if (payload.capacity() > 2 * payload.size() + 512) {
    auto copy = pool.copy(payload.bytes(), 0);
    if (!copy) return drop(DropReason::kNoBuffer, {}, now);
    datagram.payload = std::move(*copy);
  }
  if (!socket.deliver(std::move(datagram), outbox.notices)) return drop(DropReason::kSocketQueueFull, {}, now);
  ++counters.datagrams_received;
}

}  // namespace fourtuple
