#include "stack/wire/tcp.hpp"

#include "stack/wire/byte_order.hpp"
#include "stack/wire/checksum.hpp"
#include "stack/wire/ipv4.hpp"

namespace fourtuple {

std::string to_string(TcpFlags flags) {
  constexpr std::array<std::uint8_t, 8> kOrder{TcpFlags::kSyn, TcpFlags::kFin, TcpFlags::kRst, TcpFlags::kPsh,
                                               TcpFlags::kAck, TcpFlags::kUrg, TcpFlags::kEce, TcpFlags::kCwr};
  constexpr std::string_view kLetters = "SFRP.UEW";
  std::string text;
  for (std::size_t i = 0; i < kOrder.size(); ++i) {
    if ((flags.bits & kOrder[i]) != 0) text += kLetters[i];
  }
  return text.empty() ? "-" : text;
}

namespace wire {

Result<TcpView, DropReason> TcpView::parse(ByteView segment) {
  if (segment.size() < kTcpHeaderSize) return failure(DropReason::kTcpTruncated);
  const std::size_t header_size = (segment[12] >> 4U) * std::size_t{4};
  if (header_size < kTcpHeaderSize || header_size > segment.size()) return failure(DropReason::kTcpBadDataOffset);
  TcpView view;
  view.bytes_ = segment;
  view.header_size_ = header_size;
  return view;
}

bool TcpView::checksum_is_good(const IpAddress& source, const IpAddress& destination) const {
  const auto length = static_cast<std::uint32_t>(bytes_.size());
  return pseudo_header_sum(source, destination, ip_protocol::kTcp, length).add(bytes_).checksum() == 0;
}

Segment TcpView::to_segment() const {
  const std::uint8_t* const at = bytes_.data();
  Segment segment;
  // A list with a mistake counts as far as it can be read, and so does the segment. [RFC9293 MUST-5, MUST-7]
  static_cast<void>(parse_tcp_options(options(), segment.options));
  segment.source_port = load_be16(at);
  segment.destination_port = load_be16(at + 2);
  segment.seq = {load_be32(at + 4)};
  segment.ack = {load_be32(at + 8)};
  segment.flags = {at[13]};
  segment.window = load_be16(at + 14);  // [RFC9293 MUST-1]
  segment.urgent = load_be16(at + 18);
  segment.payload = payload();
  return segment;
}

std::size_t emit_tcp_header(const Segment& segment, ByteSpan to, SynOptionOrder order) {
  const std::size_t header_size = kTcpHeaderSize + emit_tcp_options(segment.options, to.subspan(kTcpHeaderSize), order);
  std::uint8_t* const at = to.data();
  store_be16(at, segment.source_port);
  store_be16(at + 2, segment.destination_port);
  store_be32(at + 4, segment.seq.value);
  store_be32(at + 8, segment.ack.value);
  at[12] = static_cast<std::uint8_t>(header_size / 4 << 4);  // the reserved bits are sent as zero [RFC9293 3.1]
  at[13] = segment.flags.bits;
  store_be16(at + 14, segment.window);
  store_be16(at + kTcpChecksumOffset, 0);
  store_be16(at + 18, segment.urgent);
  return header_size;
}

}  // namespace wire
}  // namespace fourtuple
