#include "stack/core/egress.hpp"

#include <algorithm>
#include <utility>

#include "drivers/frame_copy.hpp"
#include "drivers/segmentation.hpp"

namespace fourtuple {

ByteView Egress::keep(PacketBuffer&& buffer) {
  kept_.push_back(std::move(buffer));
  return std::as_const(kept_.back()).bytes();
}

void Egress::add(std::size_t interface_index, PacketBuffer&& frame, Cause cause, const trace::Tracer& trace) {
  TransmitFrame view = frame_of(frame);
  keep(std::move(frame));  // the octets stay where they are when their owner moves
  add(interface_index, view, cause, trace);
}

void Egress::add(std::size_t interface_index, const TransmitFrame& frame, Cause cause, const trace::Tracer& trace) {
  Link& link = links_[interface_index];
  if (trace) {
    const auto payload = static_cast<std::uint32_t>(frame.size() - frame.pieces[0].size());
    trace.emit(0, trace::FrameSent{frame.pieces[0], payload, frame.offload.gso_size, cause});
  }
  if (frame.offload.gso_size != 0) ++counters_.super_frames_sent;
  const bool needs_cut = frame.offload.gso_size != 0 && !link.capabilities.tso4;
  const bool needs_sum = frame.offload.checksum == ChecksumState::kPartial && !link.capabilities.transmit_checksum;
  if (needs_cut || needs_sum) return segment(link, frame);
  push(link, frame);
}

void Egress::segment(Link& link, const TransmitFrame& frame) {
  if (used_scratches_ == scratches_.size()) scratches_.emplace_back();
  std::vector<std::uint8_t>& scratch = scratches_[used_scratches_++];
  const auto checksums =
      link.capabilities.transmit_checksum ? SegmentChecksums::kLeavePartial : SegmentChecksums::kFill;
  for_each_segment(
      frame, scratch, [&](const TransmitFrame& packet) { push(link, packet); }, checksums);
}

void Egress::push(Link& link, const TransmitFrame& frame) {
  link.frames.push_back(frame);
  ++pending_;
}

void Egress::send(Instant now, const trace::Tracer& trace) {
  for (Link& link : links_) {
    if (!link.frames.empty()) send(link, now, trace);
  }
  headers_.clear();
  kept_.clear();
  used_scratches_ = 0;
  pending_ = 0;
}

void Egress::send(Link& link, Instant now, const trace::Tracer& trace) {
  const std::size_t taken = std::min(link.driver->send(link.frames, now), link.frames.size());
  counters_.frames_sent += taken;
  for (std::size_t i = 0; i < taken; ++i) counters_.bytes_sent += link.frames[i].size();
  for (std::size_t i = taken; i < link.frames.size(); ++i) {
    ++counters_.drops[static_cast<std::size_t>(DropReason::kDriverRefused)];
    if (trace) trace.emit(0, trace::FrameDropped{link.frames[i].pieces[0], DropReason::kDriverRefused});
  }
  link.frames.clear();
}

}  // namespace fourtuple
