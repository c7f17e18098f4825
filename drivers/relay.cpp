#include "drivers/relay.hpp"

#include "drivers/frame_copy.hpp"
#include "drivers/segmentation.hpp"

namespace fourtuple {
namespace {

bool suits(const DriverCapabilities& capabilities, const OffloadInfo& offload) {
  const bool segments = offload.gso_size == 0 || capabilities.tso4;
  return segments && (offload.checksum != ChecksumState::kPartial || capabilities.transmit_checksum);
}

}  // namespace

std::size_t Relay::carry(std::size_t limit, Instant now) {
  buffers_.clear();
  const std::size_t count = from_.receive(buffers_, limit, now);
  const DriverCapabilities capabilities = to_.capabilities();
  for (const PacketBuffer& frame : buffers_) {
    if (suits(capabilities, frame.offload)) {
      views_.push_back(frame_of(frame));
    } else {
      send_views(now);  // in order
      send(frame, now);
    }
  }
  send_views(now);
  buffers_.clear();
  frames_ += count;
  return count;
}

void Relay::send(const PacketBuffer& frame, Instant now) {
  const bool sums = to_.capabilities().transmit_checksum;
  const TransmitFrame whole = frame_of(frame);
  Segmenter segmenter(whole, headers_, sums ? SegmentChecksums::kLeavePartial : SegmentChecksums::kFill);
  for (TransmitFrame packet; segmenter.next(packet);) views_.push_back(packet);
  send_views(now);
}

void Relay::send_views(Instant now) {
  if (views_.empty()) return;
  refused_ += views_.size() - to_.send(views_, now);
  views_.clear();
}

}  // namespace fourtuple
