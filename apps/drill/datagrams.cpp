#include "apps/drill/datagrams.hpp"

#include <algorithm>
#include <fmt/format.h>

#include "apps/drill/option_octets.hpp"
#include "apps/drill/outcome.hpp"
#include "apps/drill/payload.hpp"
#include "stack/wire/byte_order.hpp"
#include "stack/wire/checksum.hpp"
#include "stack/wire/icmp.hpp"
#include "stack/wire/ipv4.hpp"
#include "stack/wire/tcp.hpp"
#include "stack/wire/udp.hpp"

namespace fourtuple::drill {
namespace {

using Octets = std::vector<std::uint8_t>;
using wire::Ipv4Header;

constexpr std::uint8_t kEcnMask = 3;
constexpr std::uint16_t kWindowUnlessSaid = 65535;

std::uint8_t ecn_bits(packet_script::Ecn ecn) {
  switch (ecn) {
    case packet_script::Ecn::kUnspecified:
    case packet_script::Ecn::kNone:
      return 0;
    case packet_script::Ecn::kEct1:
      return 1;
    case packet_script::Ecn::kEct0:
      return 2;
    case packet_script::Ecn::kCe:
      return 3;
  }
  return 0;
}

Octets with_ip_header(const Packet& packet, const FourTuple& way, std::uint8_t protocol, const Octets& content,
                      Position position) {
  const std::size_t size = wire::kIpv4HeaderSize + content.size();
  if (size > wire::kIpv4MaxPacketSize)
    throw ScriptFailure(position, fmt::format("the datagram would take {} octets, more than IP can carry", size));
  Ipv4Header header;
  header.total_length = static_cast<std::uint16_t>(size);
  header.protocol = protocol;
  header.ttl = packet.ttl.value_or(64);
  header.tos = packet.tos.value_or(0);
  if (packet.ecn != packet_script::Ecn::kUnspecified)
    header.tos = static_cast<std::uint8_t>((header.tos & ~kEcnMask) | ecn_bits(packet.ecn));
  header.source = way.local.address.v4();
  header.destination = way.remote.address.v4();
  Octets datagram(size);
  header.emit(datagram);
  std::copy(content.begin(), content.end(), datagram.begin() + wire::kIpv4HeaderSize);
  return datagram;
}

void finish_tcp(Octets& segment, const FourTuple& way) {
  const auto size = static_cast<std::uint32_t>(segment.size());
  const auto sum = wire::pseudo_header_sum(way.local.address, way.remote.address, wire::ip_protocol::kTcp, size)
                       .add(segment)
                       .checksum();
  wire::store_be16(&segment[wire::kTcpChecksumOffset], sum);
}

Segment header_of(const TcpPacket& tcp, const Flow& flow) {
  Segment header;
  header.source_port = flow.name.remote.port;
  header.destination_port = flow.name.local.port;
  header.seq = flow.far.to_wire(tcp.sequence.first);
  if (tcp.ack) header.ack = flow.near.to_wire(*tcp.ack);
  header.flags = tcp.flags;
  header.window = tcp.window.value_or(kWindowUnlessSaid);
  header.urgent = tcp.urgent.value_or(0);
  return header;
}

Octets tcp_segment(const TcpPacket& tcp, const Flow& flow, Position position) {
  const Octets options = to_octets(tcp.options, flow);
  if (options.size() > kMaxOptionOctets)
    throw ScriptFailure(
        position, fmt::format("the options take {} octets, and a header has {}", options.size(), kMaxOptionOctets));
  const std::size_t header_size = wire::kTcpHeaderSize + options.size();
  Octets segment(header_size + tcp.sequence.length);
  wire::emit_tcp_header(header_of(tcp, flow), segment);
  segment[12] = static_cast<std::uint8_t>(header_size / 4 << 4U);  // data offset
  std::copy(options.begin(), options.end(), segment.begin() + wire::kTcpHeaderSize);
  const std::uint32_t offset = tcp.sequence.first - flow.far_syn - (tcp.flags.syn() ? 0 : 1);
  fill_from(offset, ByteSpan(segment).subspan(header_size));
  finish_tcp(segment, flow.name.reversed());
  return segment;
}

Octets udp_datagram(const UdpPacket& udp, const FourTuple& way) {
  Octets datagram(wire::kUdpHeaderSize + udp.length);
  const ByteSpan payload = ByteSpan(datagram).subspan(wire::kUdpHeaderSize);
  fill_from(0, payload);
  wire::UdpHeader header;
  header.source_port = way.local.port;
  header.destination_port = way.remote.port;
  header.emit(datagram, way.local.address, way.remote.address, payload);
  return datagram;
}

// The beginning of the packet that an ICMP error is about: what the stack would have sent.
Octets quotation(const IcmpPacket& icmp, const Flow& flow, Position position) {
  Octets transport(wire::kTcpHeaderSize);
  std::size_t length = transport.size();
  const auto range = icmp.quoted.value_or(packet_script::SequenceRange{});
  if (flow.protocol == wire::ip_protocol::kTcp) {
    Segment header;
    header.source_port = flow.name.local.port;
    header.destination_port = flow.name.remote.port;
    header.seq = flow.near.to_wire(range.first);
    header.flags.bits = TcpFlags::kAck;
    wire::emit_tcp_header(header, transport);
    length += range.length;
  } else {
    transport = udp_datagram({static_cast<std::uint16_t>(range.length)}, flow.name);
    length = transport.size();
    transport.resize(wire::kUdpHeaderSize);
  }
  Octets quoted = with_ip_header({}, flow.name, flow.protocol, transport, position);
  // The quoted header names the whole packet's length, of which only this much came back.
  Ipv4Header header = *Ipv4Header::parse(quoted);
  header.total_length = static_cast<std::uint16_t>(wire::kIpv4HeaderSize + length);
  header.dont_fragment = true;
  header.emit(quoted);
  return quoted;
}

Octets icmp_message(const IcmpPacket& icmp, const Flow& flow, Position position) {
  const auto type = icmp_type(icmp.type);
  if (!type) throw ScriptFailure(position, fmt::format("there is no ICMP type '{}'", icmp.type));
  const auto code = icmp_code(*type, icmp.code);
  if (!code) throw ScriptFailure(position, fmt::format("there is no code '{}' of ICMP {}", icmp.code, icmp.type));
  wire::IcmpHeader header;
  header.type = *type;
  header.code = *code;
  header.rest = icmp.mtu.value_or(0);
  const Octets body = header.is_error() ? quotation(icmp, flow, position) : Octets{};
  Octets message(wire::kIcmpHeaderSize);
  header.emit(message, body);
  message.insert(message.end(), body.begin(), body.end());
  return message;
}

// --- the names of ICMP

struct CodeName {
  std::uint8_t type;
  std::uint8_t code;
  std::string_view name;
};

constexpr std::pair<std::string_view, std::uint8_t> kTypes[] = {
    {"echo_reply", wire::icmp_type::kEchoReply},
    {"unreachable", wire::icmp_type::kUnreachable},
    {"source_quench", wire::icmp_type::kSourceQuench},
    {"redirect", wire::icmp_type::kRedirect},
    {"echo_request", wire::icmp_type::kEchoRequest},
    {"time_exceeded", wire::icmp_type::kTimeExceeded},
    {"parameter_problem", wire::icmp_type::kParameterProblem},
};

constexpr CodeName kCodes[] = {
    {3, 0, "net_unreachable"},
    {3, 1, "host_unreachable"},
    {3, 2, "protocol_unreachable"},
    {3, 3, "port_unreachable"},
    {3, 4, "frag_needed"},
    {3, 5, "source_route_failed"},
    {3, 6, "net_unknown"},
    {3, 7, "host_unknown"},
    {3, 8, "source_host_isolated"},
    {3, 9, "net_prohibited"},
    {3, 10, "host_prohibited"},
    {3, 11, "net_unreachable_for_tos"},
    {3, 11, "net_tos_unreachable"},
    {3, 12, "host_unreachable_for_tos"},
    {3, 12, "host_tos_unreachable"},
    {3, 13, "packet_filtered"},
    {3, 13, "admin_prohibited"},
    {3, 14, "precedence_violation"},
    {3, 15, "precedence_cutoff"},
    {5, 0, "net"},
    {5, 1, "host"},
    {5, 2, "net_tos"},
    {5, 2, "tos_net"},
    {5, 3, "host_tos"},
    {5, 3, "tos_host"},
    {11, 0, "exceeded_in_transit"},
    {11, 0, "ttl_exceeded"},
    {11, 0, "ttl_exceeded_in_transit"},
    {11, 0, "in_transit"},
    {11, 0, "ttl"},
    {11, 1, "reassembly_time_exceeded"},
    {11, 1, "fragment_reassembly"},
    {11, 1, "frag_reassembly"},
    {11, 1, "frag_time_exceeded"},
    {11, 1, "reassembly"},
    {12, 0, "pointer"},
    {12, 0, "pointer_indicates_error"},
    {12, 1, "missing_option"},
    {12, 2, "bad_length"},
};

std::optional<std::uint8_t> small_number(std::string_view text) {
  if (text.empty() || text.size() > 3 || text.find_first_not_of("0123456789") != std::string_view::npos)
    return std::nullopt;
  const int value = std::stoi(std::string(text));
  return value > 255 ? std::nullopt : std::optional(static_cast<std::uint8_t>(value));
}

}  // namespace

std::optional<std::uint8_t> icmp_type(std::string_view name) {
  const auto found = std::find_if(std::begin(kTypes), std::end(kTypes), [&](auto one) { return one.first == name; });
  return found == std::end(kTypes) ? small_number(name) : found->second;
}

std::optional<std::uint8_t> icmp_code(std::uint8_t type, std::string_view name) {
  if (name.empty()) return std::uint8_t{0};
  const auto found = std::find_if(std::begin(kCodes), std::end(kCodes),
                                  [&](const CodeName& one) { return one.type == type && one.name == name; });
  return found == std::end(kCodes) ? small_number(name) : found->code;
}

std::uint8_t protocol_of(const Packet& packet) {
  if (std::holds_alternative<TcpPacket>(packet.content)) return wire::ip_protocol::kTcp;
  return std::holds_alternative<UdpPacket>(packet.content) ? wire::ip_protocol::kUdp : wire::ip_protocol::kIcmp;
}

std::vector<std::uint8_t> build(const Packet& packet, const Flow& flow, Position position) {
  const FourTuple way = flow.name.reversed();
  Octets content;
  if (const auto* const tcp = std::get_if<TcpPacket>(&packet.content)) content = tcp_segment(*tcp, flow, position);
  if (const auto* const udp = std::get_if<UdpPacket>(&packet.content)) content = udp_datagram(*udp, way);
  if (const auto* const icmp = std::get_if<IcmpPacket>(&packet.content)) content = icmp_message(*icmp, flow, position);
  return with_ip_header(packet, way, protocol_of(packet), content, position);
}

}  // namespace fourtuple::drill
