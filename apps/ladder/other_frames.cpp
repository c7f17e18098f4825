#include "apps/ladder/other_frames.hpp"

#include <fmt/format.h>

#include "apps/capture/datagram.hpp"
#include "apps/capture/ip_header.hpp"
#include "stack/observe/frame_text.hpp"
#include "stack/wire/arp.hpp"
#include "stack/wire/ethernet.hpp"
#include "stack/wire/ipv4.hpp"

namespace fourtuple::ladder {
namespace {

constexpr int kEthernet = 1;  // its DLT_ number

OtherFrame describe_datagram(ByteView datagram) {
  const auto header = capture::IpHeader::parse(datagram);
  OtherFrame other;
  other.line = observe::describe_frame(datagram).line;
  if (!header) return other;
  other.source = to_string(header->source);
  other.destination = to_string(header->destination);
  if (!header->source.is_v4())
    other.line = fmt::format("IPv6, next header {} ({} octets)", header->protocol, header->total_length);
  return other;
}

OtherFrame describe_rest(ByteView bytes, int link_type) {
  OtherFrame other;
  if (link_type != kEthernet) {
    other.line = fmt::format("frame of {} octets", bytes.size());
    return other;
  }
  other.line = observe::describe_frame(bytes).line;
  const auto ethernet = wire::EthernetHeader::parse(bytes);
  if (!ethernet || ethernet->type != wire::ether_type::kArp) return other;
  const auto arp = wire::ArpPacket::parse(bytes.subspan(wire::kEthernetHeaderSize));
  if (!arp) return other;
  other.source = to_string(arp->sender_ip);
  other.destination = to_string(arp->target_ip);
  return other;
}

bool is_tcp(ByteView datagram) {
  const auto header = capture::IpHeader::parse(datagram);
  return header && header->protocol == wire::ip_protocol::kTcp;
}

}  // namespace

std::optional<OtherFrame> describe_other(const CapturedFrame& frame, int link_type, std::uint32_t number) {
  const int link = frame.link_type >= 0 ? frame.link_type : link_type;
  const capture::FoundDatagram found =
      capture::understands(link) ? capture::find_datagram(link, frame.bytes) : capture::FoundDatagram{};
  if (!found.datagram.empty() && is_tcp(found.datagram)) return std::nullopt;
  OtherFrame other = found.datagram.empty() ? describe_rest(frame.bytes, link) : describe_datagram(found.datagram);
  other.number = number;
  return other;
}

}  // namespace fourtuple::ladder
