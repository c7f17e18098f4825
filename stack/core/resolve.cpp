// Next hops: ARP questions and answers, frames that wait for them, and what happens when nobody answers.
#include <algorithm>
#include <utility>

#include "drivers/frame_copy.hpp"
#include "stack/core/parts.hpp"
#include "stack/wire/tcp.hpp"

namespace fourtuple {

std::optional<MacAddress> Stack::Parts::link_address(const Exit& exit, Instant now) {
  if (exit.kind == Exit::Kind::kBroadcast) return MacAddress::broadcast();
  if (exit.kind == Exit::Kind::kMulticast) return link::multicast_mac(exit.next_hop);
  const auto answer = neighbours.resolve({exit.interface_index, exit.next_hop}, now, tracer(now), outcome);
  carry_out(outcome, now);
  return answer ? *answer : std::nullopt;  // no room in the table: parking will say so
}

void Stack::Parts::park(const Exit& exit, const TransmitFrame& frame, Cause cause, Instant now) {
  auto copy = copy_frame(frame, pool);
  if (!copy) return drop(DropReason::kNoBuffer, frame.pieces[0], now);
  const auto refused = neighbours.park({exit.interface_index, exit.next_hop}, std::move(*copy), cause, outcome);
  if (refused) drop(*refused, frame.pieces[0], now);
  carry_out(outcome, now);
}

void Stack::Parts::carry_out(link::Outcome& wanted, Instant now) {
  for (const link::Question& question : wanted.questions) ask_neighbour(question, now);
  for (link::ParkedFrame& parked : wanted.released) {
    const ByteSpan bytes = parked.frame.bytes();
    std::copy(parked.mac.octets.begin(), parked.mac.octets.end(), bytes.begin());
    egress.add(parked.next_hop.interface_index, std::move(parked.frame), parked.cause, tracer(now));
  }
  for (const PacketBuffer& frame : wanted.crowded_out) drop(DropReason::kArpQueueFull, frame.bytes(), now);
  for (const link::ParkedFrame& parked : wanted.failed) {
    drop(DropReason::kArpFailed, parked.frame.bytes(), now);
    report_unreachable(parked.frame.bytes(), now);  // [RFC1122 2.5]
  }
  wanted.clear();
}

// A next hop that does not answer is what a router would report as "host unreachable". For a connection that is still
// opening that is final, as on Linux: nobody there will ever answer the SYN. Later it may pass, and is only remembered.
void Stack::Parts::report_unreachable(ByteView frame, Instant now) {
  const auto quoted = wire::IcmpQuotation::parse(frame.subspan(wire::kEthernetHeaderSize));
  if (!quoted) return;
  tcp::NetworkReport report{.kind = tcp::NetworkReport::Kind::kSoft,
                            .error = std::errc::host_unreachable,
                            .send_mss = 0,
                            .quoted_seq = quoted->seq};
  if (quoted->header.protocol == wire::ip_protocol::kTcp) {
    const auto view = wire::TcpView::parse(quoted->transport);
    if (view && view->to_segment().flags.syn()) report.kind = tcp::NetworkReport::Kind::kHard;
  }
  // To a datagram socket it looks as if a router had said so.
  const wire::IcmpHeader as_if{.type = wire::icmp_type::kUnreachable, .code = wire::icmp_unreachable::kHost};
  NetworkError details = describe_error(*quoted, as_if, report.error, quoted->header.source);
  (void)tell_sender(*quoted, report, std::move(details), now);
}

// TCP's segments are not answered: perhaps the next hop is not there any more, or has another MAC address.
// [RFC9293 MUST-20(a)] [RFC1122 3.3.1.4(a)]
void Stack::Parts::question_paths(Instant now) {
  for (const IpAddress& remote : outbox.doubted) {
    const auto exit = exit_to(remote.v4());
    if (!exit || exit->kind != Exit::Kind::kUnicast) continue;
    neighbours.doubt({exit->interface_index, exit->next_hop}, now, tracer(now), outcome);
  }
  outbox.doubted.clear();
  carry_out(outcome, now);
}

void Stack::Parts::receive_arp(std::size_t interface_index, ByteView frame, Instant now) {
  const auto arp = wire::ArpPacket::parse(frame.subspan(wire::kEthernetHeaderSize));
  if (!arp) return drop(DropReason::kArpMalformed, frame, now);
  ++counters.arp_received;
  const link::NeighbourTable::Local local{
      .interface_index = interface_index,
      .mac = interfaces[interface_index].config.mac,
      .is_ours = [&](Ipv4Address address) { return addresses.is_assigned(interface_index, address); },
      .is_on_link = [&](Ipv4Address address) { return addresses.is_on_link(interface_index, address); }};
  const auto answer = neighbours.receive(*arp, local, now, tracer(now), outcome);
  if (answer.dropped) drop(*answer.dropped, frame, now);
  if (answer.reply) send_arp(interface_index, *answer.reply, answer.reply->target_mac, Cause::kArpAnswer, now);
  carry_out(outcome, now);
}

void Stack::Parts::ask_neighbour(const link::Question& question, Instant now) {
  const std::size_t interface_index = question.about.interface_index;
  const wire::ArpPacket request{.operation = wire::ArpPacket::Operation::kRequest,
                                .sender_mac = interfaces[interface_index].config.mac,
                                .sender_ip = addresses.source_for(interface_index, question.about.address),
                                .target_mac = {},
                                .target_ip = question.about.address};
  send_arp(interface_index, request, question.to, Cause::kArpQuestion, now);
}

void Stack::Parts::send_arp(std::size_t interface_index, const wire::ArpPacket& arp, const MacAddress& to, Cause cause,
                            Instant now) {
  ++counters.arp_sent;
  constexpr std::size_t kSize = wire::kEthernetHeaderSize + wire::kArpSize;
  const ByteSpan bytes = egress.headers().room();
  wire::EthernetHeader{
      .destination = to, .source = interfaces[interface_index].config.mac, .type = wire::ether_type::kArp}
      .emit(bytes);
  arp.emit(bytes.subspan(wire::kEthernetHeaderSize));
  TransmitFrame frame;
  frame.pieces[0] = egress.headers().commit(kSize);
  frame.piece_count = 1;
  egress.add(interface_index, frame, cause, tracer(now));
}

}  // namespace fourtuple
