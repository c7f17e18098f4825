#include "drivers/segmentation.hpp"

#include <algorithm>

#include "stack/wire/byte_order.hpp"
#include "stack/wire/checksum.hpp"
#include "stack/wire/ethernet.hpp"
#include "stack/wire/ipv4.hpp"
#include "stack/wire/tcp.hpp"

namespace fourtuple {
namespace {

using wire::load_be16;
using wire::load_be32;
using wire::store_be16;
using wire::store_be32;

constexpr std::size_t kIpOffset = wire::kEthernetHeaderSize;

// A computed UDP checksum of 0 is sent as 0xffff (RFC 768), which for the other protocols means the same.
std::uint16_t non_zero(std::uint16_t checksum) { return checksum == 0 ? 0xffff : checksum; }

bool field_is_inside(const OffloadInfo& offload, std::size_t size) {
  return std::size_t{offload.checksum_start} + offload.checksum_offset + 2 <= size;
}

// Sums the octets of `frame` from `start` on.
wire::ChecksumSum sum_from(const TransmitFrame& frame, std::size_t start) {
  wire::ChecksumSum sum;
  for (std::size_t i = 0; i < frame.piece_count; ++i) {
    const std::size_t skipped = std::min(start, frame.pieces[i].size());
    sum.add(frame.pieces[i].subspan(skipped));
    start -= skipped;
  }
  return sum;
}

std::uint16_t pseudo_header_word(ByteView header, std::size_t tcp_bytes) {
  const Ipv4Address source{load_be32(&header[kIpOffset + 12])};
  const Ipv4Address destination{load_be32(&header[kIpOffset + 16])};
  return wire::pseudo_header_sum(source, destination, wire::ip_protocol::kTcp, static_cast<std::uint32_t>(tcp_bytes))
      .folded();
}

}  // namespace

std::optional<TcpFrameShape> TcpFrameShape::of(ByteView frame) {
  if (frame.size() < kIpOffset + wire::kIpv4HeaderSize) return std::nullopt;
  if (load_be16(&frame[12]) != wire::ether_type::kIpv4 || frame[kIpOffset] >> 4 != 4) return std::nullopt;
  const std::size_t tcp_offset = kIpOffset + std::size_t{frame[kIpOffset] & 0x0fU} * 4;
  const bool is_fragment = (load_be16(&frame[kIpOffset + 6]) & 0x3fff) != 0;
  if (tcp_offset < kIpOffset + wire::kIpv4HeaderSize || is_fragment) return std::nullopt;
  if (frame[kIpOffset + 9] != wire::ip_protocol::kTcp) return std::nullopt;
  if (frame.size() < tcp_offset + wire::kTcpHeaderSize) return std::nullopt;
  const std::size_t tcp_header = std::size_t{frame[tcp_offset + 12]} / 16 * 4;
  if (tcp_header < wire::kTcpHeaderSize || frame.size() < tcp_offset + tcp_header) return std::nullopt;
  return TcpFrameShape{tcp_offset, tcp_offset + tcp_header};
}

Segmenter::Segmenter(const TransmitFrame& frame, std::vector<std::uint8_t>& header_scratch, SegmentChecksums checksums)
    : frame_(&frame), scratch_(&header_scratch), checksums_(checksums) {
  if (frame.offload.gso_size != 0 && frame.piece_count != 0) shape_ = TcpFrameShape::of(frame.pieces[0]);
  if (!shape_) {
    prepare_single();
    return;
  }
  piece_offset_ = shape_->header_length;
  payload_bytes_ = frame.size() - shape_->header_length;
  // One more than by division: a packet may end early where its pieces run out.
  const std::size_t most_packets = payload_bytes_ / frame.offload.gso_size + 2;
  scratch_->resize(most_packets * shape_->header_length);
}

void Segmenter::prepare_single() {
  const bool patches = frame_->offload.checksum == ChecksumState::kPartial && checksums_ == SegmentChecksums::kFill;
  const ByteView first = patches && frame_->piece_count != 0 ? frame_->pieces[0] : ByteView{};
  scratch_->assign(first.begin(), first.end());
}

bool Segmenter::next(TransmitFrame& packet) {
  const bool is_first = index_ == 0;
  if (!is_first && done_bytes_ == payload_bytes_) return false;
  if (shape_) {
    yield_segment(packet, is_first);
  } else {
    yield_single(packet);
  }
  ++index_;
  return true;
}

void Segmenter::yield_single(TransmitFrame& packet) {
  packet = *frame_;
  packet.offload.gso_size = 0;
  if (scratch_->empty()) return;
  packet.pieces[0] = *scratch_;
  const auto value = partial_checksum_value(packet);
  const std::size_t field = std::size_t{packet.offload.checksum_start} + packet.offload.checksum_offset;
  if (value && field + 2 <= scratch_->size()) store_be16(&(*scratch_)[field], *value);
  packet.offload = {.checksum = ChecksumState::kComplete};
}

void Segmenter::yield_segment(TransmitFrame& packet, bool is_first) {
  const ByteSpan header = ByteSpan(*scratch_).subspan(index_ * shape_->header_length, shape_->header_length);
  std::copy_n(frame_->pieces[0].begin(), header.size(), header.begin());
  packet = TransmitFrame{};
  packet.pieces[packet.piece_count++] = header;
  const std::size_t before = done_bytes_;
  gather_payload(packet, std::min<std::size_t>(frame_->offload.gso_size, payload_bytes_ - before));
  std::uint8_t* const sequence = &header[shape_->tcp_offset + 4];
  store_be32(sequence, load_be32(sequence) + static_cast<std::uint32_t>(before));
  patch_header(header, done_bytes_ - before, is_first, done_bytes_ == payload_bytes_);
  finish_checksum(packet, header);
}

void Segmenter::gather_payload(TransmitFrame& packet, std::size_t wanted) {
  while (wanted != 0 && packet.piece_count < TransmitFrame::kMaxPieces) {
    const ByteView rest = frame_->pieces[piece_].subspan(piece_offset_);
    const std::size_t taken = std::min(wanted, rest.size());
    if (taken != 0) packet.pieces[packet.piece_count++] = rest.first(taken);
    piece_offset_ += taken;
    done_bytes_ += taken;
    wanted -= taken;
    if (taken == rest.size()) ++piece_, piece_offset_ = 0;
  }
}

void Segmenter::patch_header(ByteSpan header, std::size_t payload_bytes, bool is_first, bool is_last) const {
  const std::size_t ip_bytes = header.size() - kIpOffset + payload_bytes;
  store_be16(&header[kIpOffset + 2], static_cast<std::uint16_t>(ip_bytes));
  const auto identification = static_cast<std::uint16_t>(load_be16(&header[kIpOffset + 4]) + index_);
  store_be16(&header[kIpOffset + 4], identification);
  store_be16(&header[kIpOffset + 10], 0);
  const ByteView ip_header = header.subspan(kIpOffset, shape_->tcp_offset - kIpOffset);
  store_be16(&header[kIpOffset + 10], wire::internet_checksum(ip_header));

  std::uint8_t& flags = header[shape_->tcp_offset + 13];
  if (!is_last) flags = static_cast<std::uint8_t>(flags & ~(TcpFlags::kFin | TcpFlags::kPsh));
  // RFC 3168 6.1.2: CWR is said once, on the first packet after the window was reduced.
  if (!is_first) flags = static_cast<std::uint8_t>(flags & ~TcpFlags::kCwr);
}

void Segmenter::finish_checksum(TransmitFrame& packet, ByteSpan header) const {
  const std::size_t tcp_bytes = packet.size() - shape_->tcp_offset;
  std::uint8_t* const field = &header[shape_->tcp_offset + wire::kTcpChecksumOffset];
  store_be16(field, pseudo_header_word(header, tcp_bytes));
  packet.offload = {.checksum = ChecksumState::kPartial,
                    .checksum_start = static_cast<std::uint16_t>(shape_->tcp_offset),
                    .checksum_offset = wire::kTcpChecksumOffset};
  if (checksums_ == SegmentChecksums::kLeavePartial) return;
  // The field itself is part of the sum: it holds the pseudo-header.
  store_be16(field, sum_from(packet, shape_->tcp_offset).checksum());
  packet.offload = {.checksum = ChecksumState::kComplete};
}

std::optional<std::uint16_t> partial_checksum_value(const TransmitFrame& frame) {
  if (!field_is_inside(frame.offload, frame.size())) return std::nullopt;
  return non_zero(sum_from(frame, frame.offload.checksum_start).checksum());
}

bool complete_checksum(ByteSpan frame, OffloadInfo& offload) {
  if (offload.checksum != ChecksumState::kPartial) return true;
  if (!field_is_inside(offload, frame.size())) return false;
  const ByteView covered = frame.subspan(offload.checksum_start);
  const std::uint16_t value = non_zero(wire::internet_checksum(covered));
  store_be16(&frame[std::size_t{offload.checksum_start} + offload.checksum_offset], value);
  offload.checksum = ChecksumState::kComplete;
  return true;
}

}  // namespace fourtuple
