// What a device with TSO4 and checksum offload would do, in software: cut a TCP/IPv4 super-segment into single packets
// and fill checksums in. For devices that cannot, for rules that must see single segments, and for captures.
#pragma once

#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "drivers/driver.hpp"

namespace fourtuple {

// What stands in the transport checksum field of the packets that come out.
enum class SegmentChecksums : std::uint8_t {
  kFill,          // the final checksum (offload state kComplete)
  kLeavePartial,  // the pseudo-header sum (offload state kPartial), for a device that sums but does not cut
};

// Where the headers of an Ethernet + IPv4 + TCP frame lie; all lengths are proven against the bytes.
struct TcpFrameShape {
  std::size_t tcp_offset = 0;     // octets before the TCP header
  std::size_t header_length = 0;  // Ethernet + IP + TCP header octets

  // Nothing for another protocol, an IP fragment, or headers that are cut short.
  [[nodiscard]] static std::optional<TcpFrameShape> of(ByteView frame);
};

// Yields the single packets of a frame in order. Headers are copied to `header_scratch` and patched; payload stays
// gathered from where it lies. All packets are valid until the scratch, the segmenter's frame, or the bytes behind it
// change. A frame that is no TCP/IPv4 super-segment comes out once, with a partial checksum filled in if asked.
class Segmenter {
 public:
  Segmenter(const TransmitFrame& frame, std::vector<std::uint8_t>& header_scratch,
            SegmentChecksums checksums = SegmentChecksums::kFill);

  // False when there is nothing more; `packet` is then untouched.
  [[nodiscard]] bool next(TransmitFrame& packet);

 private:
  void prepare_single();
  void yield_single(TransmitFrame& packet);
  void yield_segment(TransmitFrame& packet, bool is_first);
  void gather_payload(TransmitFrame& packet, std::size_t wanted);
  void patch_header(ByteSpan header, std::size_t payload_bytes, bool is_first, bool is_last) const;
  void finish_checksum(TransmitFrame& packet, ByteSpan header) const;

  const TransmitFrame* frame_;
  std::vector<std::uint8_t>* scratch_;
  SegmentChecksums checksums_;
  std::optional<TcpFrameShape> shape_;  // empty: the frame comes out as a single packet
  std::size_t payload_bytes_ = 0;       // of the whole super-segment
  std::size_t done_bytes_ = 0;          // payload already yielded
  std::size_t index_ = 0;               // packets already yielded
  std::size_t piece_ = 0;               // the next payload octet is piece_[piece_offset_]
  std::size_t piece_offset_ = 0;
};

// Calls `take(const TransmitFrame&)` for each packet of `frame`; lifetimes as for Segmenter.
template <class Take>
void for_each_segment(const TransmitFrame& frame, std::vector<std::uint8_t>& header_scratch, Take&& take,
                      SegmentChecksums checksums = SegmentChecksums::kFill) {
  Segmenter segmenter(frame, header_scratch, checksums);
  TransmitFrame packet;
  while (segmenter.next(packet)) take(std::as_const(packet));
}

// The final value of the transport checksum field of a kPartial frame; nothing if the field is not inside it.
[[nodiscard]] std::optional<std::uint16_t> partial_checksum_value(const TransmitFrame& frame);

// Fills in the checksum of a contiguous kPartial frame and marks it kComplete; other states are left alone. False, and
// nothing is changed, where the offload information points outside of the frame (its source is hostile or broken).
[[nodiscard]] bool complete_checksum(ByteSpan frame, OffloadInfo& offload);

}  // namespace fourtuple
