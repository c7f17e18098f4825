#include "drivers/impair/frame_kind.hpp"

#include <algorithm>

#include "drivers/segmentation.hpp"
#include "stack/wire/ethernet.hpp"
#include "stack/wire/ipv4.hpp"
#include "stack/wire/tcp.hpp"

namespace fourtuple::impair {
namespace {

FrameKinds kinds_of_tcp(const TcpFrameShape& shape, const wire::Ipv4Header& ip, TcpFlags flags) {
  FrameKinds kinds;
  // Short frames are padded: the IP header knows where the payload ends.
  const bool has_data = wire::kEthernetHeaderSize + ip.total_length > shape.header_length;
  const bool is_control = flags.syn() || flags.fin() || flags.rst();
  if (has_data) kinds.add(FrameKind::kData);
  if (flags.ack() && !has_data && !is_control) kinds.add(FrameKind::kAck);
  if (flags.syn()) kinds.add(flags.ack() ? FrameKind::kSynAck : FrameKind::kSyn);
  if (flags.fin()) kinds.add(FrameKind::kFin);
  if (flags.rst()) kinds.add(FrameKind::kRst);
  return kinds;
}

}  // namespace

FrameKinds FrameKinds::of(ByteView frame) {
  FrameKinds kinds;
  const auto ethernet = wire::EthernetHeader::parse(frame);
  if (!ethernet) return kinds;
  if (ethernet->type == wire::ether_type::kArp) kinds.add(FrameKind::kArp);
  if (ethernet->type != wire::ether_type::kIpv4) return kinds;
  const auto ip = wire::Ipv4Header::parse(frame.subspan(wire::kEthernetHeaderSize), false);
  if (!ip) return kinds;
  if (const auto shape = TcpFrameShape::of(frame)) {
    return kinds_of_tcp(*shape, *ip, TcpFlags{frame[shape->tcp_offset + 13]});
  }
  if (ip->protocol == wire::ip_protocol::kIcmp) kinds.add(FrameKind::kIcmp);
  if (ip->protocol == wire::ip_protocol::kUdp) kinds.add(FrameKind::kUdp);
  return kinds;
}

}  // namespace fourtuple::impair
