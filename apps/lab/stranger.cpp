#include "apps/lab/stranger.hpp"

#include "apps/lab/host.hpp"
#include "stack/wire/byte_order.hpp"
#include "stack/wire/checksum.hpp"
#include "stack/wire/ethernet.hpp"
#include "stack/wire/ipv4.hpp"
#include "stack/wire/tcp.hpp"

namespace fourtuple::lab {

std::optional<PacketBuffer> stranger_syn(std::uint32_t number, Port port, BufferPool& pool) {
  Segment segment;
  segment.source_port = static_cast<Port>(1024 + number / 120 % 60'000);
  segment.destination_port = port;
  segment.seq = SeqNum{number * 64'000U};
  segment.flags = {TcpFlags::kSyn};
  segment.window = 65535;
  segment.options.mss = 1460;
  const std::size_t tcp_bytes = wire::kTcpHeaderSize + segment.options.encoded_size();
  auto frame = pool.take(wire::kEthernetHeaderSize + wire::kIpv4HeaderSize + tcp_bytes);
  if (!frame) return std::nullopt;
  const ByteSpan bytes = frame->append(wire::kEthernetHeaderSize + wire::kIpv4HeaderSize + tcp_bytes);
  wire::EthernetHeader{.destination = MacAddress{{2, 0, 0, 0, 0, 2}},
                       .source = MacAddress{{2, 0, 0, 0, 1, 1}},
                       .type = wire::ether_type::kIpv4}
      .emit(bytes);
  wire::Ipv4Header ip;
  ip.protocol = wire::ip_protocol::kTcp;
  ip.source = Ipv4Address::from_octets(10, 0, 0, static_cast<std::uint8_t>(130 + number % 120));
  ip.destination = Host::address(kServer);
  ip.total_length = static_cast<std::uint16_t>(wire::kIpv4HeaderSize + tcp_bytes);
  ip.emit(bytes.subspan(wire::kEthernetHeaderSize));
  const ByteSpan tcp = bytes.subspan(wire::kEthernetHeaderSize + wire::kIpv4HeaderSize);
  wire::emit_tcp_header(segment, tcp);
  wire::store_be16(tcp.data() + wire::kTcpChecksumOffset, 0);
  auto sum = wire::pseudo_header_sum(IpAddress(ip.source), IpAddress(ip.destination), ip.protocol,
                                     static_cast<std::uint32_t>(tcp_bytes));
  wire::store_be16(tcp.data() + wire::kTcpChecksumOffset, sum.add(tcp).checksum());
  return frame;
}

}  // namespace fourtuple::lab
