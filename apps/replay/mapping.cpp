#include "apps/replay/mapping.hpp"

#include <algorithm>

#include "apps/replay/datagrams.hpp"
#include "apps/replay/stand_in.hpp"
#include "stack/wire/byte_order.hpp"
#include "stack/wire/icmp.hpp"
#include "stack/wire/ipv4.hpp"

namespace fourtuple::replay {
namespace {

constexpr std::size_t kQuotedTransport = 8;
constexpr std::size_t kFarthestQuotation = 256;  // segments back

[[nodiscard]] std::uint32_t mapped_echo(std::uint32_t recorded, const Echo& echo, const SendHistory& ours,
                                        Instant now) {
  if (!echo.difference) return ours.stamp_for(echo.end, now - echo.after).value_or(recorded);
  if (recorded == 0 || ours.stamps().empty()) return recorded;
  return ours.stamps().back().value + *echo.difference;
}

// Octets in the IP packet of ours that the error is about.
[[nodiscard]] std::size_t quoted_size(SeqNum quoted, const std::vector<OurSegment>& ours) {
  std::size_t looks = 0;
  for (auto one = ours.rbegin(); one != ours.rend() && looks < kFarthestQuotation; ++one, ++looks) {
    const std::int32_t into = distance(one->segment.seq, quoted);
    if (into >= 0 && static_cast<std::uint32_t>(into) < std::max(one->segment.length(), 1U)) {
      return wire::kIpv4HeaderSize + wire::kTcpHeaderSize + one->segment.options.encoded_size() +
             one->segment.payload.size();
    }
  }
  return wire::kIpv4HeaderSize + wire::kTcpHeaderSize;
}

[[nodiscard]] wire::Ipv4Header ip_header(Ipv4Address from, Ipv4Address to, std::uint8_t protocol, std::size_t size) {
  wire::Ipv4Header header;
  header.total_length = static_cast<std::uint16_t>(std::min(size, wire::kIpv4MaxPacketSize));
  header.dont_fragment = true;
  header.protocol = protocol;
  header.source = from;
  header.destination = to;
  return header;
}

[[nodiscard]] std::vector<std::uint8_t> quotation(const FourTuple& name, SeqNum seq, std::size_t size) {
  std::vector<std::uint8_t> octets(wire::kIpv4HeaderSize + kQuotedTransport);
  ip_header(name.local.address.v4(), name.remote.address.v4(), wire::ip_protocol::kTcp, size).emit(octets);
  std::uint8_t* const transport = octets.data() + wire::kIpv4HeaderSize;
  wire::store_be16(transport, name.local.port);
  wire::store_be16(transport + 2, name.remote.port);
  wire::store_be32(transport + 4, seq.value);
  return octets;
}

}  // namespace

Segment mapped_segment(const capture::TcpFrame& frame, const Cue& cue, const SendHistory& ours, Instant now) {
  Segment segment = frame.segment;
  if (segment.options.timestamps && cue.echo) {
    auto& stamps = *segment.options.timestamps;
    stamps.echo_reply = mapped_echo(stamps.echo_reply, *cue.echo, ours, now);
  }
  const std::size_t most = wire::kIpv4MaxPacketSize - wire::kIpv4HeaderSize - wire::kTcpMaxHeaderSize;
  segment.payload = segment.payload.first(std::min(segment.payload.size(), most));
  return segment;
}

std::vector<std::uint8_t> mapped_datagram(const FourTuple& way, const capture::TcpFrame& frame,
                                          const Segment& segment) {
  const std::uint8_t ecn = frame.ecn_marked    ? wire::ecn::kMarked
                           : frame.ecn_capable ? wire::ecn::kCapable
                                               : std::uint8_t{0};
  return datagram_of(way, segment,
                     {.tos = ecn,
                      .ttl = std::max<std::uint8_t>(frame.ttl, 1),
                      .reserved_bits = frame.reserved_bits,
                      .is_damaged = frame.checksum_is_wrong});
}

std::vector<std::uint8_t> mapped_error(const FourTuple& name, const capture::IcmpFrame& error,
                                       const std::vector<OurSegment>& ours) {
  const auto quoted = quotation(name, error.quoted_seq, quoted_size(error.quoted_seq, ours));
  std::vector<std::uint8_t> packet(wire::kIpv4HeaderSize + wire::kIcmpHeaderSize);
  packet.insert(packet.end(), quoted.begin(), quoted.end());
  const ByteSpan message = ByteSpan(packet).subspan(wire::kIpv4HeaderSize);
  wire::IcmpHeader{.type = error.type, .code = error.code, .rest = error.next_hop_mtu}.emit(
      message, message.subspan(wire::kIcmpHeaderSize));
  ip_header(StandIn::kRouter, name.local.address.v4(), wire::ip_protocol::kIcmp, packet.size()).emit(packet);
  return packet;
}

}  // namespace fourtuple::replay
