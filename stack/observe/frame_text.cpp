#include "stack/observe/frame_text.hpp"

#include <fmt/format.h>
#include <optional>

#include "stack/observe/text.hpp"
#include "stack/wire/arp.hpp"
#include "stack/wire/byte_order.hpp"
#include "stack/wire/ethernet.hpp"
#include "stack/wire/icmp.hpp"
#include "stack/wire/ipv4.hpp"
#include "stack/wire/tcp.hpp"
#include "stack/wire/udp.hpp"

namespace fourtuple::observe {
namespace {

using Kind = FrameText::Kind;

FrameText describe_arp(ByteView packet) {
  const auto arp = wire::ArpPacket::parse(packet);
  if (!arp) return {Kind::kArp, "ARP of another kind", {}};
  const std::string sender = to_string(arp->sender_ip);
  if (arp->operation == wire::ArpPacket::Operation::kReply) {
    return {Kind::kArp, fmt::format("ARP {} is-at {}", sender, to_string(arp->sender_mac)), {}};
  }
  if (arp->sender_ip == arp->target_ip) return {Kind::kArp, fmt::format("ARP announces {}", sender), {}};
  return {Kind::kArp, fmt::format("ARP who-has {} tell {}", to_string(arp->target_ip), sender), {}};
}

std::string_view unreachable_name(std::uint8_t code) {
  switch (code) {
    case wire::icmp_unreachable::kNet:
      return "net";
    case wire::icmp_unreachable::kHost:
      return "host";
    case wire::icmp_unreachable::kProtocol:
      return "protocol";
    case wire::icmp_unreachable::kPort:
      return "port";
    default:
      return "destination";
  }
}

std::string icmp_line(const wire::IcmpHeader& icmp, std::size_t body_bytes) {
  switch (icmp.type) {
    case wire::icmp_type::kEchoRequest:
    case wire::icmp_type::kEchoReply:
      return fmt::format("ICMP echo {} id {} seq {} ({} bytes)",
                         icmp.type == wire::icmp_type::kEchoReply ? "reply" : "request", icmp.echo_id(),
                         icmp.echo_sequence(), body_bytes);
    case wire::icmp_type::kUnreachable:
      if (icmp.code == wire::icmp_unreachable::kFragmentationNeeded) {
        return fmt::format("ICMP fragmentation needed, mtu {}", icmp.next_hop_mtu());
      }
      return fmt::format("ICMP {} unreachable", unreachable_name(icmp.code));
    case wire::icmp_type::kTimeExceeded:
      return "ICMP time exceeded";
    case wire::icmp_type::kRedirect:
      return "ICMP redirect";
    default:
      return fmt::format("ICMP type {} code {}", icmp.type, icmp.code);
  }
}

FrameText describe_icmp(ByteView message, std::size_t total_bytes, const FourTuple& name) {
  const auto icmp = wire::IcmpHeader::parse(message, false);
  if (!icmp || total_bytes < wire::kIcmpHeaderSize) return {Kind::kIcmp, "ICMP cut short", name};
  return {Kind::kIcmp, icmp_line(*icmp, total_bytes - wire::kIcmpHeaderSize), name};
}

// The ports stand in the first four octets of UDP and TCP alike.
void take_ports(ByteView transport, FourTuple& name) {
  if (transport.size() < 4) return;
  name.local.port = wire::load_be16(transport.data());
  name.remote.port = wire::load_be16(transport.data() + 2);
}

FrameText describe_udp(ByteView datagram, std::size_t total_bytes, FourTuple name) {
  if (datagram.size() < wire::kUdpHeaderSize) return {Kind::kUdp, "UDP cut short", name};
  take_ports(datagram, name);
  const std::size_t length = total_bytes < wire::kUdpHeaderSize ? 0 : total_bytes - wire::kUdpHeaderSize;
  return {Kind::kUdp, fmt::format("UDP {} > {} len {}", name.local.port, name.remote.port, length), name};
}

FrameText describe_tcp(ByteView segment, std::size_t total_bytes, FourTuple name) {
  const auto view = wire::TcpView::parse(segment);
  take_ports(segment, name);
  if (!view) return {Kind::kTcp, "TCP cut short", name};
  const auto meaning = view->to_segment();
  if (!meaning) return {Kind::kTcp, "TCP with malformed options", name};
  const std::size_t payload = total_bytes < view->header_size() ? 0 : total_bytes - view->header_size();
  std::string line = fmt::format("TCP {} > {} {} seq {} len {}", name.local.port, name.remote.port,
                                 to_string(meaning->flags), meaning->seq.value, payload);
  if (meaning->flags.ack()) line += fmt::format(" ack {}", meaning->ack.value);
  return {Kind::kTcp, std::move(line), name};
}

FrameText describe_fragment(const wire::Ipv4Header& ip, const FourTuple& name) {
  return {Kind::kFragment,
          fmt::format("IP fragment id {} {}:{}{}", ip.identification, ip.fragment_offset,
                      ip.fragment_offset + ip.payload_size(), ip.more_fragments ? "+" : ""),
          name};
}

FrameText describe_payload(const wire::Ipv4Header& ip, ByteView payload, std::size_t total_bytes) {
  const FourTuple name{{ip.source, 0}, {ip.destination, 0}};
  if (ip.is_fragment()) return describe_fragment(ip, name);
  switch (ip.protocol) {
    case wire::ip_protocol::kIcmp:
      return describe_icmp(payload, total_bytes, name);
    case wire::ip_protocol::kUdp:
      return describe_udp(payload, total_bytes, name);
    case wire::ip_protocol::kTcp:
      return describe_tcp(payload, total_bytes, name);
    case wire::ip_protocol::kIgmp:
      return {Kind::kOther, "IGMP", name};
    default:
      return {Kind::kOther, fmt::format("IP protocol {} ({} bytes)", ip.protocol, total_bytes), name};
  }
}

// The header of a packet of which the end may stand elsewhere: the lengths are read, but not held against the bytes.
std::optional<wire::Ipv4Header> lenient_header(ByteView packet) {
  if (packet.size() < wire::kIpv4HeaderSize || packet[0] >> 4 != 4) return std::nullopt;
  wire::Ipv4Header ip;
  ip.header_size = static_cast<std::uint8_t>((packet[0] & 0x0f) * 4);
  if (ip.header_size < wire::kIpv4HeaderSize || ip.header_size > packet.size()) return std::nullopt;
  ip.total_length = std::max<std::uint16_t>(wire::load_be16(&packet[2]), ip.header_size);
  ip.identification = wire::load_be16(&packet[4]);
  const std::uint16_t fragment = wire::load_be16(&packet[6]);
  ip.more_fragments = (fragment & 0x2000) != 0;
  ip.fragment_offset = static_cast<std::uint16_t>((fragment & 0x1fff) * 8);
  ip.protocol = packet[9];
  ip.source = {wire::load_be32(&packet[12])};
  ip.destination = {wire::load_be32(&packet[16])};
  return ip;
}

FrameText describe_ipv4(ByteView packet, std::size_t missing_bytes) {
  const auto ip = lenient_header(packet);
  if (!ip) return {Kind::kOther, "IPv4 with a malformed header", {}};
  ByteView payload = packet.subspan(ip->header_size);
  // Octets after the packet are link padding. A super-segment's total length may be 0: then all that came counts.
  if (missing_bytes == 0 && packet.size() > ip->total_length && ip->total_length > ip->header_size) {
    payload = payload.first(ip->payload_size());
  }
  return describe_payload(*ip, payload, payload.size() + missing_bytes);
}

}  // namespace

FrameText describe_frame(ByteView bytes, std::size_t missing_bytes) {
  if (bytes.empty()) return {Kind::kUnknown, "frame", {}};
  const auto ethernet = wire::EthernetHeader::parse(bytes);
  if (ethernet && ethernet->type == wire::ether_type::kArp) {
    return describe_arp(bytes.subspan(wire::kEthernetHeaderSize));
  }
  if (ethernet && ethernet->type == wire::ether_type::kIpv4) {
    return describe_ipv4(bytes.subspan(wire::kEthernetHeaderSize), missing_bytes);
  }
  if (lenient_header(bytes)) return describe_ipv4(bytes, missing_bytes);
  if (!ethernet) return {Kind::kUnknown, fmt::format("frame of {} bytes, cut short", bytes.size()), {}};
  if (ethernet->type == wire::ether_type::kIpv6) {
    return {Kind::kOther, fmt::format("IPv6 ({} bytes)", bytes.size() + missing_bytes), {}};
  }
  return {
      Kind::kOther, fmt::format("Ethernet type 0x{:04x} ({} bytes)", ethernet->type, bytes.size() + missing_bytes), {}};
}

}  // namespace fourtuple::observe
