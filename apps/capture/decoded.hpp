// One captured IP datagram with a TCP segment in it, decoded but not yet part of a conversation.
#pragma once

#include <optional>
#include <string>

#include "apps/capture/conversation.hpp"
#include "apps/capture/ip_header.hpp"

namespace fourtuple::capture {

enum class ChecksumState : std::uint8_t {
  kRight,
  kWrong,
  kPartial,  // the sum over the pseudo-header alone: what a sender leaves to its network card to finish
  kUnknown,  // part of the segment was cut away, or it was put together from others
};

// What preparation needs to know about a frame and nobody needs afterwards.
struct FrameFacts {
  ChecksumState checksum = ChecksumState::kRight;
  bool ip_checksum_is_wrong = false;
  bool is_signed = false;             // TCP-MD5 or TCP-AO
  bool length_was_zero = false;       // IP total length 0: a super-frame, caught before it was cut
  std::uint32_t datagram_octets = 0;  // IP header included, as long as it was on the wire
};

struct DecodedSegment {
  Endpoint source;
  Endpoint destination;
  TcpFrame frame;  // without `from`; the payload views the datagram
  FrameFacts facts;
  // Why there is no frame; the endpoints are right all the same, or zero where even they could not be read.
  std::optional<Refusal> problem;
};

// An IP datagram, as much of it as was captured.
struct DecodedDatagram {
  IpHeader header;
  ByteView payload;  // behind the header, without link padding
  std::uint32_t cut_octets = 0;
  FrameFacts facts;
};
// Nothing where the header contradicts itself or the frame, or its beginning alone was captured.
[[nodiscard]] std::optional<DecodedDatagram> decode_ip(ByteView datagram, std::uint32_t cut_by_snaplen);
// Precondition: it is TCP and no fragment.
[[nodiscard]] DecodedSegment decode_tcp(const DecodedDatagram& datagram);

}  // namespace fourtuple::capture
