#include "apps/packet_script/packets.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>

#include "apps/packet_script/numbers.hpp"

namespace fourtuple::packet_script {
namespace {

// What other runners of this language know and we don't (yet).
constexpr std::array<std::string_view, 8> kForeignContents = {"sctp", "udplite", "gre", "mpls",
                                                              "ipv4", "vlan",    "esp", "ah"};

std::optional<Ecn> ecn_named(std::string_view word) {
  if (word == "noecn") return Ecn::kNone;
  if (word == "ect0") return Ecn::kEct0;
  if (word == "ect1") return Ecn::kEct1;
  if (word == "ce") return Ecn::kCe;
  return std::nullopt;
}

// ect0, ttl 64, tos 0x10
void read_ip_field(Cursor& in, Packet& packet) {
  if (const auto ecn = ecn_named(in.peek_word())) {
    packet.ecn = *ecn;
    in.take_word();
  } else if (in.accept_word("ttl")) {
    packet.ttl = read_number8(in, "a ttl");
  } else if (in.accept_word("tos")) {
    packet.tos = read_number8(in, "a tos");
  } else if (in.peek_word() == "flowlabel") {
    in.fail(in.position(), "a flow label is IPv6, which is not supported yet");
  } else {
    in.expected("ttl, tos, ect0, ect1, ce or noecn");
  }
}

// (ttl 64) (tos 0x10) [ect0], in any order
void read_ip_fields(Cursor& in, Packet& packet) {
  while (in.peek() == '(' || in.peek() == '[') {
    const std::string_view close = in.take(1) == "(" ? ")" : "]";
    do read_ip_field(in, packet);
    while (in.accept(","));
    in.expect(close, "after what the IP header says");
  }
}

// 5000>8080
void read_ports(Cursor& in, Packet& packet) {
  if (!is_digit(in.peek())) return;
  packet.source_port = read_number16(in, "a port");
  in.expect(">", "between two ports");
  packet.destination_port = read_number16(in, "a port");
}

bool at_foreign_content(Cursor& in) {
  const std::string_view word = in.peek_word();
  if (word == "ipv6" || word == "icmpv6") in.fail(in.position(), "IPv6 is not supported yet");
  if (std::ranges::find(kForeignContents, word) != kForeignContents.end())
    in.fail(in.position(), fmt::format("{} packets are not supported", word));
  return in.failed();
}

}  // namespace

UdpPacket read_udp(Cursor& in) {
  UdpPacket packet;
  in.expect("(", "before the payload's length");
  packet.length = static_cast<std::uint16_t>(read_number(in, "a UDP payload's length", 65507));
  in.expect(")", "after the payload's length");
  return packet;
}

SequenceRange read_range(Cursor& in) {
  SequenceRange range;
  range.first = read_number32(in, "a sequence number");
  in.expect(":", "after a sequence number");
  const Position position = in.position();
  range.end = read_number32(in, "the sequence number after the last octet");
  in.expect("(", "before a segment's length");
  range.length = static_cast<std::uint32_t>(read_number(in, "a segment's length", kMax16));
  in.expect(")", "after a segment's length");
  const std::uint32_t end = range.first + range.length;  // sequence numbers wrap
  if (range.end != end)
    in.fail(position, fmt::format("{} and {} octets end at {}, not at {} (SYN and FIN do not count)", range.first,
                                  range.length, end, range.end));
  return range;
}

Packet read_packet(Cursor& in) {
  Packet packet;
  packet.direction = in.take(1) == "<" ? Packet::Direction::kIn : Packet::Direction::kOut;
  read_ip_fields(in, packet);
  read_ports(in, packet);
  read_ip_fields(in, packet);
  if (at_foreign_content(in)) return packet;
  if (in.accept_word("udp")) {
    packet.content = read_udp(in);
  } else if (in.accept_word("icmp")) {
    packet.content = read_icmp(in);
  } else {
    packet.content = read_tcp(in);
  }
  return packet;
}

}  // namespace fourtuple::packet_script
