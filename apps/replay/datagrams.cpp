#include "apps/replay/datagrams.hpp"

#include <algorithm>

#include "stack/wire/byte_order.hpp"
#include "stack/wire/checksum.hpp"
#include "stack/wire/ipv4.hpp"

namespace fourtuple::replay {
namespace {

constexpr std::size_t kReservedBitsOffset = 12;  // beside the data offset

std::vector<std::uint8_t> tcp_octets(const Segment& segment) {
  const std::size_t header_size = wire::kTcpHeaderSize + segment.options.encoded_size();
  std::vector<std::uint8_t> octets(header_size + segment.payload.size());
  wire::emit_tcp_header(segment, octets);
  std::copy(segment.payload.begin(), segment.payload.end(), octets.begin() + static_cast<std::ptrdiff_t>(header_size));
  return octets;
}

void seal(std::vector<std::uint8_t>& segment, const FourTuple& way, bool is_damaged) {
  const auto size = static_cast<std::uint32_t>(segment.size());
  const auto sum = wire::pseudo_header_sum(way.local.address, way.remote.address, wire::ip_protocol::kTcp, size)
                       .add(segment)
                       .checksum();
  constexpr std::uint16_t kDamage = 0x5a5a;
  wire::store_be16(&segment[wire::kTcpChecksumOffset], static_cast<std::uint16_t>(is_damaged ? sum ^ kDamage : sum));
}

}  // namespace

std::vector<std::uint8_t> datagram_of(const FourTuple& way, const Segment& segment, const DatagramMarks& marks) {
  auto tcp = tcp_octets(segment);
  tcp[kReservedBitsOffset] = static_cast<std::uint8_t>(tcp[kReservedBitsOffset] | (marks.reserved_bits & 0x0fU));
  seal(tcp, way, marks.is_damaged);
  wire::Ipv4Header header;
  header.total_length = static_cast<std::uint16_t>(wire::kIpv4HeaderSize + tcp.size());
  header.protocol = wire::ip_protocol::kTcp;
  header.ttl = marks.ttl;
  header.tos = marks.tos;
  header.dont_fragment = true;
  header.source = way.local.address.v4();
  header.destination = way.remote.address.v4();
  std::vector<std::uint8_t> datagram(wire::kIpv4HeaderSize);
  header.emit(datagram);
  datagram.insert(datagram.end(), tcp.begin(), tcp.end());
  return datagram;
}

}  // namespace fourtuple::replay
