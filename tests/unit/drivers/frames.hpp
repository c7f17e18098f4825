// Frames for driver tests: TCP/IPv4 over Ethernet with a payload that counts upward.
#pragma once

#include <cstdint>
#include <vector>

#include "drivers/driver.hpp"
#include "stack/wire/checksum.hpp"
#include "stack/wire/ethernet.hpp"
#include "stack/wire/ipv4.hpp"
#include "stack/wire/tcp.hpp"

namespace fourtuple::test {

inline constexpr std::size_t kTcpOffset = wire::kEthernetHeaderSize + wire::kIpv4HeaderSize;
inline constexpr std::size_t kHeaders = kTcpOffset + wire::kTcpHeaderSize;
inline constexpr Ipv4Address kOurIp{0x0a000004};
inline constexpr Ipv4Address kPeerIp{0x0a000005};
inline constexpr MacAddress kOurMac{{2, 0, 0, 0, 0, 4}};
inline constexpr MacAddress kPeerMac{{2, 0, 0, 0, 0, 5}};

struct TcpFrameSpec {
  std::uint8_t flags = TcpFlags::kAck;
  std::uint32_t seq = 0xfffffff0;  // near the wrap on purpose
  std::size_t payload = 0;
  std::uint16_t id = 0xffff;
  MacAddress destination = kPeerMac;
  std::uint32_t ack = 0;
  std::uint16_t window = 0;
  SegmentOptions options = {};
};

inline std::vector<std::uint8_t> payload_octets(std::size_t count) {
  std::vector<std::uint8_t> result(count);
  for (std::size_t i = 0; i < count; ++i) result[i] = static_cast<std::uint8_t>(i * 7 + (i >> 8));
  return result;
}

// A frame from us to the peer, its checksum final.
inline std::vector<std::uint8_t> tcp_frame(const TcpFrameSpec& spec) {
  std::vector<std::uint8_t> frame(kHeaders + spec.options.encoded_size());
  const auto payload = payload_octets(spec.payload);
  frame.insert(frame.end(), payload.begin(), payload.end());
  const ByteSpan bytes(frame);
  wire::EthernetHeader{.destination = spec.destination, .source = kOurMac, .type = wire::ether_type::kIpv4}.emit(bytes);
  wire::Ipv4Header ip;
  ip.total_length = static_cast<std::uint16_t>(frame.size() - wire::kEthernetHeaderSize);
  ip.identification = spec.id;
  ip.dont_fragment = true;
  ip.protocol = wire::ip_protocol::kTcp;
  ip.source = kOurIp;
  ip.destination = kPeerIp;
  ip.emit(bytes.subspan(wire::kEthernetHeaderSize));
  Segment segment;
  segment.source_port = 80;
  segment.destination_port = 4000;
  segment.seq = {spec.seq};
  segment.ack = {spec.ack};
  segment.flags = {spec.flags};
  segment.window = spec.window;
  segment.options = spec.options;
  wire::emit_tcp_header(segment, bytes.subspan(kTcpOffset));
  const ByteSpan tcp = bytes.subspan(kTcpOffset);
  wire::ChecksumSum sum =
      wire::pseudo_header_sum(kOurIp, kPeerIp, wire::ip_protocol::kTcp, static_cast<std::uint32_t>(tcp.size()));
  sum.add(tcp);
  const std::uint16_t checksum = sum.checksum();
  tcp[16] = static_cast<std::uint8_t>(checksum >> 8);
  tcp[17] = static_cast<std::uint8_t>(checksum);
  return frame;
}

// Replaces the final checksum by the pseudo-header sum.
inline void make_partial(std::vector<std::uint8_t>& frame) {
  const auto tcp_bytes = static_cast<std::uint32_t>(frame.size() - kTcpOffset);
  const std::uint16_t word = wire::pseudo_header_sum(kOurIp, kPeerIp, wire::ip_protocol::kTcp, tcp_bytes).folded();
  frame[kTcpOffset + 16] = static_cast<std::uint8_t>(word >> 8);
  frame[kTcpOffset + 17] = static_cast<std::uint8_t>(word);
}

inline OffloadInfo partial_offload(std::uint16_t gso_size = 0) {
  return {.checksum = ChecksumState::kPartial,
          .checksum_start = kTcpOffset,
          .checksum_offset = wire::kTcpChecksumOffset,
          .gso_size = gso_size,
          .header_length = static_cast<std::uint16_t>(gso_size == 0 ? 0 : kHeaders)};
}

inline TransmitFrame one_piece(ByteView bytes, OffloadInfo offload = {.checksum = ChecksumState::kComplete}) {
  TransmitFrame frame;
  frame.pieces[0] = bytes;
  frame.piece_count = 1;
  frame.offload = offload;
  return frame;
}

inline std::vector<std::uint8_t> flat(const TransmitFrame& frame) {
  std::vector<std::uint8_t> result;
  for (std::size_t i = 0; i < frame.piece_count; ++i) {
    result.insert(result.end(), frame.pieces[i].begin(), frame.pieces[i].end());
  }
  return result;
}

inline std::vector<std::uint8_t> flat(const PacketBuffer& buffer) {
  return {buffer.bytes().begin(), buffer.bytes().end()};
}

}  // namespace fourtuple::test
