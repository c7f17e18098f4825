// Packets other than TCP's go out: whole or in fragments, to the wire, to ourselves, or to both.
#include <cstring>
#include <utility>

#include "drivers/frame_copy.hpp"
#include "stack/core/parts.hpp"
#include "stack/ip/fragment.hpp"

namespace fourtuple {
namespace {

void prepend_header(IpPacket& packet) {
  const Ipv4Address destination = packet.header.destination;
  packet.options.emit(packet.payload.prepend(packet.options.size()), destination);
  (void)packet.payload.prepend(wire::kIpv4HeaderSize);
  packet.header.header_size = static_cast<std::uint8_t>(wire::kIpv4HeaderSize + packet.options.size());
  packet.header.total_length = static_cast<std::uint16_t>(packet.payload.size());
  packet.header.destination = packet.options.first_hop(destination);
  packet.header.emit(packet.payload.bytes());
}

}  // namespace

Result<void> Stack::Parts::send_packet(IpPacket&& packet, const Exit& exit, Instant now) {
  const std::size_t size = wire::kIpv4HeaderSize + packet.options.size() + packet.payload.size();
  const bool is_group = exit.kind == Exit::Kind::kBroadcast || exit.kind == Exit::Kind::kMulticast;
  if (size > wire::kIpv4MaxPacketSize || (size > exit.mtu && packet.header.dont_fragment)) {  // [RFC791 3.2(c)]
    drop(DropReason::kIpTooBig, {}, now);
    return failure(std::errc::message_size);
  }
  packet.header.identification =
      identification.take(packet.header.source, packet.header.destination, packet.header.protocol);
  const bool is_inside = is_group && exit.interface_index == ip::kLoopbackInterface;
  if (is_group && (packet.loops_back || is_inside)) loop_group_copy(packet, exit, now);
  if (is_inside) return {};
  if (packet.header.ttl == 0) {
    drop(DropReason::kIpTtlExpired, {}, now);  // a multicast TTL of 0 stays on this host [RFC1122 3.2.1.7]
    return {};
  }
  if (size <= exit.mtu) {  // [RFC1122 3.3.3]
    send_whole(std::move(packet), exit, now);
  } else {
    send_fragments(std::move(packet), exit, now);
  }
  if (egress.is_full()) egress.send(now, tracer(now));
  return {};
}

void Stack::Parts::send_whole(IpPacket&& packet, const Exit& exit, Instant now) {
  prepend_header(packet);
  (void)packet.payload.prepend(wire::kEthernetHeaderSize);
  packet.payload.offload = {.checksum = ChecksumState::kComplete};
  if (exit.kind == Exit::Kind::kLocal) {
    return loop_back(ip::kLoopbackInterface, std::move(packet.payload), packet.cause, now);
  }
  transmit_buffer(exit, std::move(packet.payload), packet.cause, now);
}

void Stack::Parts::transmit_buffer(const Exit& exit, PacketBuffer&& frame, Cause cause, Instant now) {
  const TransmitFrame view = frame_of(frame);
  const ByteSpan ethernet = frame.bytes().first(wire::kEthernetHeaderSize);
  egress.keep(std::move(frame));  // the octets stay where they are when their owner moves
  transmit(exit, view, ethernet, cause, now);
}

// The first fragment has all options, the others those that are to be copied. [RFC791 3.2]
void Stack::Parts::send_fragments(IpPacket&& packet, const Exit& exit, Instant now) {
  const ByteView payload = egress.keep(std::move(packet.payload));
  const Ipv4Address destination = packet.header.destination;
  const wire::IpOptions copied = packet.options.copied();
  packet.header.header_size = static_cast<std::uint8_t>(wire::kIpv4HeaderSize + packet.options.size());
  ip::for_each_fragment(packet.header, payload.size(), exit.mtu,
                        [&](wire::Ipv4Header header, std::size_t offset, std::size_t size) {
                          ++counters.fragments_sent;
                          const wire::IpOptions& options = offset == 0 ? packet.options : copied;
                          header.header_size = static_cast<std::uint8_t>(wire::kIpv4HeaderSize + options.size());
                          header.total_length = static_cast<std::uint16_t>(header.header_size + size);
                          header.destination = options.first_hop(destination);
                          const ByteSpan headers = egress.headers().room();
                          const ByteSpan ip_header = headers.subspan(wire::kEthernetHeaderSize);
                          options.emit(ip_header.subspan(wire::kIpv4HeaderSize), destination);
                          header.emit(ip_header);
                          TransmitFrame frame;
                          frame.pieces[0] = egress.headers().commit(wire::kEthernetHeaderSize + header.header_size);
                          frame.pieces[1] = payload.subspan(offset, size);
                          frame.piece_count = 2;
                          frame.offload.checksum = ChecksumState::kComplete;
                          transmit(exit, frame, headers.first(wire::kEthernetHeaderSize), packet.cause, now);
                        });
}

// What goes to a group goes to our own members of it, too.
void Stack::Parts::loop_group_copy(const IpPacket& packet, const Exit& exit, Instant now) {
  if (exit.kind == Exit::Kind::kMulticast && !groups.is_member(exit.interface_index, exit.next_hop)) return;
  auto copy = pool.copy(packet.payload.bytes());
  if (!copy) return drop(DropReason::kNoBuffer, {}, now);
  IpPacket looped{
      .header = packet.header, .payload = std::move(*copy), .cause = packet.cause, .options = packet.options};
  prepend_header(looped);
  (void)looped.payload.prepend(wire::kEthernetHeaderSize);
  looped.payload.offload = {.checksum = ChecksumState::kComplete};
  loop_back(exit.interface_index, std::move(looped.payload), packet.cause, now);
}

// `ethernet` is where the frame begins: the Ethernet header is written here, when the next hop's MAC is known, or
// left for whoever releases the parked frame.
void Stack::Parts::transmit(const Exit& exit, const TransmitFrame& frame, ByteSpan ethernet, Cause cause, Instant now) {
  const auto mac = link_address(exit, now);
  wire::EthernetHeader{.destination = mac.value_or(MacAddress{}),
                       .source = interfaces[exit.interface_index].config.mac,
                       .type = wire::ether_type::kIpv4}
      .emit(ethernet);
  if (!mac) return park(exit, frame, cause, now);
  egress.add(exit.interface_index, frame, cause, tracer(now));
}

}  // namespace fourtuple
