// ICMP and IGMP: what others tell us of our packets, and what we tell them of theirs.
#include <utility>

#include "stack/core/parts.hpp"
#include "stack/wire/udp.hpp"

namespace fourtuple {
namespace {

constexpr std::size_t kIpAndTcpHeader = 40;
constexpr std::uint8_t kNetworkControl = 0xc0;  // precedence of routing and group traffic (RFC 791 3.1)

// What came by a source route is answered along it. [RFC1122 3.2.2, 3.2.2.6]
wire::IpOptions way_back(const ip::Arrival& arrival, ByteView packet) {
  const ByteView options = packet.subspan(wire::kIpv4HeaderSize, arrival.header.header_size - wire::kIpv4HeaderSize);
  return wire::IpOptions::return_route(options).value_or(wire::IpOptions());
}

}  // namespace

void Stack::Parts::deliver_icmp(const ip::Arrival& arrival, ByteView packet, Instant now) {
  const ByteView message = packet.subspan(arrival.header.header_size);
  const auto header = wire::IcmpHeader::parse(message, config.verify_checksums);
  if (!header) return drop(header.error(), frame_around(packet), now);
  ++counters.icmp_received;
  // [RFC1122 3.2.2.6]
  if (header->type == wire::icmp_type::kEchoRequest) return answer_echo(arrival, *header, packet, now);
  if (header->type == wire::icmp_type::kEchoReply) return;  // raw sockets have had their copy
  if (header->is_error()) return take_error(arrival, *header, packet, now);
  drop(DropReason::kIcmpUnknownType, frame_around(packet), now);  // [RFC1122 3.2.2, 3.2.2.7, 3.2.2.9]
}

void Stack::Parts::answer_echo(const ip::Arrival& arrival, const wire::IcmpHeader& request, ByteView packet,
                               Instant now) {
  const bool is_group = arrival.destination != ip::Destination::kUnicast || !arrival.way.is_link_unicast;
  if (is_group) return drop(DropReason::kIcmpBroadcast, frame_around(packet), now);  // [RFC1122 3.2.2.6, 3.2.2.6(a)]
  if (!icmp.may_echo(now)) return drop(DropReason::kIcmpRateLimited, frame_around(packet), now);
  const wire::IpOptions back = way_back(arrival, packet);
  const auto exit = exit_to(back.first_hop(arrival.header.source));
  if (!exit) return drop(DropReason::kIpNoRoute, frame_around(packet), now);
  auto reply = ip::make_echo_reply(request, packet.subspan(arrival.header.header_size), pool);
  if (!reply) return drop(DropReason::kNoBuffer, frame_around(packet), now);
  ++counters.icmp_sent;
  IpPacket answer{.header = {}, .payload = std::move(*reply), .cause = Cause::kEchoAnswer};
  answer.header.protocol = wire::ip_protocol::kIcmp;
  answer.header.ttl = config.ip.ttl;
  answer.header.tos = arrival.header.tos;
  answer.header.source = arrival.header.destination;  // [RFC1122 3.2.2.6, 3.2.2.6(b)]
  answer.header.destination = arrival.header.source;
  answer.options = back;  // [RFC1122 3.2.2.6(e)]
  (void)send_packet(std::move(answer), *exit, now);
}

void Stack::Parts::send_icmp_error(const ip::Arrival& arrival, ByteView offender, const ip::IcmpError& error,
                                   Instant now) {
  const auto verdict = icmp.may_report(arrival, offender, now);
  if (verdict == ip::IcmpPolicy::Verdict::kRateLimited) drop(DropReason::kIcmpRateLimited, {}, now);
  if (verdict != ip::IcmpPolicy::Verdict::kSend) return;
  const wire::IpOptions back = way_back(arrival, offender);
  const auto exit = exit_to(back.first_hop(arrival.header.source));
  if (!exit) return;
  auto message = ip::make_error(error, offender, pool);
  if (!message) return drop(DropReason::kNoBuffer, {}, now);
  ++counters.icmp_sent;
  IpPacket packet{.header = {}, .payload = std::move(*message), .cause = Cause::kIcmpError};
  packet.header.protocol = wire::ip_protocol::kIcmp;
  packet.header.ttl = config.ip.ttl;
  packet.header.tos = kNetworkControl;  // [RFC1812 4.3.2.5]
  packet.header.source = arrival.header.destination;
  packet.header.destination = arrival.header.source;
  packet.options = back;
  (void)send_packet(std::move(packet), *exit, now);
}

void Stack::Parts::take_error(const ip::Arrival& arrival, const wire::IcmpHeader& error, ByteView packet, Instant now) {
  const auto quoted = wire::IcmpQuotation::parse(packet.subspan(arrival.header.header_size + wire::kIcmpHeaderSize));
  if (!quoted || !addresses.is_ours(quoted->header.source))
    return drop(DropReason::kIcmpBadQuotation, frame_around(packet), now);
  const bool is_too_big =
      error.type == wire::icmp_type::kUnreachable && error.code == wire::icmp_unreachable::kFragmentationNeeded;
  if (is_too_big) return take_packet_too_big(arrival, error, *quoted, packet, now);
  if (error.type == wire::icmp_type::kRedirect) return take_redirect(arrival, {error.rest}, *quoted, packet, now);
  // A quench says nothing that congestion control does not know better. [RFC6633 3]
  if (error.type == wire::icmp_type::kSourceQuench)  // [RFC9293 MUST-55] [RFC5927 6]
    return drop(DropReason::kIcmpUnknownType, frame_around(packet), now);
  const ip::ErrorMeaning meaning = ip::meaning_of(error);  // [RFC792 parameter problem] [RFC1122 3.2.2.1(a)]
  tcp::NetworkReport report{.kind = meaning.is_hard ? tcp::NetworkReport::Kind::kHard : tcp::NetworkReport::Kind::kSoft,
                            .error = meaning.error,
                            .send_mss = 0,
                            .quoted_seq = quoted->seq};
  NetworkError details = describe_error(*quoted, error, meaning.error, arrival.header.source);
  if (!tell_sender(*quoted, report, std::move(details), now))
    drop(DropReason::kIcmpBadQuotation, frame_around(packet), now);
}

// Believed only from the gateway that we use, about a gateway that is our neighbour; it becomes a host route that stays
// until removed. [RFC1122 3.2.2.2]
void Stack::Parts::take_redirect(const ip::Arrival& arrival, Ipv4Address gateway, const wire::IcmpQuotation& quoted,
                                 ByteView packet, Instant now) {
  const auto exit = exit_to(quoted.header.destination);
  // [RFC1122 3.2.2.2(b)]
  const bool is_believed = config.ip.accept_redirects && exit && exit->kind == Exit::Kind::kUnicast &&
                           exit->next_hop == arrival.header.source && exit->next_hop != quoted.header.destination &&
                           addresses.is_on_link(exit->interface_index, gateway) && !addresses.is_ours(gateway);
  if (!is_believed) return drop(DropReason::kIcmpUnknownType, frame_around(packet), now);
  // [RFC792 redirect]
  (void)routes.add({{quoted.header.destination, 32}, gateway, exit->interface_index, 0});  // at the limit: as before
}

void Stack::Parts::take_packet_too_big(const ip::Arrival& arrival, const wire::IcmpHeader& error,
                                       const wire::IcmpQuotation& quoted, ByteView packet, Instant now) {
  const Ipv4Address destination = quoted.header.destination;
  const auto exit = exit_to(destination);
  if (!exit || exit->kind != Exit::Kind::kUnicast)
    return drop(DropReason::kIcmpBadQuotation, frame_around(packet), now);
  const auto mtu = path_mtus.judge(error.next_hop_mtu(), quoted.header.total_length, exit->mtu);  // [RFC1191 4]
  // Another connection's report may have lowered the path already: TCP still needs to hear of its own loss.
  const bool is_late = !mtu && path_mtus.find(destination).has_value() && quoted.header.total_length > exit->mtu;
  if (!mtu && !is_late) return drop(DropReason::kIcmpBadQuotation, frame_around(packet), now);
  const std::size_t path_mtu = mtu ? std::size_t{*mtu} : exit->mtu;
  const tcp::NetworkReport report{.kind = tcp::NetworkReport::Kind::kPacketTooBig,
                                  .error = std::errc::message_size,
                                  .send_mss = static_cast<std::uint16_t>(path_mtu - kIpAndTcpHeader),
                                  .quoted_seq = quoted.seq};
  // Only who quotes what we have sent is believed. [RFC5927 4.1]
  NetworkError details = describe_error(quoted, error, std::errc::message_size, arrival.header.source);
  details.info = static_cast<std::uint32_t>(path_mtu);
  if (!tell_sender(quoted, report, std::move(details), now))
    return drop(DropReason::kIcmpBadQuotation, frame_around(packet), now);
  if (mtu) path_mtus.learn(destination, *mtu, now);
}

NetworkError Stack::Parts::describe_error(const wire::IcmpQuotation& quoted, const wire::IcmpHeader& icmp_header,
                                          std::errc error, Ipv4Address offender) {
  NetworkError details{.error = error, .type = icmp_header.type, .code = icmp_header.code};
  details.offender = offender;
  const bool is_udp = quoted.header.protocol == wire::ip_protocol::kUdp;
  details.destination = {quoted.header.destination, is_udp ? quoted.destination_port : Port{0}};
  auto copy = pool.copy(quoted.transport.subspan(is_udp ? wire::kUdpHeaderSize : 0), 0);
  if (copy) details.payload = std::move(*copy);
  return details;
}

// [RFC1122 3.2.2(b)]
bool Stack::Parts::tell_sender(const wire::IcmpQuotation& quoted, const tcp::NetworkReport& report,
                               NetworkError&& details, Instant now) {
  const wire::Ipv4Header& header = quoted.header;
  if (header.protocol != wire::ip_protocol::kTcp) return tell_datagram_senders(quoted, std::move(details));
  const FourTuple name{{header.source, quoted.source_port}, {header.destination, quoted.destination_port}};
  constexpr auto kDisbelief = static_cast<std::size_t>(DropReason::kIcmpBadQuotation);
  const std::uint64_t disbelieved = tcp.counters().drops[kDisbelief];
  tcp::Context tcp_context = context(now);
  tcp.report(name, report, tcp_context);  // [RFC9293 MUST-54]
  return tcp.counters().drops[kDisbelief] == disbelieved;
}

// True where a socket of ours could have sent what is quoted. [RFC1122 4.1.3.3]
bool Stack::Parts::tell_datagram_senders(const wire::IcmpQuotation& quoted, NetworkError&& details) {
  const wire::Ipv4Header& header = quoted.header;
  if (header.protocol != wire::ip_protocol::kUdp) {
    const auto senders = raw.senders_of(header.protocol, header.source, header.destination);
    for (ip::RawSocket* const socket : senders) {
      NetworkError copy{.error = details.error, .type = details.type, .code = details.code, .info = details.info};
      copy.offender = details.offender;
      copy.destination = details.destination;
      if (auto payload = pool.copy(std::as_const(details.payload).bytes(), 0)) copy.payload = std::move(*payload);
      socket->report(std::move(copy), !socket->remote.is_any(), outbox.notices);
    }
    return !senders.empty();
  }
  const FourTuple name{{header.source, quoted.source_port}, {header.destination, quoted.destination_port}};
  udp::Socket* const socket = udp.sender_of(name);
  if (socket == nullptr) return false;
  // Who lets us fragment has nothing to do about a small path. [RFC1191 6.2]
  const bool is_told =
      details.error != std::errc::message_size || socket->options.path_mtu_discovery != PathMtuDiscovery::kDont;
  if (is_told) socket->report(std::move(details), socket->is_connected, outbox.notices);
  return true;
}

void Stack::Parts::deliver_igmp(const ip::Arrival& arrival, ByteView packet, Instant now) {
  const auto message = wire::IgmpMessage::parse(packet.subspan(arrival.header.header_size));
  if (message) groups.take(arrival.way.interface_index, *message, now, random);
}

void Stack::Parts::send_group_messages(const std::vector<ip::GroupMessage>& messages, Instant now) {
  for (const ip::GroupMessage& wanted : messages) {
    const auto known = groups.as_routers_know_it(wanted, now);
    if (!known) continue;
    const ip::GroupMessage& each = *known;
    auto payload = pool.take(wire::kIgmpSize);
    if (!payload) return drop(DropReason::kNoBuffer, {}, now);
    each.message.emit(payload->append(wire::kIgmpSize));
    IpPacket packet{.header = {}, .payload = std::move(*payload), .cause = Cause::kDatagram};
    packet.loops_back = false;
    packet.options = wire::IpOptions::router_alert();  // [RFC2236 2]
    packet.header.protocol = wire::ip_protocol::kIgmp;
    packet.header.ttl = 1;
    packet.header.tos = kNetworkControl;
    packet.header.source = addresses.source_for(each.interface_index, each.to);
    packet.header.destination = each.to;
    const Exit exit{Exit::Kind::kMulticast, each.interface_index, each.to, packet.header.source,
                    interfaces[each.interface_index].config.mtu};
    (void)send_packet(std::move(packet), exit, now);
    groups.repeat(wanted, now, random);
  }
}

}  // namespace fourtuple
