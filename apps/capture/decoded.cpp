#include "apps/capture/decoded.hpp"

#include <algorithm>
#include <array>

#include "stack/wire/byte_order.hpp"
#include "stack/wire/checksum.hpp"

namespace fourtuple::capture {
namespace {

template <class IsWanted>
bool has_option(ByteView options, IsWanted is_wanted) {
  for (std::size_t at = 0; at < options.size();) {
    const std::uint8_t kind = options[at];
    if (kind == 0) return false;
    if (is_wanted(kind)) return true;
    if (kind == 1) {
      ++at;
      continue;
    }
    if (at + 1 >= options.size() || options[at + 1] < 2) return false;
    at += options[at + 1];
  }
  return false;
}

// RFC 2385 and RFC 5925.
bool is_signature(std::uint8_t kind) { return kind == 19 || kind == 29; }

// Beside those of RFC 9293, RFC 7323 and RFC 2018 a segment has no place for any.
bool is_unknown(std::uint8_t kind) { return kind > 8 || kind == 6 || kind == 7; }

wire::ChecksumSum pseudo_sum(const IpHeader& header, std::size_t octets) {
  return wire::pseudo_header_sum(header.source, header.destination, wire::ip_protocol::kTcp,
                                 static_cast<std::uint32_t>(octets));
}

// A card that cuts super-segments is given a sum without the length, which every piece then has its own of.
ChecksumState state_of_checksum(const DecodedDatagram& datagram) {
  const ByteView segment = datagram.payload;
  if (datagram.cut_octets != 0) return ChecksumState::kUnknown;
  if (pseudo_sum(datagram.header, segment.size()).add(segment).checksum() == 0) return ChecksumState::kRight;
  const std::uint16_t written = wire::load_be16(&segment[wire::kTcpChecksumOffset]);
  const bool is_partial = written == pseudo_sum(datagram.header, segment.size()).folded() ||
                          written == pseudo_sum(datagram.header, 0).folded();
  return is_partial ? ChecksumState::kPartial : ChecksumState::kWrong;
}

void fill_from_ip(const IpHeader& header, TcpFrame& frame) {
  frame.ecn_capable = (header.tos & wire::ecn::kMask) != 0;
  frame.ecn_marked = wire::ecn::is_marked(header.tos);
  frame.ip_identification = header.identification;
  frame.ttl = header.ttl;
}

}  // namespace

std::optional<DecodedDatagram> decode_ip(ByteView datagram, std::uint32_t cut_by_snaplen) {
  const auto header = IpHeader::parse(datagram);
  if (!header) return std::nullopt;
  DecodedDatagram result{.header = *header, .payload = {}, .cut_octets = 0, .facts = {}};
  constexpr std::size_t kSmallestFrame = 46;  // of Ethernet: padding would count as payload
  const std::size_t there_was = datagram.size() + cut_by_snaplen;
  if (header->total_length == 0 && there_was <= kSmallestFrame) return std::nullopt;
  const std::size_t total = header->total_length == 0 ? there_was : header->total_length;
  if (total < header->size || total > there_was) return std::nullopt;
  const std::size_t here = std::max(header->size, std::min(total, datagram.size()));
  result.payload = datagram.subspan(header->size, here - header->size);
  result.cut_octets = static_cast<std::uint32_t>(total - here);
  result.facts.length_was_zero = header->total_length == 0;
  result.facts.datagram_octets = static_cast<std::uint32_t>(total);
  result.facts.ip_checksum_is_wrong = header->checksum_is_wrong;
  return result;
}

DecodedSegment decode_tcp(const DecodedDatagram& datagram) {
  DecodedSegment result{.source = {}, .destination = {}, .frame = {}, .facts = datagram.facts, .problem = {}};
  const ByteView segment = datagram.payload;
  if (segment.size() >= 4) {
    result.source = {datagram.header.source, wire::load_be16(segment.data())};
    result.destination = {datagram.header.destination, wire::load_be16(&segment[2])};
  }
  const auto view = wire::TcpView::parse(segment);
  if (segment.size() >= wire::kTcpHeaderSize) result.facts.checksum = state_of_checksum(datagram);
  if (!view) {
    result.problem = datagram.cut_octets != 0 ? Refusal::kSnaplen : Refusal::kMalformed;
    return result;
  }
  result.facts.is_signed = has_option(view->options(), is_signature);
  result.frame.has_unknown_options = has_option(view->options(), is_unknown);
  result.frame.segment = view->to_segment();
  result.frame.reserved_bits = segment[12] & 0xfU;
  result.frame.cut_octets = datagram.cut_octets;
  fill_from_ip(datagram.header, result.frame);
  return result;
}

}  // namespace fourtuple::capture
