#include "stack/observe/frame_text.hpp"

#include <fmt/format.h>
#include <vector>

#include "stack/observe/text.hpp"
#include "stack/wire/arp.hpp"
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

FrameText describe_icmp(ByteView message, const FourTuple& name) {
  const auto icmp = wire::IcmpHeader::parse(message, false);
  if (!icmp) return {Kind::kIcmp, "ICMP cut short", name};
  return {Kind::kIcmp, icmp_line(*icmp, message.size() - wire::kIcmpHeaderSize), name};
}

FrameText describe_udp(ByteView datagram, FourTuple name) {
  const auto udp = wire::UdpHeader::parse(datagram);
  if (!udp) return {Kind::kUdp, "UDP with a malformed header", name};
  name.local.port = udp->source_port;
  name.remote.port = udp->destination_port;
  const std::size_t length = udp->length - wire::kUdpHeaderSize;
  return {Kind::kUdp, fmt::format("UDP {} > {} len {}", udp->source_port, udp->destination_port, length), name};
}

FrameText describe_tcp(ByteView bytes, FourTuple name) {
  const auto view = wire::TcpView::parse(bytes);
  if (!view) return {Kind::kTcp, "TCP cut short", name};
  const Segment segment = view->to_segment();
  name.local.port = segment.source_port;
  name.remote.port = segment.destination_port;
  std::string line = fmt::format("TCP {} > {} {} seq {} len {}", segment.source_port, segment.destination_port,
                                 to_string(segment.flags), segment.seq.value, segment.payload.size());
  if (segment.flags.ack()) line += fmt::format(" ack {}", segment.ack.value);
  return {Kind::kTcp, std::move(line), name};
}

FrameText describe_fragment(const wire::Ipv4Header& ip, const FourTuple& name) {
  const std::size_t end = ip.fragment_offset + ip.payload_size();
  return {Kind::kFragment,
          fmt::format("IP fragment id {} octets {}:{}{}", ip.identification, ip.fragment_offset, end,
                      ip.more_fragments ? ", more follow" : ", the last"),
          name};
}

FrameText describe_ipv4(ByteView packet) {
  const auto ip = wire::Ipv4Header::parse(packet, false);
  if (!ip) return {Kind::kOther, fmt::format("IPv4 with a malformed header: {}", name(ip.error())), {}};
  const FourTuple name{{ip->source, 0}, {ip->destination, 0}};
  if (ip->is_fragment()) return describe_fragment(*ip, name);
  const ByteView payload = packet.subspan(ip->header_size, ip->payload_size());
  switch (ip->protocol) {
    case wire::ip_protocol::kIcmp:
      return describe_icmp(payload, name);
    case wire::ip_protocol::kUdp:
      return describe_udp(payload, name);
    case wire::ip_protocol::kTcp:
      return describe_tcp(payload, name);
    case wire::ip_protocol::kIgmp:
      return {Kind::kOther, "IGMP", name};
    default:
      return {Kind::kOther, fmt::format("IP protocol {} ({} bytes)", ip->protocol, payload.size()), name};
  }
}

FrameText describe_whole(ByteView bytes) {
  const auto ethernet = wire::EthernetHeader::parse(bytes);
  if (ethernet && ethernet->type == wire::ether_type::kArp) {
    return describe_arp(bytes.subspan(wire::kEthernetHeaderSize));
  }
  if (ethernet && ethernet->type == wire::ether_type::kIpv4) {
    return describe_ipv4(bytes.subspan(wire::kEthernetHeaderSize));
  }
  if (wire::Ipv4Header::parse(bytes, false)) return describe_ipv4(bytes);
  if (!ethernet) return {Kind::kUnknown, fmt::format("frame of {} bytes, cut short", bytes.size()), {}};
  if (ethernet->type == wire::ether_type::kIpv6) {
    return {Kind::kOther, fmt::format("IPv6 ({} bytes)", bytes.size()), {}};
  }
  return {Kind::kOther, fmt::format("Ethernet type 0x{:04x} ({} bytes)", ethernet->type, bytes.size()), {}};
}

}  // namespace

FrameText describe_frame(ByteView bytes, std::size_t missing_bytes) {
  if (bytes.empty()) return {Kind::kUnknown, "frame", {}};
  if (missing_bytes == 0) return describe_whole(bytes);
  std::vector<std::uint8_t> whole(bytes.begin(), bytes.end());
  whole.resize(bytes.size() + missing_bytes);
  return describe_whole(whole);
}

bool carries_tcp(ByteView bytes) {
  constexpr std::size_t kProtocol = wire::kEthernetHeaderSize + 9;  // where the IPv4 header names it
  const auto ethernet = wire::EthernetHeader::parse(bytes);
  return ethernet && ethernet->type == wire::ether_type::kIpv4 && bytes.size() > kProtocol &&
         bytes[kProtocol] == wire::ip_protocol::kTcp;
}

}  // namespace fourtuple::observe
