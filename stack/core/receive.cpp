// Frames come in: link, IP, reassembly, and to the protocol they carry.
#include <utility>

#include "stack/core/parts.hpp"
#include "stack/wire/tcp.hpp"

namespace fourtuple {
namespace {

bool must_be_summed(const OffloadInfo& offload) { return offload.checksum == ChecksumState::kUnknown; }

}  // namespace

void Stack::Parts::receive_frames(std::size_t interface_index, std::span<PacketBuffer> frames, Instant now) {
  for (PacketBuffer& frame : frames) receive_frame(interface_index, std::move(frame), now);
}

void Stack::Parts::end_batch(Instant now) {
  tcp::Context tcp_context = context(now);
  tcp.end_batch(tcp_context);
}

void Stack::Parts::receive_frame(std::size_t interface_index, PacketBuffer&& frame, Instant now) {
  ++counters.frames_received;
  counters.bytes_received += frame.size();
  if (frame.offload.gso_size != 0) ++counters.super_frames_received;
  if (sink != nullptr) tracer(now).emit(0, trace::FrameReceived{std::as_const(frame).bytes(), frame.offload.gso_size});
  const auto arrival = link::accept_frame(frame.bytes(), interfaces[interface_index].config.mac);
  if (!arrival) return drop(arrival.error(), frame.bytes(), now);
  if (arrival->header.type == wire::ether_type::kArp) return receive_arp(interface_index, frame.bytes(), now);
  frame.remove_front(wire::kEthernetHeaderSize);
  const bool is_link_unicast = arrival->destination == link::Destination::kUnicast;  // [RFC1122 2.4]
  receive_packet(std::move(frame), {interface_index, is_link_unicast, false}, now);
}

void Stack::Parts::receive_packet(PacketBuffer&& packet, const ip::Way& way, Instant now) {
  const auto arrival = ip::accept_packet(packet.bytes(), way, addresses, is_group_member, config.verify_checksums,
                                         config.ip.accept_source_routes);
  if (!arrival) return drop(arrival.error(), frame_around(packet.bytes()), now);
  packet.remove_back(packet.size() - arrival->header.total_length);  // link padding
  if (arrival->header.is_fragment()) return receive_fragment(*arrival, std::move(packet), now);
  deliver(*arrival, std::move(packet), now);
}

void Stack::Parts::receive_fragment(const ip::Arrival& arrival, PacketBuffer&& packet, Instant now) {
  ++counters.fragments_received;
  auto answer = reassembler.add(arrival.header, std::move(packet), now, pool);
  for (std::size_t i = 0; i < answer.evicted; ++i) drop(DropReason::kFragmentLimit, {}, now);
  if (answer.dropped) return drop(*answer.dropped, {}, now);
  if (!answer.complete) return;
  ++counters.reassembled;
  const auto header = wire::Ipv4Header::parse(answer.complete->bytes(), false);
  if (!header) return drop(header.error(), {}, now);
  // A frame around it, as it would have come in one piece.
  wire::EthernetHeader{.destination = {}, .source = {}, .type = wire::ether_type::kIpv4}.emit(
      answer.complete->prepend(wire::kEthernetHeaderSize));
  answer.complete->remove_front(wire::kEthernetHeaderSize);
  deliver({*header, arrival.destination, arrival.way}, std::move(*answer.complete), now);
}

void Stack::Parts::deliver(const ip::Arrival& arrival, PacketBuffer&& packet, Instant now) {
  const std::uint8_t protocol = arrival.header.protocol;
  std::size_t takers = 0;
  if (raw.is_wanted(protocol)) {
    // [RFC1122 3.2.1.8(b), 3.2.2.6(d)]
    const auto delivered = raw.deliver(arrival, packet.bytes(), now, pool, outbox.notices);
    takers = delivered.takers;
    for (std::size_t i = 0; i < delivered.full; ++i)
      drop(DropReason::kSocketQueueFull, frame_around(packet.bytes()), now);
  }
  switch (protocol) {
    case wire::ip_protocol::kTcp:
      return deliver_tcp(arrival, std::move(packet), now);
    case wire::ip_protocol::kUdp:
      return deliver_udp(arrival, std::move(packet), now);
    case wire::ip_protocol::kIcmp:
      return deliver_icmp(arrival, packet.bytes(), now);
    case wire::ip_protocol::kIgmp:
      return deliver_igmp(arrival, packet.bytes(), now);
    default:
      break;
  }
  if (takers != 0) return;
  drop(DropReason::kIpUnknownProtocol, frame_around(packet.bytes()), now);
  // [RFC792 unreachable]
  send_icmp_error(arrival, packet.bytes(), {.code = wire::icmp_unreachable::kProtocol}, now);  // [RFC1122 3.2.2.1]
}

void Stack::Parts::deliver_tcp(const ip::Arrival& arrival, PacketBuffer&& packet, Instant now) {
  const wire::Ipv4Header& header = arrival.header;
  const bool is_group = arrival.destination != ip::Destination::kUnicast;
  if (is_group) return drop(DropReason::kTcpBadAddress, frame_around(packet.bytes()), now);  // [RFC9293 MUST-57]
  const auto view = wire::TcpView::parse(std::as_const(packet).bytes().subspan(header.header_size));
  if (!view) return drop(view.error(), frame_around(packet.bytes()), now);
  const bool is_unverified = config.verify_checksums && must_be_summed(packet.offload);
  if (is_unverified && !view->checksum_is_good(header.source, header.destination)) {
    return drop(DropReason::kTcpBadChecksum, frame_around(packet.bytes()), now);  // [RFC9293 MUST-3]
  }
  Segment segment = view->to_segment();
  segment.congestion_experienced = wire::ecn::is_marked(header.tos);  // [RFC3168 5]
  if (segment.source_port == 0 || segment.destination_port == 0) {
    return drop(DropReason::kTcpBadAddress, frame_around(packet.bytes()), now);
  }
  const FourTuple name{{header.destination, segment.destination_port}, {header.source, segment.source_port}};
  const std::size_t tcp_header = packet.size() - header.header_size - segment.payload.size();
  if (!admit_segment(arrival, name, segment.flags, std::as_const(packet).bytes(), tcp_header, now)) return;
  tcp::PathInfo path;
  if (segment.flags.syn()) {
    const wire::IpOptions& options = options_for(name);
    if (const auto exit = exit_to(options.first_hop(header.source))) path = way_by(*exit, options.size()).path;
  }
  tcp::Context tcp_context = context(now);
  tcp.receive(header.destination, header.source, segment, std::move(packet), path, tcp_context);
}

}  // namespace fourtuple
